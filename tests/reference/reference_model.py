#!/usr/bin/python3
"""A slow, obvious second implementation of MODEL.md, for judging the C++ simulator by distribution.

    reference_model.py SCENARIO.yaml [--seed N] [--replications N] --json OUT

It shares no code and no random numbers with the simulator; names and defaults of keys are
those of scenarios/credsim.schema.json. Not supported (it says so and stops): scaling, elastic fleets, role_changes,
stop_start, arrivals from a file, warm_up, provisioning.start: steady, and the rarer IAM conditions (and policies on
aws:userid or aws:UserAgent). Needs python3-yaml and nothing else outside the standard library.
compare.py judges credsim by it; known_answers_check.py checks this file.

Where MODEL.md can be read in two ways, this file takes the reading below.

Instance life
  * p is the moment at which provisioning succeeds; failed tries before it are rows, not part of first_credential,
    network_ready or interface_wait, which all count from p.
  * {after: boot, delay: D} for the ENI: eni = boot + D in "p + w + eni", so a token's wait is added and not hidden behind
    the boot.  The ENI delay is drawn, and eni_delay applied, at p.
    {within: boot} draws nothing, so eni_delay does not touch it; a start or reboot has w = 0.
  * Only a new instance asks for a create_network_interface token: not an on-demand start, not a reboot, since the ENI is
    kept until termination.
  * network_ready is recorded once for each instance, not again after a start or reboot.
  * A full instance quota is found before a full subnet, and that before a full interface quota. A type that the Region
    does not name has no quota. Its unit is taken at p and free at the termination, without a wait for the deletion's
    token.  One CIDR in one account and Region is one subnet, however many fleets name it.  Addresses are given from the
    first subnet that has one, lowest first.
  * A deletion's token is asked for at the termination; what it frees is there for all others of that microsecond.
  * On-demand: stopped the moment it is available, unless a session waits (then it starts at once, without a stop).  A
    start is counted from the session's arrival: p := arrival, boot := on_demand.start.  The session starts when boot and
    ENI are done, lasts its duration from then on, and a start is not "finding no instance", so it cannot be rejected.
  * A session takes the available instance with the lowest number.
  * Stop, reboot and termination kill the instance's processes: calls in progress have no outcome, an AssumeRole in flight
    issues nothing, a wait for an interface token is given up.
  * instance_loss takes instances with p < at (stopped ones too); their sessions end as "lost", neither completed nor
    rejected.  mass_restart skips stopped instances; a session on a rebooted one goes on, its login scripts do not run
    again; expired credentials leave the profile.
  * By the letter, a stopped instance's gap counts like any other.
AssumeRole
  * A success counts when it issues.  Attempts = failures + successes + those in flight at an end.
    A credential's attempts are all that were made for it, over all series.
  * decorrelated jitter: min(cap, Uniform(base, 3 * previous sleep)), the previous one being base at first.  equal: half
    plus Uniform(0, half).
  * clock_skew moves an agent's next rotation when `every` is left to its default (it is then derived from the expiry), by
    the offset in force when the rotation is planned, that is at issued_at.
  * agent_paused stops the agent only, not scripts' own sts calls.
Calls
  * "Start" in "one draw of D after that start" is the end of the wait.  Polls happen at the start, then every interval,
    and once at the time-out, after which the workload goes on all the same.
  * The next call's draw counts from the moment at which the one before was made, whether it still retries or not.
  * What steps 1 to 3 refuse and what fails at signing sends nothing and is no attempt: its row has those sent before it.
  * A process starts at the end of its wait. There all clients that last read the profile, but not javascript and java,
    which read at their first call and look again at each one (with `once` they are like the others). One that finds none,
    or whose helper fails, has `no_credentials` until it starts anew. For javascript and java, a helper that fails at the
    first call is `refresh_failed`: that is what the client says. A new process after restarts_after has a new client
    (quota, limiter, clock); a single call ({once: D}) that was made is not made again.
  * Helper runs. Where no credential is in the profile: none. Inside the window means less than that left, as the client
    sees it. boto3 and aws_cli: one makes the client (per_call: before each call's first attempt; else at the process's
    start) and one is for each attempt that signs inside the window. The others with per_call: one for the first attempt,
    and one for each later one inside the window. Those that last: one for each attempt inside the window; javascript
    `refreshing` has one more before the first attempt of a call inside it, and one for the first call of all. java's
    first attempt of all takes what it has just read. until_expiry: at every attempt that finds the set expired, and no
    others.
  * An attempt of per_call keeps the set of the attempt before it where it has not read a newer one.
  * Expired is less than 0 left, by the client's clock; AWS says so at 0, by its own, when the request arrives. At the
    client it is refresh_failed for `refreshing`, expired_token for per_call and until_expiry. go, ruby and java send it
    all the same; ruby then runs the helper before the next attempt, whatever is left, and takes that refusal as an error
    to retry.
  * A run that fails (helper_failure) is refresh_failed inside the mandatory window, once expired, and where a call of
    per_call has no set yet; else the old set signs. For until_expiry: once expired. .NET refreshes in the background
    until its last minute: the attempt signs with the set that it had, the next one has what was read.
  * Step 0 follows step 4 at once: it spends no token, and comes before the expiry.  |offset| beyond 5 (15) minutes;
    offsets of several faults add up.  A client that corrects adds the offset of its refusal when it has the answer, for
    signing only: the expiry that it sees is still off.  That attempt's retry sleeps and pays as any other.  AppStream's
    own AssumeRole is not refused.
  * A waiting connect looks at the path at 2^k - 1 s, k up to 6, those before the time-out only.  The set that signs was chosen before.
  * A retry quota (500 tokens) belongs to one process of one workload on one instance; aws_cli is a new process for each
    call, so there it (and the limiter) lasts one call.  A success gives back what its call's last retry took, or 1
    without retries.
  * BACKOFF has the sleeps and prices.  Tools that it does not name have botocore's, in `standard` 10 tokens after a
    connection that timed out.  A mode that is given is that mode in every version, so javascript with `standard` has its
    old numbers.
  * The limiter is asked before each attempt signs, and keeps its token if that fails; a waiting call is not woken when
    another call's answer raises the rate.  It fills from the process's start, for javascript from its first attempt.
  * Naming another profile than appstream_machine_role is not naming it: profile_not_specified.
  * latency is taken by attempts that got past step 4.  The retry quota is asked only where an attempt is left.
  * Calls to sts actions spend sts.account; ec2:DescribeInstances and ec2:CreateNetworkInterface their buckets; all other
    actions none.  sts_outage and sts_error_rate also act at step 8 of a call to STS.
  * An instance has one egress address, drawn evenly.  A key that is not given stops the run where a decision needs it.
    Service control policies are those of the Region called; they do not bind AppStream's own AssumeRole.
  * A resource's policy allows by the role's ARN, its account or *.  A trust_policy_changed that names a role acts on
    scripts' AssumeRole into it, too.
Faults
  * A fault acts at t when at <= t < at + for.  A share of instances is an independent draw for each fault and instance.
  * propagation: one draw for each fault; it delays the change and the change back (so says the schema's text; MODEL.md's
    first text did not).
  * quota keeps the bucket's background load.  A bucket that was unlimited starts full.
  * role_deleted acts only while it lasts.
  * A helper run that fails is counted as a run.
Draws are rounded to whole microseconds; a normal draw below 0 is 0.
"""
import argparse
import datetime
import functools
import heapq
import ipaddress
import itertools
import json
import math
import os
import random
import re
import sys
from collections import Counter, deque
from fractions import Fraction

import yaml

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
FOREVER = 1 << 62


class Unsupported(Exception):
    """The scenario asks for something that this reference leaves out."""


class Undecided(Exception):
    """A policy looks at what the scenario does not give."""


# ---------------------------------------------------------------------------------------------------------------------
# Reading values

UNITS = {"us": 1, "ms": 1000, "s": SECOND, "m": MINUTE, "h": HOUR, "d": 24 * HOUR}


def duration(text):
    """'3h36m' -> microseconds."""
    if isinstance(text, (int, float)) and text == 0:
        return 0
    text = str(text).strip()
    sign = -1 if text.startswith("-") else 1
    text = text.lstrip("+-")
    parts = re.findall(r"(\d+(?:\.\d+)?)(us|ms|s|m|h|d)", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"not a duration: {text!r}")
    return sign * int(sum(Fraction(number) * UNITS[unit] for number, unit in parts))


def rate_per_microsecond(text):
    """'600/s' -> tokens per microsecond, exactly."""
    number, unit = str(text).split("/")
    unit = {"min": "m", "sec": "s", "hour": "h", "day": "d"}.get(unit.strip(), unit.strip())
    return Fraction(number.strip()) / UNITS[unit]


def share(value):
    if isinstance(value, str) and value.endswith("%"):
        return float(value[:-1]) / 100
    return float(value)


def moment(value, start):
    """A point of the run: a duration since the start, or a time."""
    if isinstance(value, datetime.date):
        return microseconds_of(value) - start
    try:
        return duration(value)
    except ValueError:
        return microseconds_of(value) - start


EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


@functools.lru_cache(maxsize=None)
def microseconds_of(value):
    """A time -> microseconds since 1970, UTC."""
    if isinstance(value, str):
        value = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    elif not isinstance(value, datetime.datetime):
        value = datetime.datetime(value.year, value.month, value.day)
    if value.tzinfo is None:
        value = value.replace(tzinfo=datetime.timezone.utc)
    delta = value - EPOCH
    return (delta.days * 86400 + delta.seconds) * SECOND + delta.microseconds


Z99 = 2.3263478740408408  # the standard normal's 99th percentile


class Distribution:
    """A distribution of durations; draw(random) gives whole microseconds, never negative."""

    def __init__(self, spec, directory="."):
        self.kind, argument = ("constant", spec) if not isinstance(spec, dict) else next(iter(spec.items()))
        if self.kind == "constant":
            self.value = duration(argument)
        elif self.kind == "uniform":
            self.low, self.high = map(duration, argument)
        elif self.kind == "exponential":
            self.mean = duration(argument["mean"])
        elif self.kind == "lognormal":
            median, p99 = duration(argument["median"]), duration(argument["p99"])
            self.mu, self.sigma = math.log(median), math.log(p99 / median) / Z99
        elif self.kind == "normal":
            self.mean, self.sd = duration(argument["mean"]), duration(argument["sd"])
        elif self.kind == "weibull":
            self.shape, self.scale = float(argument["shape"]), duration(argument["scale"])
        elif self.kind == "empirical":
            with open(os.path.join(directory, argument), encoding="utf-8") as lines:
                self.values = [duration(line) for line in lines if line.strip()]
        else:
            raise Unsupported(f"distribution {self.kind}")

    def draw(self, rng):
        kind = self.kind
        if kind == "constant":
            return self.value
        if kind == "uniform":
            value = rng.uniform(self.low, self.high)
        elif kind == "exponential":
            value = rng.expovariate(1.0) * self.mean
        elif kind == "lognormal":
            value = rng.lognormvariate(self.mu, self.sigma)
        elif kind == "normal":
            value = rng.gauss(self.mean, self.sd)
        elif kind == "weibull":
            value = rng.weibullvariate(self.scale, self.shape)
        else:
            return rng.choice(self.values)
        return max(0, round(value))


class Delay:
    """An `eni` or `agent` delay: from p, or from the end of boot; {within: boot} ends with the boot."""

    def __init__(self, spec, directory):
        self.within_boot = isinstance(spec, dict) and "within" in spec
        if self.within_boot:
            spec = {"after": "boot"}
        self.after_boot = isinstance(spec, dict) and "after" in spec
        self.distribution = Distribution(spec.get("delay", "0s") if self.after_boot else spec, directory)


# ---------------------------------------------------------------------------------------------------------------------
# Token buckets, and the queue for interface tokens

class TokenBucket:
    """Exact: level and rate are fractions. rate None is unlimited."""

    def __init__(self, spec):
        self.now = 0
        self.rate = self.burst = None
        self.background = Fraction(0)
        if spec != "unlimited":
            self.rate = rate_per_microsecond(spec["rate"])
            self.burst = Fraction(spec.get("burst", max(1, int(self.rate * SECOND))))
            self.background = rate_per_microsecond(spec.get("background", "0/s"))
        self.level = self.burst

    def settle(self, now):
        if self.rate is not None:
            self.level = min(self.burst, self.level + max(0, self.rate - self.background) * (now - self.now))
        self.now = now

    def take(self, now):
        if self.rate is None:
            return True
        self.settle(now)
        if self.level < 1:
            return False
        self.level -= 1
        return True

    def next_token(self, now):
        """The first microsecond at which a token will be there, or None if the bucket does not refill."""
        if self.rate is None:
            return now
        self.settle(now)
        if self.level >= 1:
            return now
        refill = max(0, self.rate - self.background)
        if refill == 0 or self.burst < 1:
            return None
        return now + math.ceil((1 - self.level) / refill)

    def change(self, now, rate, burst, background):
        """Another bucket from now on; tokens above the new burst are lost."""
        self.settle(now)
        was_unlimited = self.rate is None
        self.rate, self.burst, self.background = rate, burst, background
        if rate is not None:
            self.level = burst if was_unlimited else min(self.level, burst)


class TokenQueue:
    """First come, first served: who waits for a bucket's token, here to make an interface or to delete one."""

    def __init__(self, simulation, bucket, phase):
        self.simulation, self.bucket, self.phase = simulation, bucket, phase
        self.waiting = deque()  # (instance, life, when done)
        self.wake = 0  # number of the last wake-up that was planned; older ones are stale

    def ask(self, instance, granted):
        self.waiting.append((instance, instance.life, granted))
        self.serve()

    def serve(self):
        now = self.simulation.now
        while self.waiting:
            instance, life, granted = self.waiting[0]
            if instance.life != life:  # terminated or rebooted meanwhile
                self.waiting.popleft()
                continue
            if not self.bucket.take(now):
                break
            self.waiting.popleft()
            granted()
        self.plan()

    def plan(self):
        self.wake += 1
        if self.waiting:
            due = self.bucket.next_token(self.simulation.now)
            if due is not None:
                self.simulation.schedule(due, FIRST_ENTITY, self.woken, self.wake, phase=self.phase)

    def woken(self, number):
        if number == self.wake:
            self.serve()


class ClientLimiter:
    """The send rate of the adaptive mode, after botocore.retries (adaptive.py, throttling.py, bucket.py); t in seconds UTC."""

    def __init__(self, t):
        self.enabled = False
        self.rate, self.capacity, self.tokens, self.filled_at = 1.0, 1.0, 0.0, t  # it fills before it is enabled, too
        self.measured, self.count, self.measured_to = 0.0, 0, math.floor(t)
        self.w_max, self.k, self.last_failure = 0.0, 0.0, t

    def refill(self, t):
        self.tokens = min(self.capacity, self.tokens + (t - self.filled_at) * self.rate)
        self.filled_at = t

    def take(self, t):
        """0 if a token was there, else the seconds until one will be."""
        if not self.enabled:
            return 0
        self.refill(t)
        if self.tokens < 1:
            return (1 - self.tokens) / self.rate
        self.tokens -= 1
        return 0

    def answered(self, t, throttled):
        self.count += 1
        half_second = math.floor(t * 2) / 2
        if half_second > self.measured_to:
            self.measured = 0.8 * self.count / (half_second - self.measured_to) + 0.2 * self.measured
            self.count, self.measured_to = 0, half_second
        if throttled:
            self.w_max = min(self.measured, self.rate) if self.enabled else self.measured
            self.k = (self.w_max * 0.3 / 0.4) ** (1 / 3)
            self.last_failure = t
            rate = 0.7 * self.w_max
            self.enabled = True
        else:
            rate = 0.4 * (t - self.last_failure - self.k) ** 3 + self.w_max
        rate = min(rate, 2 * self.measured)
        self.refill(t)
        self.rate, self.capacity = max(0.5, rate), max(1.0, rate)
        self.tokens = min(self.tokens, self.capacity)


# ---------------------------------------------------------------------------------------------------------------------
# IAM, as much of it as the reference scenarios need

def as_list(value):
    return value if isinstance(value, list) else [value]


@functools.lru_cache(maxsize=None)
def wild(pattern, text):
    """IAM's * and ?, and nothing else special."""
    return re.fullmatch("".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern),
                        text, re.DOTALL) is not None


def action_matches(statement, action):
    action = action.lower()
    if "NotAction" in statement:
        return not any(wild(p.lower(), action) for p in as_list(statement["NotAction"]))
    return any(wild(p.lower(), action) for p in as_list(statement["Action"]))


def resource_matches(statement, resource):
    if "NotResource" in statement:
        return not any(wild(p, resource) for p in as_list(statement["NotResource"]))
    return any(wild(p, resource) for p in as_list(statement["Resource"]))


def role_principal_matches(statement, role):
    """Whether a resource's policy names the role, its account, or everybody."""
    if "NotPrincipal" in statement:
        raise Unsupported("NotPrincipal")
    principal = statement["Principal"]
    if principal == "*":
        return True
    partition = role.arn.split(":")[1]
    return any(str(p) in (role.arn, role.account, f"arn:{partition}:iam::{role.account}:root", "*")
               for p in as_list(principal.get("AWS", [])))


def service_principal_matches(statement, service):
    if "NotPrincipal" in statement:
        raise Unsupported("NotPrincipal")
    principal = statement["Principal"]
    if principal == "*":
        return True
    return any(p in (service, "*") for p in as_list(principal.get("Service", [])))


@functools.lru_cache(maxsize=None)
def in_network(address, network):
    return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)


def compare_condition(operator, actual, wanted):
    if operator == "IpAddress":
        return in_network(actual, wanted)
    if operator.startswith("Date"):
        a, b = actual, microseconds_of(wanted)
        return {"DateEquals": a == b, "DateLessThan": a < b, "DateLessThanEquals": a <= b,
                "DateGreaterThan": a > b, "DateGreaterThanEquals": a >= b}[operator]
    if operator == "StringEquals":
        return actual == wanted
    if operator == "StringLike":
        return wild(wanted, actual)
    if operator in ("ArnLike", "ArnEquals"):  # part by part
        parts, patterns = actual.split(":", 5), wanted.split(":", 5)
        return len(parts) == len(patterns) and all(map(wild, patterns, parts))
    if operator == "Bool":
        return str(actual).lower() == str(wanted).lower()
    raise Unsupported(f"condition operator {operator}")


def conditions_hold(statement, context):
    """`context` has a value, several, or None (absent) for each key that is decided."""
    for operator, keys in (statement.get("Condition") or {}).items():
        if_exists = operator.endswith("IfExists")
        operator = operator.removesuffix("IfExists")
        negated = "Not" in operator
        positive = operator.replace("Not", "")
        for key, wanted in keys.items():
            if key.lower() not in context:
                raise Undecided(f"{key}: the scenario does not give it; give it in request_context, or say that it is absent")
            actual = context[key.lower()]
            if operator == "Null":
                if (actual is None) != (str(wanted).lower() == "true"):
                    return False
                continue
            if actual is None:
                if not (negated or if_exists):
                    return False
                continue
            if any(compare_condition(positive, a, w) for a in as_list(actual) for w in as_list(wanted)) == negated:
                return False
    return True


def said_context(spec):
    """request_context: keys in lower case, None for what is said to be absent."""
    return {key.lower(): None if value == "absent" else value for key, value in (spec.get("request_context") or {}).items()}


def partition_of(region):
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def policy_decision(documents, matches):
    """'Deny', 'Allow' or None (implicit deny) over all the statements for which matches(statement)."""
    decision = None
    for document in documents:
        for statement in as_list(document["Statement"]):
            if matches(statement):
                if statement["Effect"] == "Deny":
                    return "Deny"
                decision = "Allow"
    return decision


# ---------------------------------------------------------------------------------------------------------------------
# The scenario's nouns

class Role:
    def __init__(self, spec, load_policy, partitions):
        self.name = spec["name"]
        self.path = spec.get("path", "/")
        self.account = str(spec["account"])
        self.tags = {key: str(value) for key, value in (spec.get("tags") or {}).items()}
        self.arn = f"arn:{partitions.get(self.account, 'aws')}:iam::{self.account}:role{self.path}{self.name}"
        by_path = ("service_role" if self.path.startswith("/service-role/") else
                   "service_linked_role" if self.path.startswith("/aws-service-role/") else "role")
        self.kind = spec.get("kind", by_path)
        self.trust_policy = load_policy(spec.get("trust_policy", {"Statement": []}))
        self.policies = [load_policy(p) for p in spec.get("policies", [])]
        self.boundary = load_policy(spec["permissions_boundary"]) if spec.get("permissions_boundary") else None


class Region:
    """One account in one Region: its buckets, its interface quota, its subnets."""

    def __init__(self, simulation, spec, load_policy):
        sts, ec2 = spec.get("sts") or {}, spec.get("ec2") or {}
        levels = spec.get("service_control_policies") or []
        if levels and "policies" not in levels[0]:  # a plain list is one level
            levels = [{"policies": levels}]
        self.service_control = [[load_policy(p) for p in level["policies"]] for level in levels]
        self.buckets = {
            "sts.service": TokenBucket(sts.get("service", "unlimited")),
            "sts.account": TokenBucket(sts.get("account", {"rate": "600/s", "burst": 600})),
            "ec2.describe_instances": TokenBucket(ec2.get("describe_instances", {"rate": "10/s", "burst": 50})),
            "ec2.describe_instances_filtered":
                TokenBucket(ec2.get("describe_instances_filtered", {"rate": "20/s", "burst": 100})),
            "ec2.create_network_interface":
                TokenBucket(ec2.get("create_network_interface", {"rate": "5/s", "burst": 100})),
            "ec2.delete_network_interface":
                TokenBucket(ec2.get("delete_network_interface", {"rate": "5/s", "burst": 100})),
        }
        self.sts_latency = Distribution(sts.get("latency", {"lognormal": {"median": "60ms", "p99": "400ms"}}))
        self.interface_limit = ec2.get("network_interfaces", 5000)
        self.interfaces_used = 0
        self.instance_limits = (spec.get("appstream") or {}).get("instances") or {}
        self.instances_used = Counter()  # by type
        self.making = TokenQueue(simulation, self.buckets["ec2.create_network_interface"], NORMAL)
        self.deleting = TokenQueue(simulation, self.buckets["ec2.delete_network_interface"], RELEASES)
        self.subnets = {}


class Subnet:
    """Addresses .4 to the last but one; five are AWS's."""

    def __init__(self, cidr):
        self.network = ipaddress.ip_network(cidr)
        self.capacity = self.network.num_addresses - 5
        self.never_used = 0
        self.released = []

    def take(self):
        if self.released:
            return heapq.heappop(self.released)
        if self.never_used >= self.capacity:
            return None
        self.never_used += 1
        return self.network[self.never_used + 3]

    def release(self, address):
        heapq.heappush(self.released, address)


class Fault:
    def __init__(self, simulation, spec, load_policy):
        self.simulation = simulation
        self.name, self.kind = spec["name"], spec["kind"]
        self.at = moment(spec.get("at", "0s"), simulation.start)
        self.end = self.at + duration(spec["for"]) if "for" in spec else FOREVER
        self.account = str(spec["account"]) if "account" in spec else None
        self.region = spec.get("region")
        self.resource, self.role = spec.get("resource"), spec.get("role")
        self.instances = share(spec.get("instances", 1))
        self.share = share(spec.get("share", 1))
        self.factor = float(spec.get("factor", 1))
        self.offset = duration(spec.get("offset", "0s"))
        self.service = spec.get("service")
        self.bucket = spec.get("bucket")
        self.spec = spec
        self.drawn = {}
        self.documents = [load_policy(d) for d in as_list(spec.get("policies", spec.get("trust_policy", [])))]
        propagation = Distribution(spec.get("propagation", "0s")).draw(simulation.random)
        self.begins = self.at + propagation
        self.ends = self.end + (propagation if self.end < FOREVER else 0)

    def active(self, t):
        return self.begins <= t < self.ends

    def covers_region(self, account, region):
        return self.account in (None, account) and self.region in (None, region)

    def covers(self, instance, region=None):
        """Whether the instance is in the scope; `region` is the Region called where that is not the fleet's own."""
        fleet = instance.fleet
        if not self.covers_region(fleet.account, region or fleet.region_name):
            return False
        if self.resource not in (None, fleet.name):
            return False
        if self.role is not None and instance.role is not self.simulation.find_role(self.role, fleet.account):
            return False
        if self.instances >= 1:
            return True
        key = instance.entity
        if key not in self.drawn:
            self.drawn[key] = self.simulation.random.random() < self.instances
        return self.drawn[key]


class Credential:
    def __init__(self, requested_at, issued_at, expires_at, role, attempts):
        self.requested_at, self.issued_at, self.expires_at = requested_at, issued_at, expires_at
        self.role, self.attempts = role, attempts


RETRYABLE_CALL = {"network_unavailable", "throttled", "service_unavailable"}
BOTOCORE = {"aws_cli", "boto3"}
# before the expiry: from when on the client runs the helper again, and from when on it needs a new set
REFRESH_WINDOW = {"aws_cli": 15 * MINUTE, "boto3": 15 * MINUTE, "powershell": 15 * MINUTE, "javascript": 5 * MINUTE,
                  "ruby": 5 * MINUTE, "java": 15 * SECOND, "go": 0}
MANDATORY_WINDOW = {"aws_cli": 10 * MINUTE, "boto3": 10 * MINUTE, "powershell": MINUTE, "javascript": 5 * MINUTE,
                    "ruby": 5 * MINUTE, "java": 0, "go": 0}
CONNECT_TIMEOUT = {"powershell": "21s", "javascript": "134s", "ruby": "15s", "go": "30s", "java": "2s"}  # the others 60s
CORRECTS_CLOCK = {"powershell", "javascript", "ruby", "go", "java"}
SENDS_EXPIRED = {"go", "ruby", "java"}
READS_AT_FIRST_CALL = {"javascript", "java"}  # and looks again at each call, unless `once`
# the tool's first version with the 2026 standard mode, and the older defaults: (below which version, mode)
MODE_2026 = {"boto3": (1, 44), "aws_cli": (2, 40), "powershell": (5, 0, 332), "javascript": (3, 1166)}
OLDER_MODES = {"boto3": "legacy", "aws_cli": "standard", "powershell": "standard", "javascript": "standard"}
LEGACY_BEFORE = {"aws_cli": (2,), "powershell": (5,)}
ATTEMPTS = {"none": 1, "legacy": 5, "standard": 3, "standard_2026": 3, "adaptive": 3, "adaptive_2026": 3}
LEGACY_ATTEMPTS = {"ruby": 4, "java": 4}


class Backoff:
    """Sleeps of Uniform(0, min(cap, base * factor^(n-2))), or just that much, before attempt n; and what a retry takes of 500
    tokens. `throttled` and `price_throttled` after a throttle, `price_timeout` after a connection's time-out."""

    def __init__(self, base, throttled, price, price_throttled, price_timeout=None, cap=20 * SECOND, factor=2, jitter=True):
        self.base, self.throttled, self.cap, self.factor, self.jitter = base, throttled, cap, factor, jitter
        self.price, self.price_throttled = price, price_throttled
        self.price_timeout = price if price_timeout is None else price_timeout

    def sleep(self, rng, attempts, reason):
        most = min(self.cap, (self.throttled if reason == "throttled" else self.base) * self.factor ** (attempts - 1))
        return round(rng.uniform(0, most)) if self.jitter else most

    def costs(self, reason, timed_out):
        return self.price_throttled if reason == "throttled" else self.price_timeout if timed_out else self.price


MS = 1000
BACKOFF = {  # the row of (mode, tool), else that of the mode
    "standard_2026": Backoff(50 * MS, SECOND, 14, 5),
    "standard": Backoff(SECOND, SECOND, 5, 5, 10),
    ("standard", "javascript"): Backoff(100 * MS, 100 * MS, 10, 5),
    ("standard", "java"): Backoff(100 * MS, SECOND, 5, 5),
    "legacy": Backoff(SECOND, SECOND, 0, 0, cap=FOREVER),
    ("legacy", "powershell"): Backoff(400 * MS, 400 * MS, 0, 0, cap=30 * SECOND, factor=4, jitter=False),
    ("legacy", "ruby"): Backoff(300 * MS, 300 * MS, 0, 0, cap=FOREVER, jitter=False),
    ("legacy", "java"): Backoff(100 * MS, 500 * MS, 5, 0),
}
RETRYABLE_ASSUME = {"throttled", "service_unavailable"}
PROFILE = "appstream_machine_role"
MINIMUM_POWERSHELL, MINIMUM_SDK = (3, 3, 563, 1), (3, 3, 103, 22)
STS_ACTIONS = {"sts:assumerole", "sts:decodeauthorizationmessage", "sts:getaccesskeyinfo", "sts:getcalleridentity",
               "sts:getfederationtoken", "sts:getsessiontoken"}


def version(text):
    return tuple(int(part) for part in str(text).split("."))


def default_mode(tool, text):
    """By the version of the client; none given is today's."""
    if text is not None and tool not in MODE_2026:
        raise ValueError(f"{tool} {text}: its mode is not known by its version; give retry.mode")
    if text is None or version(text) >= MODE_2026[tool]:
        return "standard_2026"
    if version(text) < LEGACY_BEFORE.get(tool, ()):
        return "legacy"
    return OLDER_MODES[tool]


class Workload:
    """What the scenario says of it, and the counts of all its processes."""

    def __init__(self, spec, directory, load_policy):
        self.name = spec["name"]
        client = spec.get("client") or {}
        self.tool = tool = client.get("tool", "boto3")
        self.too_old = tool == "powershell" and (
            ("version" in client and version(client["version"]) < MINIMUM_POWERSHELL) or
            ("sdk_version" in client and version(client["sdk_version"]) < MINIMUM_SDK))
        self.names_profile = spec.get("profile") == PROFILE
        self.region = spec.get("region")
        self.credentials = spec.get("credentials", "per_call" if tool in ("aws_cli", "powershell") else "refreshing")
        self.starts = spec.get("starts", "boot")
        wait = spec.get("wait", "none")
        self.wait_fixed = Distribution(wait["fixed"], directory) if isinstance(wait, dict) and "fixed" in wait else None
        self.poll = None
        if isinstance(wait, dict) and "poll" in wait:
            self.poll = duration(wait["poll"]["interval"]), duration(wait["poll"]["timeout"])
        calls = spec["calls"]
        self.action = calls["action"]
        self.resource = calls.get("resource", "*")
        self.once = "once" in calls
        self.every = Distribution(calls["once"] if self.once else calls["every"], directory)
        action = self.action.lower()
        self.service = action.split(":")[0]
        self.bucket = None
        if action == "ec2:describeinstances":
            self.bucket = "ec2.describe_instances_filtered" if calls.get("filtered") else "ec2.describe_instances"
        elif action == "ec2:createnetworkinterface":
            self.bucket = "ec2.create_network_interface"
        elif action in STS_ACTIONS:
            self.bucket = "sts.account"
        retry = spec.get("retry") or {}
        mode = retry["mode"] if "mode" in retry else default_mode(tool, client.get("version"))
        attempts = LEGACY_ATTEMPTS.get(tool, ATTEMPTS[mode]) if mode == "legacy" else ATTEMPTS[mode]
        self.max_attempts = 1 if mode == "none" else retry.get("max_attempts", attempts)
        self.adaptive = mode.startswith("adaptive")
        mode = mode.replace("adaptive", "standard")  # but for the limiter
        self.backoff = BACKOFF.get((mode, tool)) or BACKOFF.get(mode)
        connect = spec.get("connect") or {}
        self.fast_failures = share(connect.get("fast_failures", 0.8))
        self.connect_timeout = duration(connect.get("timeout", CONNECT_TIMEOUT.get(tool, "60s")))
        self.window, self.mandatory = REFRESH_WINDOW[tool], MANDATORY_WINDOW[tool]
        self.makes_client = tool in BOTOCORE and self.credentials == "per_call"  # one run before the first attempt
        self.reads_at_start = self.credentials == "once" or (
            self.credentials != "per_call" and tool not in READS_AT_FIRST_CALL)
        self.resolves_first = tool == "javascript" and self.credentials == "refreshing"
        self.clock_limit = 15 * MINUTE if self.service in ("ec2", "s3") else 5 * MINUTE
        self.retryable = set(RETRYABLE_CALL)
        if tool in CORRECTS_CLOCK:
            self.retryable.add("clock_skewed")
        if tool == "ruby" and self.credentials != "once":
            self.retryable.add("expired_token")
        self.restarts_after = duration(spec["restarts_after"]) if "restarts_after" in spec else None
        self.context = said_context(spec)
        self.resource_policy = load_policy(calls["resource_policy"]) if "resource_policy" in calls else None
        self.latency = Distribution(spec["latency"], directory) if "latency" in spec else None
        self.succeeded = self.attempts = self.helper_runs = self.failed_attempts = 0
        self.failed = Counter()


class Fleet:
    """A resource: a fleet, or an image builder (then one instance and no sessions)."""

    def __init__(self, simulation, index, spec, is_builder, directory, load_policy):
        self.index, self.name = index, spec["name"]
        self.account, self.region_name = str(spec["account"]), spec["region"]
        self.region = simulation.regions[self.account, self.region_name]
        self.type = "always_on" if is_builder else spec.get("type", "always_on")
        if self.type not in ("always_on", "on_demand") or spec.get("scaling") or spec.get("stop_start"):
            raise Unsupported(f"{self.name}: elastic, scaling or stop_start")
        kind = "image-builder" if is_builder else "fleet"
        self.arn = f"arn:{partition_of(self.region_name)}:appstream:{self.region_name}:{self.account}:{kind}/{self.name}"
        self.vpc_endpoint = spec.get("vpc_endpoint")
        self.egress = [ipaddress.ip_network(block) for block in (spec.get("egress") or {}).get("addresses", [])]
        self.context = simulation.account_context[self.account] | said_context(spec)
        image = simulation.images[spec["image"]] if "image" in spec else {"agent_released": "2024-01-01"}
        self.agent_released = microseconds_of(image["agent_released"])
        if spec.get("role_changes"):
            raise Unsupported("role_changes")
        self.names_role = spec.get("role") not in (None, "none")
        self.role = simulation.find_role(spec["role"], self.account) if self.names_role else None
        self.subnets = [self.region.subnets.setdefault(cidr, Subnet(cidr)) for cidr in spec.get("subnets", [])]
        self.instance_type = spec.get("instance_type")
        self.size = 1 if is_builder else spec["instances"]
        p = spec.get("provisioning") or {}
        self.provisioning_start = Distribution(p.get("start", "0s"), directory)
        self.boot = Distribution(p.get("boot", {"uniform": ["10m", "20m"]}), directory)
        after_boot = {"after": "boot"}
        self.agent = Delay(p.get("agent", after_boot | {"delay": {"lognormal": {"median": "5s", "p99": "30s"}}}), directory)
        self.eni = Delay(p.get("eni", after_boot | {"delay": {"lognormal": {"median": "20s", "p99": "150s"}}}), directory)
        self.retry_interval = duration(p.get("retry_interval", "60s"))
        on_demand = spec.get("on_demand") or {}
        self.on_demand_start = Distribution(on_demand.get("start", {"uniform": ["60s", "120s"]}), directory)
        c = spec.get("credentials") or {}
        self.assume_role_bucket = "sts." + c.get("assume_role_spends", "service")
        self.lifetime = duration(c.get("lifetime", "1h"))
        self.every_is_derived = "every" not in c
        self.every = duration(c["every"]) if "every" in c else self.lifetime - duration(c.get("lead", "0s"))
        self.jitter = duration(c.get("jitter", "0s"))
        r = c.get("retry") or {}
        self.max_attempts = r.get("max_attempts", 5)
        self.base = duration(r.get("base", "1s"))
        self.cap = duration(r["cap"]) if "cap" in r else max(MINUTE, self.base)
        self.retry_jitter = r.get("jitter", "full")
        self.series_interval = duration(r.get("interval", "60s"))
        self.sessions_spec = None if is_builder else spec.get("sessions")
        if self.sessions_spec:
            self.session_length = Distribution(self.sessions_spec["duration"], directory)
            wait = self.sessions_spec.get("wait", "0s")
            self.session_wait = FOREVER if wait == "unlimited" else duration(wait)
        self.workloads = [Workload(w, directory, load_policy) for w in spec.get("workloads", [])]
        self.faults = {}              # those that can concern it, by kind
        self.made = 0                 # instances requested so far; the next one's number
        self.idle = {}                # number -> instance that a session may take
        self.waiting = deque()        # sessions, first come first served
        # what is counted
        self.instances = []
        self.provisioning_failures = Counter()
        self.assume_attempts = self.assume_successes = 0
        self.assume_failures = Counter()
        self.overlaps, self.gaps = [], []
        self.first_credential, self.network_ready, self.interface_wait = [], [], []
        self.sessions = []


class Session:
    def __init__(self, arrived_at, length):
        self.arrived_at, self.length = arrived_at, length
        self.started_at = self.ended_at = self.instance = None
        self.outcome = "waiting"  # waiting, starting, active, completed, rejected, lost


class Instance:
    """life goes up at every start, stop, reboot and termination: what was planned in another life does not happen."""

    def __init__(self, fleet):
        self.fleet, self.number = fleet, fleet.made
        fleet.made += 1
        fleet.instances.append(self)
        self.entity = (fleet.index, self.number)
        self.life = 0
        self.state = "requested"  # requested, provisioning, available, stopped, in_use, terminated
        self.provisioned_at = self.terminated_at = self.booted_at = self.network_at = None
        self.first_eni_at = self.first_boot_at = None
        self.role = self.subnet = self.address = self.session = self.egress = None
        self.credentials = []     # all of them, in order of issue
        self.asked = 0            # attempts for the next one, since the last one or a new life
        self.kept_from = 0        # a reboot drops expired ones from the profile: those before this index

    def newest_credential(self):
        return self.credentials[-1] if len(self.credentials) > self.kept_from else None

    def has_network(self, t):
        return self.network_at is not None and self.network_at <= t


class Process:
    """One workload's client on one instance, from its start until the instance stops, reboots or ends."""

    def __init__(self, instance, workload):
        self.instance, self.workload, self.life = instance, workload, instance.life
        self.starts = 0               # how often it began, restarts_after included
        self.has_called = False
        self.begins_anew()

    def begins_anew(self):
        self.starts += 1
        self.held = None
        self.found_none = False       # a long-lived client that had no credential when it started
        self.clock_correction = 0
        self.client = None

    def alive(self):
        return self.instance.life == self.life


class Client:
    """What a process keeps of its attempts (aws_cli: what one call keeps)."""

    def __init__(self, workload, t):
        self.quota = 500
        self.limiter = ClientLimiter(t) if workload.adaptive and workload.tool != "javascript" else None


class Call:
    def __init__(self, process, client):
        self.process, self.client = process, client
        self.attempts = 0             # those sent
        self.quota_taken = []
        self.holder = self if process.workload.credentials == "per_call" else process  # who keeps the set
        self.held = None
        self.must_read = False        # AWS has said that the set had expired (ruby)
        self.credential = None        # that signs the attempt


# ---------------------------------------------------------------------------------------------------------------------
# The simulation

RELEASES, NORMAL = 0, 1     # phases of one microsecond: terminations and bucket changes come first
FIRST_ENTITY = (-1, 0)      # sorts before every instance


class Simulation:
    def __init__(self, scenario, directory, seed, replication):
        if scenario.get("warm_up"):
            raise Unsupported("warm_up")
        self.random = random.Random(f"{seed}/{replication}")
        self.start = microseconds_of(scenario.get("start", "2026-01-05T00:00:00Z"))
        self.duration = duration(scenario["duration"])
        self.now = 0
        self.queue, self.sequence = [], itertools.count()
        self.events = 0

        def load_policy(spec):
            if isinstance(spec, dict) and set(spec) == {"file"}:
                with open(os.path.join(directory, spec["file"]), encoding="utf-8") as text:
                    return json.load(text)
            return spec

        accounts = {str(a["id"]): a for a in scenario["accounts"]}
        self.account_context = {name: said_context(a) for name, a in accounts.items()}
        self.regions = {(name, r["name"]): Region(self, r, load_policy) for name, a in accounts.items() for r in a["regions"]}
        partitions = {name: partition_of(a["regions"][0]["name"]) for name, a in accounts.items()}
        self.roles = [Role(r, load_policy, partitions) for r in scenario.get("roles", [])]
        self.images = {i["name"]: i for i in scenario.get("images", [])}
        specs = [(f, False) for f in scenario.get("fleets") or []] + [(b, True) for b in scenario.get("image_builders") or []]
        self.fleets = [Fleet(self, i, spec, is_builder, directory, load_policy)
                       for i, (spec, is_builder) in enumerate(specs)]
        self.faults = [Fault(self, f, load_policy) for f in scenario.get("faults") or []]
        self.by_kind = {}
        for fault in self.faults:
            self.by_kind.setdefault(fault.kind, []).append(fault)
        for fleet in self.fleets:
            fleet.faults = {kind: [f for f in faults if f.resource in (None, fleet.name)]
                            for kind, faults in self.by_kind.items()}
        self.failures = []  # (at, instance, workload name or None, operation, reason, attempts)

        for fault in self.faults:
            self.plan_fault(fault)
        for fleet in self.fleets:
            for _ in range(fleet.size):
                instance = Instance(fleet)
                self.schedule(fleet.provisioning_start.draw(self.random), instance.entity, self.provision, instance)
            if fleet.sessions_spec:
                self.plan_sessions(fleet)

    def schedule(self, at, entity, action, *arguments, phase=NORMAL):
        if at < self.duration:  # the run is [0, duration)
            heapq.heappush(self.queue, (at, phase, entity, next(self.sequence), action, arguments))

    def run(self):
        while self.queue:
            self.now, _, _, _, action, arguments = heapq.heappop(self.queue)
            self.events += 1
            action(*arguments)
        self.now = self.duration
        for fleet in self.fleets:
            for instance in fleet.instances:
                if instance.terminated_at is None:
                    self.close_gap(instance, self.duration)
        return self

    def find_role(self, reference, account):
        """By name, first in that account, or by ARN; None if there is none."""
        found = [r for r in self.roles if reference == r.arn or reference.lower() == r.name.lower()]
        return min(found, key=lambda r: r.account != account, default=None)

    # -- faults

    def active(self, kind, instance=None, region=None):
        """The faults of a kind that act now (on that instance)."""
        faults = (self.by_kind if instance is None else instance.fleet.faults).get(kind)
        if not faults:
            return []
        now = self.now
        return [f for f in faults if f.begins <= now < f.ends and (instance is None or f.covers(instance, region))]

    def plan_fault(self, fault):
        if fault.kind in ("quota", "background_load"):
            self.schedule(fault.at, FIRST_ENTITY, self.change_buckets, fault, True, phase=RELEASES)
            if fault.end < FOREVER:
                self.schedule(fault.end, FIRST_ENTITY, self.change_buckets, fault, False, phase=RELEASES)
        elif fault.kind == "instance_loss":
            self.schedule(fault.at, FIRST_ENTITY, self.lose_instances, fault, phase=RELEASES)
        elif fault.kind == "mass_restart":
            self.schedule(fault.at, FIRST_ENTITY, self.restart_instances, fault)

    def change_buckets(self, fault, begins):
        for (account, name), region in self.regions.items():
            if not fault.covers_region(account, name):
                continue
            bucket = region.buckets[fault.bucket]
            if begins:
                fault.drawn[account, name] = bucket.rate, bucket.burst, bucket.background
                rate, burst, background = bucket.rate, bucket.burst, bucket.background
                if fault.kind == "quota":
                    rate = rate_per_microsecond(fault.spec["rate"]) if "rate" in fault.spec else rate
                    burst = Fraction(str(fault.spec["burst"])) if "burst" in fault.spec else burst
                else:
                    background = rate_per_microsecond(fault.spec["rate"])
                bucket.change(self.now, rate, burst, background)
            else:
                bucket.change(self.now, *fault.drawn[account, name])
            region.making.serve()
            region.deleting.serve()

    def lose_instances(self, fault):
        lost = [i for fleet in self.fleets for i in fleet.instances
                if i.provisioned_at is not None and i.terminated_at is None and fault.covers(i)
                and self.random.random() < fault.share]
        for instance in lost:
            if instance.session:
                instance.session.outcome, instance.session.ended_at = "lost", self.now
            self.terminate_and_replace(instance)

    def restart_instances(self, fault):
        for fleet in self.fleets:
            for instance in list(fleet.instances):
                if instance.state in ("provisioning", "available", "in_use") and fault.covers(instance):
                    while (instance.kept_from < len(instance.credentials)
                           and instance.credentials[instance.kept_from].expires_at <= self.now):
                        instance.kept_from += 1
                    fleet.idle.pop(instance.number, None)
                    if instance.state == "available":
                        instance.state = "provisioning"
                    self.begin_life(instance, fleet.boot, False)

    # -- instances

    def provision(self, instance):
        """A try at p: an address and a unit of the interface quota, or again later."""
        fleet, region = instance.fleet, instance.fleet.region
        limit = region.instance_limits.get(fleet.instance_type)
        if limit is not None and region.instances_used[fleet.instance_type] >= limit:
            return self.fail_provisioning(instance, "instance_quota")
        address = subnet = None
        for subnet in fleet.subnets:
            address = subnet.take()
            if address is not None:
                break
        if fleet.subnets and address is None:
            return self.fail_provisioning(instance, "subnet_exhausted")
        if region.interfaces_used >= region.interface_limit:
            if address is not None:
                subnet.release(address)
            return self.fail_provisioning(instance, "interface_quota")
        region.interfaces_used += 1
        region.instances_used[fleet.instance_type] += 1
        instance.subnet, instance.address = subnet, address
        instance.provisioned_at = self.now
        instance.state = "provisioning"
        instance.role = fleet.role
        self.begin_life(instance, fleet.boot, True)

    def fail_provisioning(self, instance, reason):
        instance.fleet.provisioning_failures[reason] += 1
        self.failures.append((self.now, instance, None, "provision", reason, 1))
        self.schedule(self.now + instance.fleet.retry_interval, instance.entity, self.provision, instance)

    def begin_life(self, instance, boot, takes_token):
        """Boot, network and agent start side by side: at p, at an on-demand start, at a reboot."""
        fleet, began = instance.fleet, self.now
        instance.life += 1
        life = instance.life
        instance.asked = 0
        instance.network_at = None
        instance.booted_at = None
        boot_end = began + boot.draw(self.random)
        eni = self.draw_eni(instance)
        agent = fleet.agent.distribution.draw(self.random)
        self.schedule(boot_end, instance.entity, self.boot_ended, instance, life)
        if fleet.names_role:
            first = (boot_end if fleet.agent.after_boot else began) + agent
            self.schedule(first, instance.entity, self.assume_role_due, instance, life, 1, fleet.base)

        def granted():
            wait = self.now - began
            if fleet.eni.within_boot:
                ready = boot_end + wait
            elif not fleet.eni.after_boot:
                ready = began + wait + eni
            else:
                ready = boot_end + wait + eni
            if takes_token:
                fleet.interface_wait.append(wait)
            self.schedule(ready, instance.entity, self.network_ready, instance, life)

        if takes_token:
            fleet.region.making.ask(instance, granted)
        else:
            granted()
        self.start_workloads(instance, "provision")

    def draw_eni(self, instance):
        delay = instance.fleet.eni.distribution.draw(self.random)
        for fault in self.active("eni_delay", instance):
            delay = round(delay * fault.factor)
        return delay

    def boot_ended(self, instance, life):
        if instance.life != life:
            return
        instance.booted_at = self.now
        if instance.first_boot_at is None:
            instance.first_boot_at = self.now
        self.start_workloads(instance, "boot")
        self.maybe_available(instance)

    def network_ready(self, instance, life):
        if instance.life != life:
            return
        instance.network_at = self.now
        if instance.first_eni_at is None:
            instance.first_eni_at = self.now
            instance.fleet.network_ready.append(self.now - instance.provisioned_at)
        self.maybe_available(instance)

    def maybe_available(self, instance):
        """Called when boot or network is done: available when both are."""
        if instance.booted_at is None or instance.network_at is None or instance.state != "provisioning":
            return
        fleet = instance.fleet
        instance.state = "available"
        if instance.session:                  # an on-demand start that a session waits for
            self.start_session(instance, instance.session)
        elif fleet.waiting:
            self.start_session(instance, fleet.waiting.popleft())
        else:
            fleet.idle[instance.number] = instance
            if fleet.type == "on_demand":
                instance.state = "stopped"
                instance.life += 1
                instance.network_at = instance.booted_at = None

    def terminate_and_replace(self, instance):
        """Releases first, so that others of this microsecond find what was released; the interface with its token."""
        fleet = instance.fleet
        instance.life += 1
        instance.state, instance.terminated_at = "terminated", self.now
        instance.network_at = None
        fleet.idle.pop(instance.number, None)
        fleet.region.instances_used[fleet.instance_type] -= 1
        fleet.region.deleting.ask(instance, lambda: self.free_interface(instance))
        self.close_gap(instance, self.now)
        replacement = Instance(fleet)
        self.schedule(self.now, replacement.entity, self.provision, replacement)

    def free_interface(self, instance):
        instance.fleet.region.interfaces_used -= 1
        if instance.address is not None:
            instance.subnet.release(instance.address)

    # -- sessions

    def plan_sessions(self, fleet):
        arrivals = fleet.sessions_spec["arrivals"]
        if "poisson" in arrivals:
            per_microsecond = float(rate_per_microsecond(arrivals["poisson"]))
            t = 0.0
            while per_microsecond > 0:
                t += self.random.expovariate(per_microsecond)
                if t >= self.duration:
                    break
                self.plan_session(fleet, int(t))
        elif "per_hour" in arrivals:
            rates = arrivals["per_hour"]
            offset = self.start % (24 * HOUR) if arrivals.get("daily") else 0
            hour = 0
            # walk the hours of the run (of the UTC day if daily), a Poisson process in each
            edge = -(offset % HOUR)
            while edge < self.duration:
                number = (edge + offset) // HOUR
                number = number % 24 if arrivals.get("daily") else hour
                rate = float(rates[number]) if number < len(rates) else 0.0
                t = float(edge)
                while rate > 0:
                    t += self.random.expovariate(rate / HOUR)
                    if t >= edge + HOUR:
                        break
                    if 0 <= t < self.duration:
                        self.plan_session(fleet, int(t))
                edge += HOUR
                hour += 1
        else:
            raise Unsupported("arrivals from a file")

    def plan_session(self, fleet, at):
        self.schedule(at, (fleet.index, -1), self.session_arrives, fleet, fleet.session_length.draw(self.random))

    def session_arrives(self, fleet, length):
        session = Session(self.now, length)
        fleet.sessions.append(session)
        if fleet.idle:
            instance = fleet.idle.pop(min(fleet.idle))
            if instance.state == "stopped":
                session.outcome, session.instance, instance.session = "starting", instance, session
                instance.state = "provisioning"
                self.begin_life(instance, fleet.on_demand_start, False)
            else:
                self.start_session(instance, session)
            return
        if fleet.session_wait == 0:
            return self.reject(session)
        fleet.waiting.append(session)
        self.schedule(self.now + fleet.session_wait, (fleet.index, -1), self.session_gives_up, fleet, session)

    def session_gives_up(self, fleet, session):
        if session.outcome == "waiting":
            fleet.waiting.remove(session)
            self.reject(session)

    def reject(self, session):
        session.outcome, session.ended_at = "rejected", self.now

    def start_session(self, instance, session):
        instance.state, instance.session = "in_use", session
        session.outcome, session.started_at, session.instance = "active", self.now, instance
        self.start_workloads(instance, "session_start")
        self.schedule(self.now + session.length, instance.entity, self.session_ends, instance, session, phase=RELEASES)

    def session_ends(self, instance, session):
        if session.outcome == "active":
            session.outcome, session.ended_at = "completed", self.now
            self.terminate_and_replace(instance)

    # -- AssumeRole and credentials

    def assume_role_due(self, instance, life, number, sleep):
        """Attempt `number` of a refresh series is due."""
        if instance.life != life:
            return
        pauses = self.active("agent_paused", instance)
        if pauses:
            self.schedule(max(f.end for f in pauses), FIRST_ENTITY, self.assume_role_due, instance, life, number, sleep)
            return
        fleet = instance.fleet
        fleet.assume_attempts += 1
        instance.asked += 1
        reason = self.assume_role_refusal(instance)
        if reason is None:
            latency = fleet.region.sts_latency.draw(self.random)
            for fault in self.active("sts_latency", instance):
                latency = round(latency * fault.factor)
            self.schedule(self.now + latency, instance.entity, self.issue, instance, life, self.now)
            return
        fleet.assume_failures[reason] += 1
        self.failures.append((self.now, instance, None, "sts:AssumeRole", reason, instance.asked))
        if reason in RETRYABLE_ASSUME and number < fleet.max_attempts:
            sleep = self.agent_sleep(fleet, number + 1, sleep)
            self.schedule(self.now + sleep, instance.entity, self.assume_role_due, instance, life, number + 1, sleep)
        else:
            self.schedule(self.now + fleet.series_interval, instance.entity,
                          self.assume_role_due, instance, life, 1, fleet.base)

    def agent_sleep(self, fleet, number, previous):
        """How long the agent sleeps before attempt number >= 2."""
        step = min(fleet.cap, fleet.base * 2 ** (number - 2))
        if fleet.retry_jitter == "full":
            return round(self.random.uniform(0, step))
        if fleet.retry_jitter == "equal":
            return round(step / 2 + self.random.uniform(0, step / 2))
        if fleet.retry_jitter == "decorrelated":
            return min(fleet.cap, round(self.random.uniform(fleet.base, 3 * previous)))
        return step

    def assume_role_refusal(self, instance):
        """Steps 1 to 3; None is success."""
        fleet = instance.fleet
        if self.sts_fails(instance):
            return "service_unavailable"
        if not fleet.region.buckets[fleet.assume_role_bucket].take(self.now):
            return "throttled"
        role = instance.role
        if role is None:
            return "role_not_found"
        if role.account != fleet.account:
            return "role_in_other_account"
        if role.kind != "role":
            return "service_role"
        if fleet.agent_released < microseconds_of("2019-09-03"):
            return "agent_too_old"
        trust = [role.trust_policy]
        for fault in self.active("trust_policy_changed", instance):
            trust = fault.documents
        context = {"aws:sourceaccount": fleet.account, "aws:sourcearn": fleet.arn, "aws:principalisawsservice": "true",
                   "aws:currenttime": self.start + self.now, "aws:requestedregion": fleet.region_name,
                   "aws:securetransport": "true", "aws:sourceip": None}  # the service's address, which nobody lists
        if policy_decision(trust, lambda s: service_principal_matches(s, "appstream.amazonaws.com")
                           and action_matches(s, "sts:AssumeRole") and conditions_hold(s, context)) != "Allow":
            return "trust_policy_denies"
        if self.active("role_deleted", instance):
            return "role_not_found"
        return None

    def sts_fails(self, instance, region=None):
        return bool(self.active("sts_outage", instance, region)) or any(
            self.random.random() < f.share for f in self.active("sts_error_rate", instance, region))

    def issue(self, instance, life, requested_at):
        if instance.life != life:
            return
        fleet, now = instance.fleet, self.now
        fleet.assume_successes += 1
        if not instance.credentials:
            fleet.first_credential.append(now - instance.provisioned_at)
        else:
            previous = instance.credentials[-1]
            sequence = len(instance.credentials)
            if previous.expires_at > now:
                fleet.overlaps.append((instance, sequence, now, previous.expires_at))
            elif previous.expires_at < now:
                fleet.gaps.append((instance, sequence, previous.expires_at, now, False))
        instance.credentials.append(Credential(requested_at, now, now + fleet.lifetime, instance.role, instance.asked))
        instance.asked = 0
        due = now + fleet.every - round(self.random.uniform(0, fleet.jitter))
        if fleet.every_is_derived:
            due -= self.skew(instance)
        self.schedule(max(now, due), instance.entity, self.assume_role_due, instance, life, 1, fleet.base)

    def skew(self, instance):
        return sum(f.offset for f in self.active("clock_skew", instance))

    def close_gap(self, instance, end):
        """The instance or the run ends: a gap still open is recorded, cut."""
        if instance.credentials and instance.credentials[-1].expires_at < end:
            instance.fleet.gaps.append((instance, len(instance.credentials), instance.credentials[-1].expires_at, end, True))

    # -- workloads and calls

    def start_workloads(self, instance, when):
        for workload in instance.fleet.workloads:
            if workload.starts == when:
                process = Process(instance, workload)
                if workload.wait_fixed:
                    self.schedule(self.now + workload.wait_fixed.draw(self.random), instance.entity,
                                  self.process_starts, process)
                elif workload.poll:
                    self.poll_network(process, self.now + workload.poll[1])
                else:
                    self.process_starts(process)

    def network_works(self, instance):
        return instance.has_network(self.now) and not self.active("network_outage", instance)

    def poll_network(self, process, time_out):
        if not process.alive():
            return
        if self.network_works(process.instance):
            self.process_starts(process)
        elif self.now >= time_out:
            self.process_starts(process)
        else:
            self.schedule(min(self.now + process.workload.poll[0], time_out), process.instance.entity,
                          self.poll_network, process, time_out)

    def process_starts(self, process):
        if not process.alive():
            return
        workload = process.workload
        process.client = Client(workload, self.wall_clock())
        if not (workload.once and process.has_called):
            self.plan_call(process)
        if workload.reads_at_start and not workload.too_old and workload.names_profile:
            if self.run_helper(process, process) != "read":
                process.found_none = True  # and never finds one, until the process starts anew
                if workload.restarts_after:
                    self.schedule(self.now + workload.restarts_after, process.instance.entity, self.process_restarts, process)

    def process_restarts(self, process):
        if process.alive():
            process.begins_anew()
            self.process_starts(process)

    def wall_clock(self):
        return (self.start + self.now) / SECOND

    def plan_call(self, process):
        self.schedule(self.now + process.workload.every.draw(self.random), process.instance.entity,
                      self.call, process, process.starts)

    def call(self, process, starts):
        if not process.alive() or process.starts != starts:
            return
        process.has_called = True
        workload = process.workload
        if not workload.once:
            self.plan_call(process)
        call = Call(process, Client(workload, self.wall_clock()) if workload.tool == "aws_cli" else process.client)
        reason = self.before_attempts(call)
        if reason:
            return self.attempt_ends(call, reason, sent=False)
        self.attempt(call)

    def before_attempts(self, call):
        """Steps 1 to 3, and the helper's runs that come before the first attempt."""
        process, workload = call.process, call.process.workload
        if workload.too_old:
            return "client_too_old"
        if not workload.names_profile:
            return "profile_not_specified"
        if process.found_none:
            return "no_credentials"
        if workload.makes_client:
            return self.first_reading(call)
        if workload.resolves_first:
            if process.held is None:
                reason = self.first_reading(call)
                if reason is None and self.left(call) < 0:
                    process.held = None
                    reason = "refresh_failed"
                if reason:
                    return reason
            if self.left(call) < workload.window and (self.run_helper(process, process) != "read" or self.left(call) < 0):
                return "refresh_failed"
        return None

    def first_reading(self, call):
        """Of a client that has no set yet: None or the reason to fail."""
        found = self.run_helper(call.process, call.holder)
        return {"read": None, "missing": "no_credentials", "failed": "refresh_failed"}[found]

    def run_helper(self, process, holder):
        """The profile's newest set, for the process or the call that keeps it: read, failed, or missing and so not run."""
        newest = process.instance.newest_credential()
        if newest is None:
            return "missing"
        process.workload.helper_runs += 1
        if self.active("helper_failure", process.instance):
            return "failed"
        holder.held = newest
        return "read"

    def attempt(self, call):
        process, workload = call.process, call.process.workload
        if not process.alive():
            return
        client = call.client
        if workload.adaptive and client.limiter is None:
            client.limiter = ClientLimiter(self.wall_clock())
        wait = client.limiter.take(self.wall_clock()) if client.limiter else 0
        if wait:
            return self.schedule(self.now + math.ceil(wait * SECOND), process.instance.entity, self.attempt, call)
        call.credential, reason = self.sign(call)
        if reason:
            return self.attempt_ends(call, reason, sent=False)
        call.attempts += 1
        workload.attempts += 1
        self.connect(call)

    def left(self, call):
        """Until the credential expires, by the client's clock; at 0 it has not expired yet."""
        return call.holder.held.expires_at - self.skew(call.process.instance) - self.now

    def sign(self, call):
        """Step 5 as far as the client knows the expiry: (the credential that signs, None) or (None, reason)."""
        workload, holder = call.process.workload, call.holder
        kind = workload.credentials
        if kind == "once":
            return holder.held, None
        just_read = holder.held is None
        if just_read:
            reason = self.first_reading(call)
            if reason:
                return None, reason
        left, old = self.left(call), holder.held
        in_window = left < 0 or (kind != "until_expiry" and left < workload.window)
        if (in_window and not just_read) or call.must_read:
            call.must_read = False
            if self.run_helper(call.process, holder) == "failed":
                if left < 0 or (kind != "until_expiry" and left < workload.mandatory):
                    return None, "refresh_failed"
            elif workload.tool == "powershell" and kind == "refreshing" and left >= workload.mandatory:
                return old, None  # in the background: this attempt takes the old set
        if self.left(call) < 0 and workload.tool not in SENDS_EXPIRED:
            return None, "refresh_failed" if kind == "refreshing" else "expired_token"
        return holder.held, None

    def connect(self, call):
        """Step 4."""
        if self.network_works(call.process.instance):
            self.arrive(call)
        elif self.random.random() < call.process.workload.fast_failures:
            self.attempt_ends(call, "network_unavailable")
        else:
            timeout = call.process.workload.connect_timeout
            syns = (((1 << k) - 1) * SECOND for k in range(1, 7))  # 1, 3, 7, 15, 31, 63 s: Linux asks six times
            self.wait_for_path(call, self.now, list(itertools.takewhile(lambda t: t < timeout, syns)))

    def wait_for_path(self, call, began, syns):
        entity = call.process.instance.entity
        if syns:
            self.schedule(began + syns[0], entity, self.send_syn, call, began, syns[1:])
        else:
            self.schedule(began + call.process.workload.connect_timeout, entity, self.attempt_ends,
                          call, "network_unavailable", True)

    def send_syn(self, call, began, syns):
        if not call.process.alive():
            return
        if self.network_works(call.process.instance):
            self.arrive(call)
        else:
            self.wait_for_path(call, began, syns)

    def arrive(self, call):
        """The request is at the service, which decides now; its answer may take a while."""
        reason = self.service_refusal(call)
        latency = call.process.workload.latency
        takes = latency.draw(self.random) if latency else 0
        if takes:
            self.schedule(self.now + takes, call.process.instance.entity, self.attempt_ends, call, reason)
        else:
            self.attempt_ends(call, reason)

    def service_refusal(self, call):
        """Step 0, the expiry as AWS sees it, and steps 6 to 8; None is success."""
        process, workload, credential, now = call.process, call.process.workload, call.credential, self.now
        instance = process.instance
        if abs(self.skew(instance) - process.clock_correction) > workload.clock_limit:
            return "clock_skewed"                                                            # 0
        if credential.expires_at <= now:
            return "expired_token"                                                           # 5
        region_name = workload.region or instance.fleet.region_name
        region = self.regions[instance.fleet.account, region_name]
        if workload.bucket and not region.buckets[workload.bucket].take(now):
            return "throttled"                                                               # 6
        if not self.allowed(instance, workload, credential, region_name):
            return "access_denied"                                                           # 7
        for fault in self.active("service_outage", instance, region_name):                   # 8
            if fault.service in (None, workload.service) and self.random.random() < fault.share:
                return "service_unavailable"
        if workload.service == "sts" and self.sts_fails(instance, region_name):
            return "service_unavailable"
        return None

    def allowed(self, instance, workload, credential, region_name):
        """Step 7: permissions and boundary, and the faults that deny."""
        for fault in self.by_kind.get("sessions_revoked", ()):
            if self.now >= fault.at and credential.issued_at < fault.at and fault.covers(instance):
                return False
        for fault in self.by_kind.get("role_deleted", ()):
            if fault.covers(instance) and fault.active(self.now):
                return False
        role = credential.role
        policies = role.policies
        for fault in self.active("permissions_changed", instance):
            policies = fault.documents
        context = self.request_context(instance, workload, credential, region_name)

        def matches(statement):
            return (action_matches(statement, workload.action) and resource_matches(statement, workload.resource)
                    and conditions_hold(statement, context))

        limits = [policies] + ([[role.boundary]] if role.boundary else [])
        limits += self.regions[instance.fleet.account, region_name].service_control
        if any(policy_decision(documents, matches) != "Allow" for documents in limits):
            return False
        document = self.resource_policy(instance, workload)
        return document is None or policy_decision([document], lambda s: (
            role_principal_matches(s, role) and action_matches(s, workload.action) and conditions_hold(s, context))) == "Allow"

    def resource_policy(self, instance, workload):
        """The document that must allow as well, or None where none is needed."""
        assumes = workload.action.lower() == "sts:assumerole" and workload.resource != "*"
        if assumes:
            for role in self.roles:
                if role.arn == workload.resource:
                    for fault in self.active("trust_policy_changed"):
                        if fault.role and self.find_role(fault.role, role.account) is role:
                            return fault.documents[0]
                    return role.trust_policy
        account = (workload.resource.split(":") + [""] * 5)[4]
        if not assumes and account in ("", instance.fleet.account):
            return None
        if workload.resource_policy is None:
            raise Undecided(f"{workload.resource} needs calls.resource_policy")
        return workload.resource_policy

    def request_context(self, instance, workload, credential, region_name):
        """What AWS always sends, and what the scenario says."""
        fleet, role = instance.fleet, credential.role
        context = {"aws:currenttime": self.start + self.now, "aws:epochtime": self.start + self.now,
                   "aws:tokenissuetime": self.start + credential.issued_at, "aws:securetransport": "true",
                   "aws:viaawsservice": "false", "aws:principalisawsservice": "false", "aws:principaltype": "AssumedRole",
                   "aws:principalarn": role.arn, "aws:principalaccount": role.account,
                   "aws:requestedregion": region_name, "aws:multifactorauthpresent": None}
        context |= {f"aws:principaltag/{key.lower()}": value for key, value in role.tags.items()}
        if fleet.vpc_endpoint:
            context |= {"aws:sourceip": None, "aws:vpcsourceip": str(instance.address), "aws:sourcevpce": fleet.vpc_endpoint}
        else:
            context |= {"aws:vpcsourceip": None, "aws:sourcevpce": None, "aws:sourcevpc": None}
            if fleet.egress:
                if instance.egress is None:  # one for each instance, evenly
                    number = self.random.randrange(sum(block.num_addresses for block in fleet.egress))
                    instance.egress = next(itertools.islice(itertools.chain.from_iterable(fleet.egress), number, None))
                context["aws:sourceip"] = str(instance.egress)
        return context | fleet.context | workload.context

    def attempt_ends(self, call, reason, timed_out=False, sent=True):
        process = call.process
        if not process.alive():
            return
        workload = process.workload
        if sent and call.client.limiter:
            call.client.limiter.answered(self.wall_clock(), reason == "throttled")
        if reason == "clock_skewed" and workload.tool in CORRECTS_CLOCK:
            process.clock_correction = self.skew(process.instance)
        if reason is None:
            workload.succeeded += 1
            call.client.quota = min(500, call.client.quota + (call.quota_taken[-1] if call.quota_taken else 1))
        elif (sent and reason in workload.retryable and call.attempts < workload.max_attempts
              and self.may_retry(call, reason, timed_out)):
            call.must_read = reason == "expired_token"
            self.schedule(self.now + workload.backoff.sleep(self.random, call.attempts, reason), process.instance.entity,
                          self.attempt, call)
        else:
            workload.failed[reason] += 1
            workload.failed_attempts += call.attempts
            self.failures.append((self.now, process.instance, workload.name, workload.action, reason, call.attempts))

    def may_retry(self, call, reason, timed_out):
        """The retry quota."""
        price = call.process.workload.backoff.costs(reason, timed_out)
        if call.client.quota < price:
            return False
        call.client.quota -= price
        call.quota_taken.append(price)
        return True


# ---------------------------------------------------------------------------------------------------------------------
# Results

def quantile(values, q):
    """Nearest rank, of all samples."""
    return sorted(values)[max(0, math.ceil(q * len(values)) - 1)] if values else None


def mean(values):
    return sum(values) / len(values) if values else None


def seconds(value):
    return None if value is None else value / SECOND


def spread_of(values):
    return {"count": len(values), "mean": seconds(mean(values)), "p50": seconds(quantile(values, 0.5)),
            "p99": seconds(quantile(values, 0.99))}


def fleet_results(fleet):
    overlaps = [closed - opened for _, _, opened, closed in fleet.overlaps]
    gaps = [closed - opened for _, _, opened, closed, _ in fleet.gaps]
    outcomes = Counter(s.outcome for s in fleet.sessions)
    return {
        "instances_provisioned": sum(i.provisioned_at is not None for i in fleet.instances),
        "instances_terminated": sum(i.terminated_at is not None for i in fleet.instances),
        "provisioning_failures": dict(fleet.provisioning_failures),
        "assume_role": {"attempts": fleet.assume_attempts, "successes": fleet.assume_successes,
                        "failures": dict(fleet.assume_failures)},
        "credentials_issued": sum(len(i.credentials) for i in fleet.instances),
        "credential_attempts": {"mean": mean([c.attempts for i in fleet.instances for c in i.credentials])},
        "overlaps": {"count": len(overlaps), "mean": seconds(mean(overlaps)),
                     "min": seconds(min(overlaps, default=None)), "max": seconds(max(overlaps, default=None))},
        "gaps": {"count": len(gaps), "sum": seconds(sum(gaps)), "max": seconds(max(gaps, default=None)),
                 "open": sum(row[4] for row in fleet.gaps)},
        "instances_with_gap": len({row[0].entity for row in fleet.gaps}),
        "first_credential": spread_of(fleet.first_credential),
        "network_ready": spread_of(fleet.network_ready),
        "interface_wait": {"count": len(fleet.interface_wait), "mean": seconds(mean(fleet.interface_wait)),
                           "max": seconds(max(fleet.interface_wait, default=None))},
        "sessions": {"arrived": len(fleet.sessions), "rejected": outcomes["rejected"], "completed": outcomes["completed"],
                     "lost": outcomes["lost"], "started": sum(s.started_at is not None for s in fleet.sessions)},
        "workloads": {w.name: {"succeeded": w.succeeded, "failed": dict(w.failed), "attempts": w.attempts,
                               "failed_attempts": {"mean": w.failed_attempts / w.failed.total() if w.failed else None},
                               "helper_runs": w.helper_runs} for w in fleet.workloads},
    }


def load(path):
    with open(path, encoding="utf-8") as text:
        return yaml.safe_load(text)


def simulate(scenario, directory=".", seed=None, replication=0):
    """Runs one replication and returns the finished Simulation, rows and all."""
    return Simulation(scenario, directory, scenario.get("seed", 0) if seed is None else seed, replication).run()


def results(simulation):
    return {fleet.name: fleet_results(fleet) for fleet in simulation.fleets}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--replications", type=int, default=1)
    parser.add_argument("--json", required=True, metavar="OUT")
    arguments = parser.parse_args()
    scenario = load(arguments.scenario)
    directory = os.path.dirname(os.path.abspath(arguments.scenario))
    seed = scenario.get("seed", 0) if arguments.seed is None else arguments.seed
    replications = [{"replication": r, "resources": results(simulate(scenario, directory, seed, r))}
                    for r in range(arguments.replications)]
    document = {"scenario": scenario.get("name"), "seed": seed, "replications": replications}
    with (sys.stdout if arguments.json == "-" else open(arguments.json, "w", encoding="utf-8")) as out:
        json.dump(document, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
