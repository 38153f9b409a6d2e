#!/usr/bin/python3
"""Checks the reference model itself: MODEL.md's known answers, anchor numbers of an earlier small simulation, and small cases by hand.

    known_answers_check.py [NAME ...]          (all of them takes about a minute)
"""
import copy
import math
import random
import sys
import time
from collections import Counter
from fractions import Fraction

import reference_model as model
from reference_model import HOUR, MINUTE, SECOND

TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": ["appstream.amazonaws.com"]}, "Action": "sts:AssumeRole"}]}
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}]}
UNLIMITED = {"describe_instances": "unlimited", "create_network_interface": "unlimited", "network_interfaces": 100000}

BASE = {
    "version": 1, "name": "check", "start": "2026-01-05T00:00:00Z", "duration": "2h", "seed": 1,
    "accounts": [{"id": "123456789012", "regions": [{
        "name": "us-east-1", "sts": {"service": "unlimited", "account": "unlimited", "latency": "100ms"},
        "ec2": UNLIMITED}]}],
    "roles": [{"name": "Machine", "account": "123456789012", "trust_policy": TRUST, "policies": [ALLOW]}],
    "images": [{"name": "win", "agent_released": "2024-05-01"}],
    "fleets": [{"name": "f", "account": "123456789012", "region": "us-east-1", "type": "always_on", "image": "win",
                "role": "Machine", "instances": 1, "provisioning": {"start": "0s", "boot": "10m", "agent": "0s", "eni": "0s"},
                "credentials": {"lifetime": "1h"}}],
}
CALL = {"name": "w", "client": {"tool": "boto3"}, "profile": "appstream_machine_role", "credentials": "per_call",
        "starts": "provision", "calls": {"action": "ec2:DescribeInstances", "once": "1m"},
        "retry": {"mode": "none"}, "connect": {"fast_failures": 1, "timeout": "60s"}}


def scenario(fleet=None, region=None, workloads=None, faults=None, **top):
    s = copy.deepcopy(BASE) | top
    s["fleets"][0] |= fleet or {}
    if workloads is not None:
        s["fleets"][0]["workloads"] = [CALL | w for w in workloads]
    for key, value in (region or {}).items():
        s["accounts"][0]["regions"][0][key] |= value
    s["faults"] = [{"name": f"fault{i}"} | f for i, f in enumerate(faults or [])]
    return s


def run(*arguments, replication=0, **keywords):
    simulation = model.simulate(scenario(*arguments, **keywords), replication=replication)
    return simulation, simulation.fleets[0], model.results(simulation)["f"]


def near_share(observed, n, expected, what):
    """A share of n independent trials, within 4.5 standard errors."""
    error = math.sqrt(max(expected * (1 - expected), 1e-9) / n)
    assert abs(observed - expected) <= 4.5 * error + 1e-9, f"{what}: {observed:.5f}, expected {expected:.5f} ± {error:.5f}"


# -- MODEL.md, "Known answers to test against"

def eni_race_is_exponential():
    for m, d in ((20, 10), (60, 60), (20, 60)):
        n = 20000
        _, _, r = run({"instances": n, "provisioning": {"start": "0s", "boot": "1m", "agent": "0s",
                                                        "eni": {"exponential": {"mean": f"{m}s"}}}},
                      workloads=[{"calls": {"action": "ec2:DescribeInstances", "once": f"{d}s"}}], duration="10m")
        w = r["workloads"]["w"]
        assert set(w["failed"]) <= {"network_unavailable"} and w["succeeded"] + sum(w["failed"].values()) == n
        near_share(w["failed"]["network_unavailable"] / n, n, math.exp(-d / m), f"ENI race m={m} d={d}")


def two_exponentials_race():
    n = 20000
    _, fleet, _ = run({"instances": n, "provisioning": {"start": {"uniform": ["0s", "5m"]}, "boot": "1m",
                                                        "agent": {"exponential": {"mean": "30s"}},
                                                        "eni": {"after": "boot", "delay": "0s"}}},
                      {"sts": {"latency": "0s"}}, duration="1h")
    # the agent (mean 30 s) against an independent exponential of mean 90 s, drawn as the ENI in a second fleet
    _, other, _ = run({"instances": n, "provisioning": {"start": "0s", "boot": "1m", "agent": "0s",
                                                        "eni": {"exponential": {"mean": "90s"}}}}, duration="1h", replication=1)
    wins = sum(a.credentials[0].issued_at - a.provisioned_at < b.first_eni_at - b.provisioned_at
               for a, b in zip(fleet.instances, other.instances))
    near_share(wins / n, n, 0.75, "two exponentials, different fleets")
    _, both, _ = run({"instances": n, "provisioning": {"start": "0s", "boot": "1m", "agent": {"exponential": {"mean": "30s"}},
                                                       "eni": {"exponential": {"mean": "90s"}}}},
                     {"sts": {"latency": "0s"}}, duration="1h")
    wins = sum(i.credentials[0].issued_at < i.first_eni_at for i in both.instances)
    near_share(wins / n, n, 0.75, "two exponentials, one instance")


def overlap_is_lead_minus_latency():
    _, fleet, r = run({"instances": 50, "credentials": {"lifetime": "1h", "lead": "5m"},
                       "provisioning": {"start": {"uniform": ["0s", "20m"]}, "boot": "10m", "agent": "5s", "eni": "0s"}},
                      duration="6h")
    assert r["overlaps"]["count"] == r["credentials_issued"] - 50 > 200 and r["gaps"]["count"] == 0
    assert {closed - opened for _, _, opened, closed in fleet.overlaps} == {300 * SECOND - 100_000}
    assert r["assume_role"] == {"attempts": r["credentials_issued"], "successes": r["credentials_issued"], "failures": {}}
    _, fleet, r = run({"instances": 500, "credentials": {"lifetime": "1h", "lead": "5m", "jitter": "60s"}}, duration="6h")
    lengths = [(closed - opened) / SECOND for _, _, opened, closed in fleet.overlaps]
    assert 299.9 <= min(lengths) and max(lengths) <= 359.9
    assert abs(sum(lengths) / len(lengths) - 329.9) < 4.5 * 60 / math.sqrt(12 * len(lengths))


def herd_through_a_bucket():
    for n, rate, burst, delta in ((2000, 20, 100, 4), (777, 10, 50, 3), (1000, 7, 50, 5), (500, 50, 300, 5)):
        assert rate * delta <= burst - 1
        simulation, fleet, r = run(
            {"instances": n, "credentials": {"lifetime": "1h", "retry": {
                "max_attempts": 100000, "base": f"{delta}s", "cap": f"{delta}s", "jitter": "none", "interval": "1m"}}},
            {"sts": {"service": {"rate": f"{rate}/s", "burst": burst}, "latency": "0s"}}, duration="50m")
        last = max(i.credentials[0].issued_at for i in fleet.instances)
        expected = delta * math.ceil(Fraction(n - burst, rate * delta)) * SECOND
        assert last == expected, (last, expected)
        # low numbers win the herd of one microsecond
        issued = [i.credentials[0].issued_at for i in fleet.instances]
        assert issued == sorted(issued)
        assert r["assume_role"]["failures"] == {"throttled": r["assume_role"]["attempts"] - n}


def outage_share_with_a_gap():
    n = 1000
    for lead, length in ((5, 15), (0, 10), (10, 5), (30, 45)):
        period = 60 - lead
        _, _, r = run({"instances": n, "credentials": {"lifetime": "1h", "lead": f"{lead}m", "retry": {
                           "max_attempts": 10, "base": "4s", "cap": "4s", "jitter": "full", "interval": "4s"}},
                       "provisioning": {"start": "0s", "boot": "10m", "agent": {"uniform": ["0s", f"{period}m"]}, "eni": "0s"}},
                      {"sts": {"latency": "0s"}}, duration="5h",
                      faults=[{"kind": "sts_outage", "at": "2h", "for": f"{length}m"}])
        # with no lead and no latency, a rotation in time is at its expiry: neither gap nor overlap
        near_share(r["instances_with_gap"] / n, n, min(1, max(0, length - lead) / period), f"outage lead={lead} L={length}")


def erlang_b(servers, load):
    blocking = 1.0
    for k in range(1, servers + 1):
        blocking = load * blocking / (k + load * blocking)
    return blocking


def batch_check(samples, expected, what):
    mean = sum(samples) / len(samples)
    error = math.sqrt(sum((x - mean) ** 2 for x in samples) / (len(samples) - 1) / len(samples))
    assert abs(mean - expected) < 4.5 * error, f"{what}: {mean:.5f}, expected {expected:.5f} ± {error:.5f}"


def sessions_are_erlang_b():
    def fleet(length):
        return {"instances": 10, "role": None, "sessions": {"arrivals": {"poisson": "12/h"}, "duration": length, "wait": "0s"},
                "provisioning": {"start": "0s", "boot": {"uniform": ["10m", "20m"]}, "agent": "0s",
                                 "eni": {"after": "boot", "delay": "0s"}}}
    for length, mean in (({"exponential": {"mean": "30m"}}, 0.5), ({"uniform": ["10m", "50m"]}, 0.5)):
        shares = []
        for replication in range(10):
            _, f, r = run(fleet(length), duration="40d", replication=replication)
            shares.append(r["sessions"]["rejected"] / r["sessions"]["arrived"])
        batch_check(shares, erlang_b(10, 12 * (mean + 0.25)), "Erlang B")


def waits_are_erlang_c():
    servers, load = 10, 8.0
    b = erlang_b(servers, load)
    expected = b / (1 - load / servers * (1 - b))
    shares = []
    for replication in range(10):
        _, f, r = run({"instances": servers, "role": None,
                       "provisioning": {"start": "0s", "boot": "0s", "agent": "0s", "eni": "0s"},
                       "sessions": {"arrivals": {"poisson": "16/h"}, "duration": {"exponential": {"mean": "30m"}},
                                    "wait": "unlimited"}}, duration="40d", replication=replication)
        assert r["sessions"]["rejected"] == 0
        started = [s for s in f.sessions if s.started_at is not None]
        shares.append(sum(s.started_at > s.arrived_at for s in started) / len(started))
        assert all(a.started_at <= b.started_at for a, b in zip(started, started[1:]))
    batch_check(shares, expected, "Erlang C")


# -- anchor numbers of an earlier small simulation (to two digits)

def facts_describe_instances_herd():
    for n, wanted in ((100, (0.50, 0.24, 0.008)), (1000, (0.95, 0.92, 0.81))):
        for mode, share in zip(("none", "standard", "legacy"), wanted):
            shares = []
            for replication in range(10 if n == 100 else 3):
                _, _, r = run({"instances": n}, {"ec2": {"describe_instances": {"rate": "10/s", "burst": 50}}},
                              workloads=[{"retry": {"mode": mode}}], duration="5m", replication=replication)
                shares.append(r["workloads"]["w"]["failed"].get("throttled", 0) / n)
            got = sum(shares) / len(shares)
            assert abs(got - share) <= 0.012, f"herd N={n} {mode}: {got:.3f}, the earlier one says {share}"


def facts_sts_herd():
    for n, mode, share in ((1000, "none", 0.40), (1000, "standard", 0.0), (5000, "standard", 0.54), (5000, "legacy", 0.03)):
        _, _, r = run({"instances": n}, {"sts": {"account": {"rate": "600/s", "burst": 600}}},
                      workloads=[{"retry": {"mode": mode}, "calls": {"action": "sts:GetCallerIdentity", "once": "1m"}}],
                      duration="5m", roles=[BASE["roles"][0] | {"policies": [
                          {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]}])
        got = r["workloads"]["w"]["failed"].get("throttled", 0) / n
        assert abs(got - share) <= 0.015, f"STS herd N={n} {mode}: {got:.3f}, the earlier one says {share}"


def facts_gap_by_error_rate():
    # the earlier one has 129 s for q = 0.9; the sum over n of q^n min(60, 2^(n - 1)) / 2 is 162 s (and 2.0 s for q = 0.5)
    for q, over_a_second in ((0.5, 0.24), (0.9, 0.80)):
        mean = 0.08 + sum(q ** n * min(60, 2 ** (n - 1)) / 2 for n in range(1, 500))
        _, fleet, _ = run({"instances": 3000, "credentials": {"lifetime": "1h", "retry": {
                               "max_attempts": 10000, "base": "1s", "cap": "60s", "jitter": "full", "interval": "60s"}}},
                          {"sts": {"latency": {"lognormal": {"median": "60ms", "p99": "400ms"}}}}, duration="2h",
                          faults=[{"kind": "sts_error_rate", "share": q, "at": "30m", "for": "3h"}])
        gaps = [(c - o) / SECOND for _, k, o, c, _ in fleet.gaps if k == 1]
        assert len(gaps) == 3000
        got, share = sum(gaps) / 3000, sum(g > 1 for g in gaps) / 3000
        assert abs(got - mean) < 0.12 * mean and abs(share - over_a_second) < 0.03, (q, got, share)


# -- Small cases by hand

def token_bucket_is_exact():
    rng = random.Random(7)
    for _ in range(200):
        rate, burst, background = rng.randint(1, 30), rng.randint(1, 5), rng.randint(0, 3)
        bucket = model.TokenBucket({"rate": f"{rate}/s", "burst": burst, "background": f"{background}/s"})
        # a twin in units of 1/1000000 token, stepped a microsecond's worth at a time in whole numbers
        level, now, refill = burst * SECOND, 0, max(0, rate - background)
        for _ in range(60):
            step = rng.choice((0, 1, 1000, 100000, SECOND))
            now += step
            level = min(burst * SECOND, level + refill * step)
            due = bucket.next_token(now)
            if level >= SECOND:
                assert due == now
            elif refill == 0:
                assert due is None
            else:
                assert (due - now) * refill >= SECOND - level > (due - now - 1) * refill
            took = bucket.take(now)
            assert took == (level >= SECOND)
            level -= took * SECOND
    bucket = model.TokenBucket({"rate": "10/s", "burst": 10})
    bucket.change(0, bucket.rate, Fraction(3), bucket.background)      # tokens above the new burst are lost
    assert [bucket.take(0) for _ in range(4)] == [True, True, True, False]
    bucket.change(0, bucket.rate, Fraction(10), Fraction(20, SECOND))  # background above the rate: no refill
    assert bucket.next_token(5 * SECOND) is None


def interface_tokens_first_come_first_served():
    _, fleet, r = run({"instances": 300, "provisioning": {"start": "0s", "boot": "1m", "agent": "0s", "eni": "7s"}},
                      {"ec2": {"create_network_interface": {"rate": "5/s", "burst": 100}}}, duration="1h")
    ready = [i.first_eni_at for i in fleet.instances]
    assert ready[:100] == [7 * SECOND] * 100 and ready[100:] == [7 * SECOND + k * 200_000 for k in range(1, 201)]
    assert r["interface_wait"]["max"] == 40 and r["interface_wait"]["count"] == 300
    # a background load that stops the refill for a minute holds the queue for a minute
    _, fleet, r = run({"instances": 300, "provisioning": {"start": "0s", "boot": "1m", "agent": "0s", "eni": "7s"}},
                      {"ec2": {"create_network_interface": {"rate": "5/s", "burst": 100}}}, duration="1h",
                      faults=[{"kind": "background_load", "bucket": "ec2.create_network_interface", "rate": "9/s",
                               "at": "10s", "for": "1m"}])
    assert r["interface_wait"]["max"] == 100 and fleet.instances[149].first_eni_at == 17 * SECOND


def quota_fault_makes_another_bucket():
    # 100 agents at 1 min through a bucket of 30, which was unlimited; nothing refills; each has one attempt a series
    _, _, r = run({"instances": 100, "provisioning": {"start": "0s", "boot": "10m", "agent": "1m", "eni": "0s"},
                   "credentials": {"retry": {"max_attempts": 1, "interval": "1m"}}}, duration="10m",
                  faults=[{"kind": "quota", "bucket": "sts.service", "rate": "0/s", "burst": 30, "at": "30s", "for": "2m"}])
    # at 1 min 30 served, at 2 min none, at 2 min 30 the fault ends, at 3 min all the rest
    assert r["assume_role"] == {"attempts": 100 + 70 + 70, "successes": 100, "failures": {"throttled": 140}}
    assert r["first_credential"]["p99"] == 180.1


def retry_schedule_and_series():
    # an outage from 0 to 100 s; attempts at 0, 1, 3, 7, 15 (jitter none), then a series every 60 s: 75.., 150..
    simulation, fleet, r = run({"credentials": {"retry": {"max_attempts": 5, "base": "1s", "cap": "60s", "jitter": "none",
                                                          "interval": "60s"}}},
                               faults=[{"kind": "sts_outage", "at": "0s", "for": "100s"}], duration="30m")
    assert [row[0] // SECOND for row in simulation.failures] == [0, 1, 3, 7, 15, 75, 76, 78, 82, 90]
    assert [row[5] for row in simulation.failures] == list(range(1, 11))
    assert fleet.instances[0].credentials[0].issued_at == 150 * SECOND + 100_000


def agent_pause_keeps_order():
    _, fleet, r = run({"instances": 20, "provisioning": {"start": "0s", "boot": "10m", "agent": {"uniform": ["1m", "9m"]},
                                                         "eni": "0s"}}, {"sts": {"service": {"rate": "1/s", "burst": 1},
                                                                                 "latency": "0s"}}, duration="30m",
                      faults=[{"kind": "agent_paused", "at": "0s", "for": "10m"}])
    due = sorted(fleet.instances, key=lambda i: i.credentials[0].issued_at)
    assert due[0].credentials[0].issued_at == 10 * MINUTE and r["assume_role"]["failures"]["throttled"] >= 19


EVERY_MINUTE = {"action": "ec2:DescribeInstances", "every": "1m"}


def holdings():
    """Credentials at 0.1 s (to 3600.1 s) and, after an outage, at 3900.2 s (to 7500.2 s); a call each minute at mm:30."""
    later = {"calls": EVERY_MINUTE, "wait": {"fixed": "30s"}}
    s, fleet, r = run({"credentials": {"lead": "0s", "retry": {"max_attempts": 1, "interval": "10s", "jitter": "none"}}},
                      duration="2h", faults=[{"kind": "sts_outage", "at": "30m", "for": f"{35 * 60 - 1}s"}],
                      workloads=[{"name": k, "credentials": k, "calls": EVERY_MINUTE, "wait": {"fixed": "30s"}}
                                 for k in ("per_call", "until_expiry", "once")]
                      + [{"name": "once-at-0", "credentials": "once", "calls": EVERY_MINUTE},
                         {"name": "net-per-call", "client": {"tool": "powershell"}} | later]
                      + [{"name": t, "client": {"tool": t}, "credentials": "refreshing"} | later
                         for t in ("boto3", "powershell", "java", "javascript", "ruby", "go")])
    issued = [c.issued_at for c in fleet.instances[0].credentials]
    assert issued[0] == 100_000 and issued[1] == 3900 * SECOND + 200_000, issued
    w = {name: {key: v for key, v in counts.items() if key != "failed_attempts"} for name, counts in r["workloads"].items()}
    assert r["workloads"]["per_call"]["failed_attempts"]["mean"] == 0 and r["workloads"]["go"]["failed_attempts"]["mean"] == 1
    # minutes 1..119 call; the gap is [3600.1, 3900.2): 60..64 meet it, and most fail when they sign: no attempt
    signed = {"succeeded": 114, "failed": {"expired_token": 5}, "attempts": 114}
    sent = {"succeeded": 114, "failed": {"expired_token": 5}, "attempts": 119}
    refreshed = {"succeeded": 114, "failed": {"refresh_failed": 5}, "attempts": 114}
    # minutes 45..59 are the last 15 (55..59 the last 5), 60..64 expired, 65 the newer set; its last 15 from 110 on
    assert w["per_call"] == signed | {"helper_runs": 119 + 15 + 5 + 10}, w
    assert w["net-per-call"] == signed | {"helper_runs": 119}
    assert w["until_expiry"] == signed | {"helper_runs": 1 + 5 + 1}
    # once: nothing there at its start; the later one has an expired set from 60 on, which it sends
    assert w["once-at-0"] == {"succeeded": 0, "failed": {"no_credentials": 119}, "attempts": 0, "helper_runs": 0}
    assert w["once"] == {"succeeded": 59, "failed": {"expired_token": 60}, "attempts": 119, "helper_runs": 1}
    for tool in ("boto3", "powershell"):
        assert w[tool] == refreshed | {"helper_runs": 1 + 15 + 5 + 1 + 10}, w
    assert w["javascript"] == refreshed | {"helper_runs": 1 + 2 * 5 + 5 + 1}
    assert w["ruby"] == sent | {"helper_runs": 1 + 5 + 5 + 1}
    assert w["go"] == w["java"] == sent | {"helper_runs": 1 + 5 + 1}


def helper_runs():
    def runs(tool, credentials, attempts, lifetime="4m"):
        """Of one call at 90 s that is refused `attempts` times; the client is made at 30 s."""
        _, _, r = run({"credentials": {"lifetime": lifetime}}, workloads=[
            {"client": {"tool": tool}, "credentials": credentials, "wait": {"fixed": "30s"},
             "retry": {"mode": "standard", "max_attempts": attempts}}],
            faults=[{"kind": "service_outage", "service": "ec2", "at": "0s", "for": "1h"}], duration="3m")
        assert r["workloads"]["w"]["attempts"] == attempts
        return r["workloads"]["w"]["helper_runs"]

    for attempts in (1, 3, 5):
        for tool in ("aws_cli", "boto3"):
            assert runs(tool, "per_call", attempts) == runs(tool, "refreshing", attempts) == 1 + attempts
            assert runs(tool, "per_call", attempts, "1h") == runs(tool, "refreshing", attempts, "1h") == 1
            assert runs(tool, "until_expiry", attempts) == runs(tool, "once", attempts) == 1
        for tool, inside in (("powershell", True), ("javascript", True), ("ruby", True), ("go", False), ("java", False)):
            assert runs(tool, "per_call", attempts) == (attempts if inside else 1), tool
            assert runs(tool, "per_call", attempts, "1h") == 1
        assert runs("javascript", "refreshing", attempts) == 2 + attempts  # its first call of all
        assert runs("javascript", "refreshing", attempts, "1h") == 1
        assert runs("powershell", "refreshing", attempts) == runs("ruby", "refreshing", attempts) == 1 + attempts
        assert runs("go", "refreshing", attempts) == runs("java", "refreshing", attempts) == 1
    for tool in model.REFRESH_WINDOW:
        default = model.Workload({"name": "w", "client": {"tool": tool}, "calls": CALL["calls"]}, ".", None).credentials
        assert default == ("per_call" if tool in ("aws_cli", "powershell") else "refreshing")


def helpers_fail():
    # the set is good until 60 min; the helper fails from 44 min on: calls at 45:30, ... 64:30; rotation at 55 min does not help
    def failed(tool, kind, **fault):
        _, _, r = run({"credentials": {"lead": "5m"}}, duration="65m", workloads=[
            {"client": {"tool": tool}, "credentials": kind, "calls": EVERY_MINUTE, "wait": {"fixed": "30s"}}],
            faults=[{"kind": "helper_failure", "at": "44m", "for": "1h"} | fault])
        w = r["workloads"]["w"]
        assert w["attempts"] == w["succeeded"] and set(w["failed"]) <= {"refresh_failed", "no_credentials"}, w
        return w["failed"].get("refresh_failed", 0), w["failed"].get("no_credentials", 0)

    for tool, first in (("aws_cli", 50), ("boto3", 50), ("powershell", 59), ("javascript", 55), ("ruby", 55), ("go", 60), ("java", 60)):
        assert failed(tool, "refreshing") == (64 - first + 1, 0), tool
        assert failed(tool, "until_expiry") == (5, 0)
        assert failed(tool, "per_call") == (64 - 44 + 1, 0)
        assert failed(tool, "refreshing", resource="other") == (0, 0)
        # at the start, to 10 min: most never find one, javascript and java ask again at each call
        found = (9, 0) if tool in ("javascript", "java") else (0, 64)
        assert failed(tool, "refreshing", at="0s", **{"for": "10m"}) == found, tool
        assert failed(tool, "per_call", at="0s", **{"for": "10m"}) == (9, 0)


def ruby_tries_again():
    # the set expires at 60 min by AWS, at 65 by the clock; the next is there from 58 min on: ruby runs the helper when AWS refuses
    for kind in ("per_call", "until_expiry", "refreshing", "once"):
        _, _, r = run({"credentials": {"every": "58m"}}, duration="62m",
                      faults=[{"kind": "clock_skew", "offset": "-10m", "at": "0s", "for": "3h"}],
                      workloads=[{"client": {"tool": "ruby"}, "credentials": kind, "calls": EVERY_MINUTE, "wait": {"fixed": "30s"},
                                  "retry": {"mode": "standard"}}])
        w = r["workloads"]["w"]
        if kind == "once":
            assert w["failed"] == {"expired_token": 2} and w["attempts"] == 61 and w["helper_runs"] == 1
        else:
            assert not w["failed"] and w["succeeded"] == 61, (kind, w)
            assert (w["attempts"], w["helper_runs"]) == ((61, 61) if kind == "per_call" else (62, 2)), (kind, w)


def refreshing_is_botocores():
    """Failures and helper runs of each minute against the installed botocore, if it is installed, on a clock of ours."""
    try:
        from botocore import credentials as botocore_credentials, exceptions
    except ImportError:
        return
    call = {"credentials": "refreshing", "calls": EVERY_MINUTE, "wait": {"fixed": "30s"}}
    failures = 0
    for credentials in ({"lead": "0s"}, {"lead": "5m"}, {"lead": "10m"}, {"lead": "16m"}, {"lifetime": "15m", "lead": "1m"}):
        retry = {"max_attempts": 1, "interval": "10s", "jitter": "none"}
        simulation, fleet, r = run({"credentials": credentials | {"retry": retry}}, duration="6h", workloads=[call],
                                   faults=[{"kind": "sts_outage", "at": "2h40m", "for": "43m"}]
                                   + [{"kind": "helper_failure", "at": at, "for": "14m"} for at in ("46m", "90m", "3h50m", "5h1m")])
        issued = fleet.instances[0].credentials
        now = runs = 0

        def time_at(t):
            return model.EPOCH + simulation.start * model.EPOCH.resolution + t * model.EPOCH.resolution

        def helper():
            nonlocal runs
            runs += 1
            if any(f.active(now) for f in simulation.by_kind["helper_failure"]):
                raise exceptions.CredentialRetrievalError(provider="custom-process", error_msg="")
            newest = [c for c in issued if c.issued_at <= now][-1]
            return {"access_key": "a", "secret_key": "b", "token": "c", "expiry_time": time_at(newest.expires_at).isoformat()}

        client, failed_at = None, []
        for now in range(30 * SECOND, 6 * HOUR, MINUTE):
            if client is None:  # made at the process's start, a minute before the first call
                first = helper()
                client = botocore_credentials.RefreshableCredentials(
                    first["access_key"], first["secret_key"], first["token"],
                    botocore_credentials.parse(first["expiry_time"]), helper, "custom-process", lambda: time_at(now))
                continue
            try:
                client.get_frozen_credentials()
            except (RuntimeError, exceptions.CredentialRetrievalError):
                failed_at.append(now)
        assert failed_at == [row[0] for row in simulation.failures if row[2]], credentials
        assert runs == r["workloads"]["w"]["helper_runs"], (credentials, runs, r["workloads"]["w"])
        failures += len(failed_at)
    assert failures > 50


def leads_lose_nothing():
    for lead in ("1s", "5m", "10m", "16m"):
        _, _, r = run({"credentials": {"lead": lead}}, duration="12h", workloads=[
            {"name": tool, "client": {"tool": tool}, "credentials": "refreshing", "calls": EVERY_MINUTE, "wait": {"fixed": "30s"}}
            for tool in ("boto3", "powershell", "javascript", "ruby", "go", "java")])
        assert all(w["succeeded"] == w["attempts"] == 719 and not w["failed"] for w in r["workloads"].values()), (lead, r)


def clients_made_before_the_profile():
    # the profile comes at 90.1 s; calls at 1, 2, ... 9 min
    kinds = ("per_call", "until_expiry", "once", "refreshing")
    fleet = {"provisioning": {"start": "0s", "boot": "10m", "agent": "90s", "eni": "0s"}}

    def succeeded(**more):
        _, _, r = run(fleet, duration="10m", workloads=[{"name": k, "credentials": k, "calls": EVERY_MINUTE} | more for k in kinds])
        return {k: (w["succeeded"], w["failed"].get("no_credentials", 0), w["helper_runs"]) for k, w in r["workloads"].items()}

    never = {"until_expiry": (0, 9, 0), "once": (0, 9, 0), "refreshing": (0, 9, 0)}
    assert succeeded() == {"per_call": (8, 1, 8)} | never
    assert succeeded(wait={"fixed": "40s"}) == {"per_call": (9, 0, 9)} | never
    assert succeeded(wait={"fixed": "100s"}) == {"per_call": (8, 0, 8), "until_expiry": (8, 0, 1), "once": (8, 0, 1),
                                                "refreshing": (8, 0, 1)}
    # javascript and java look again, unless `once`
    for tool in ("javascript", "java"):
        assert succeeded(client={"tool": tool}) == {"per_call": (8, 1, 8), "until_expiry": (8, 1, 1), "once": (0, 9, 0),
                                                   "refreshing": (8, 1, 1)}
    # anew at 100 s: the call due at 2 min is dropped, the next ones come at 160 s, 220 s, ...; or at 50 s and again at 100 s
    assert succeeded(restarts_after="100s") == {"per_call": (8, 1, 8)} | {k: (8, 1, 1) for k in never}
    assert succeeded(restarts_after="50s") == {"per_call": (8, 1, 8)} | {k: (8, 0, 1) for k in never}


def skew():
    def fault(offset, **scope):
        return {"kind": "clock_skew", "offset": offset, "at": "0s", "for": "3h"} | scope

    work = [{"name": k, "credentials": k, "calls": EVERY_MINUTE, "wait": {"fixed": "30s"}}
            for k in ("per_call", "until_expiry", "refreshing")]
    # seen 10 min early: the agent rotates at 50 min, so every overlap is 10 min less the latency
    _, fleet, r = run({}, duration="3h", workloads=work, faults=[fault("10m")])
    assert r["overlaps"]["count"] == 3 and r["overlaps"]["min"] == r["overlaps"]["max"] == 599.9 and r["gaps"]["count"] == 0
    assert not r["workloads"]["until_expiry"]["failed"]
    # seen 10 min late: rotation 10 min after the expiry; the clients send the expired set and AWS refuses it: credentials
    # [0.1, 3600.1), [4200.2, 7800.2), [8400.3, ...): minutes 60..69 and 130..139 are in the gaps
    _, fleet, r = run({}, duration="3h", workloads=work, faults=[fault("-10m")])
    assert r["gaps"] == {"count": 2, "sum": 1200.2, "max": 600.1, "open": 0}, r["gaps"]
    for w in r["workloads"].values():
        assert w["failed"] == {"expired_token": 20} and w["attempts"] == 179
    # an agent that rotates every hour, clients that see the expiry 10 min early: minutes 50..59 fail as they sign
    _, fleet, r = run({"credentials": {"every": "1h"}}, duration="61m", workloads=work, faults=[fault("10m")])
    assert r["workloads"]["per_call"]["failed"] == r["workloads"]["until_expiry"]["failed"] == {"expired_token": 10}
    assert r["workloads"]["refreshing"]["failed"] == {"refresh_failed": 10} and r["workloads"]["refreshing"]["attempts"] == 50


def clocks_too_far_off():
    allow_all = [BASE["roles"][0] | {"policies": [{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]}]

    def call(tool, action, offset, mode="standard", lasts="1h"):
        _, _, r = run(duration="10m", roles=allow_all, faults=[{"kind": "clock_skew", "offset": offset, "at": "0s", "for": lasts}],
                      workloads=[{"client": {"tool": tool}, "calls": {"action": action, "every": "1m"}, "retry": {"mode": mode}}])
        w = r["workloads"]["w"]
        return w["succeeded"], w["failed"].get("clock_skewed", 0), w["attempts"]

    for action, limit in (("sts:GetCallerIdentity", 5), ("ec2:DescribeInstances", 15), ("s3:ListBuckets", 15)):
        for sign in ("", "-"):
            for tool in ("aws_cli", "boto3"):
                assert call(tool, action, f"{sign}{limit}m") == (9, 0, 9)
                assert call(tool, action, f"{sign}{limit * 60 + 1}s") == (0, 9, 9)
            for tool in ("powershell", "javascript", "ruby", "go", "java"):
                assert call(tool, action, f"{sign}{limit * 60 + 1}s") == (9, 0, 10)
                assert call(tool, action, f"{sign}{limit * 60 + 1}s", "none") == (8, 1, 9)
                # right again at 5:30: one more is refused
                assert call(tool, action, f"{sign}{limit * 60 + 1}s", lasts="330s") == (9, 0, 11)
                assert call(tool, action, f"{sign}{limit * 60 + 1}s", "none", "330s") == (7, 2, 9)


def waiting_connects():
    def ends(eni, tool="boto3", **connect):
        """When the only call, made at 1 s, is denied (its path was open) or has given up."""
        s, _, r = run({"provisioning": {"start": "0s", "boot": "1m", "agent": "0s", "eni": eni}}, duration="10m",
                      roles=[BASE["roles"][0] | {"policies": []}],
                      workloads=[{"client": {"tool": tool}, "calls": {"action": "ec2:DescribeInstances", "once": "1s"},
                                  "connect": {"fast_failures": 0} | connect}])
        assert r["workloads"]["w"]["attempts"] == 1
        return s.failures[0][0] / SECOND, s.failures[0][4]

    assert ends("0s") == (1, "access_denied") and ends("1500ms") == (2, "access_denied")
    assert ends("10s") == (16, "access_denied") and ends("32s") == (32, "access_denied")
    assert ends("10s", timeout="10s") == (11, "network_unavailable")
    assert ends("33s") == (61, "network_unavailable") and ends("33s", "aws_cli") == (61, "network_unavailable")
    assert ends("16s", "powershell") == (16, "access_denied") and ends("17s", "powershell") == (22, "network_unavailable")
    assert ends("33s", "javascript") == (64, "access_denied") and ends("70s", "javascript") == (128, "access_denied")
    assert ends("129s", "javascript") == (135, "network_unavailable")
    assert ends("8s", "ruby") == (8, "access_denied") and ends("9s", "ruby") == (16, "network_unavailable")
    assert ends("16s", "go") == (16, "access_denied") and ends("17s", "go") == (31, "network_unavailable")
    assert ends("2s", "java") == (2, "access_denied") and ends("2500ms", "java") == (3, "network_unavailable")


def default_modes():
    for tool, text, mode in (("boto3", "1.43.67", "legacy"), ("boto3", "1.44", "standard_2026"), ("boto3", None, "standard_2026"),
                             ("aws_cli", "2.39.9", "standard"), ("aws_cli", "2.40.0", "standard_2026"), ("aws_cli", "1.29", "legacy"),
                             ("powershell", "5.0.331", "standard"), ("powershell", "5.0.332", "standard_2026"),
                             ("powershell", "4.1.0", "legacy"), ("javascript", "3.1165.0", "standard"),
                             ("javascript", "3.1166.0", "standard_2026"), ("go", None, "standard_2026")):
        assert model.default_mode(tool, text) == mode, (tool, text)
    for tool in ("ruby", "go", "java"):
        assert run(workloads=[{"client": {"tool": tool, "version": "1"}}])[2]
        try:
            run(workloads=[{"client": {"tool": tool, "version": "1"}, "retry": {}}])
            assert False, tool
        except ValueError:
            pass


def mode_of_2026():
    # refused: sleeps of Uniform(0, 50 ms) and (0, 100 ms), 35 retries of 14 tokens; throttled: 1 s and 2 s, 100 of 5
    def rows(**more):
        s, _, r = run({"instances": 2000}, workloads=[{"retry": {}}], duration="10m", **more)
        times = [row[0] / SECOND - 60 for row in s.failures]
        assert len(times) == 2000 and r["workloads"]["w"]["attempts"] == 6000
        return sum(times) / 2000, max(times)
    mean, most = rows(faults=[{"kind": "service_outage", "service": "ec2", "at": "0s", "for": "10m"}])
    assert abs(mean - 0.075) < 0.003 and 0.13 < most <= 0.15
    mean, most = rows(region={"ec2": {"describe_instances": {"rate": "0/s", "burst": 0}}})
    assert abs(mean - 1.5) < 0.06 and 2.6 < most <= 3
    every = {"action": "ec2:DescribeInstances", "every": "1m"}
    _, _, r = run(workloads=[{"retry": {}, "calls": every}], duration="3h", credentials={"lead": "5m"},
                  faults=[{"kind": "service_outage", "service": "ec2", "at": "0s", "for": "3h"}])
    assert r["workloads"]["w"]["attempts"] == 179 + 35
    _, _, r = run(workloads=[{"retry": {}, "calls": every}], duration="3h",
                  region={"ec2": {"describe_instances": {"rate": "0/s", "burst": 0}}})
    assert r["workloads"]["w"]["attempts"] == 179 + 100
    # a command is a process of its own, with a quota of its own: the first attempt and 35 retries
    _, _, r = run(workloads=[{"client": {"tool": "aws_cli"}, "retry": {"max_attempts": 100}, "calls": every}], duration="3h",
                  faults=[{"kind": "service_outage", "service": "ec2", "at": "0s", "for": "3h"}])
    assert 170 * 36 < r["workloads"]["w"]["attempts"] <= 179 * 36


def adaptive_is_botocores():
    """The limiter against the installed botocore's own classes on a clock of ours, if it is installed."""
    limiter = model.ClientLimiter(1000.3)
    limiter.answered(1010.3, True)
    assert limiter.take(1010.4) == 0          # older than 1 s: the token that it had saved
    limiter.answered(1010.4, True)
    assert abs(limiter.take(1010.4) - 2) < 1e-9
    try:
        from botocore.retries import adaptive, bucket, throttling
    except ImportError:
        return

    class Clock(bucket.Clock):
        now = 1000.0

        def current_time(self):
            return self.now

    class Detector:
        def is_throttling_error(self, throttled):
            return throttled

    rng = random.Random(3)
    for _ in range(50):
        clock = Clock()
        clock.now += rng.random()
        tokens = bucket.TokenBucket(max_rate=1, clock=clock)
        theirs = adaptive.ClientRateLimiter(throttling.CubicCalculator(0, clock.now), adaptive.RateClocker(clock), tokens,
                                            Detector(), clock)
        ours = model.ClientLimiter(clock.now)
        busy = rng.choice((0.02, 0.3, 3))
        for _ in range(200):
            clock.now += rng.expovariate(1 / busy)
            wait = ours.take(clock.now)
            if theirs._enabled:
                tokens._refill()
                expected = max(0, tokens._sleep_amount(1))
                assert abs(wait - expected) < 1e-6, (wait, expected)
                if wait:
                    clock.now += wait + 1e-9
                    assert ours.take(clock.now) == 0
                tokens.acquire()
            throttled = rng.random() < 0.3
            theirs.on_receiving_response(throttled=throttled)
            ours.answered(clock.now, throttled)


def retry_quota_runs_dry():
    # all calls meet an outage for the first 200 min; standard: 2 retries of 5 tokens a call, 500 tokens: 50 calls of 3 attempts
    def one(connect, mode="standard", kind="service_outage"):
        _, _, r = run({"credentials": {"lead": "5m"}},
                      workloads=[{"retry": {"mode": mode}, "connect": connect, "credentials": "per_call",
                                  "calls": {"action": "ec2:DescribeInstances", "every": "4m"}}], duration="10h",
                      faults=[{"kind": kind, "service": "ec2", "at": "0s", "for": "10h"}])
        return r["workloads"]["w"]
    n = 149
    assert one({"fast_failures": 1, "timeout": "60s"})["attempts"] == n + 2 * 50
    assert one({"fast_failures": 1, "timeout": "60s"}, "legacy")["attempts"] == 5 * n
    slow = one({"fast_failures": 0, "timeout": "20s"}, kind="network_outage")  # 10 a retry: 25 calls of 3 attempts
    assert slow["attempts"] == n + 2 * 25 and slow["failed"] == {"network_unavailable": n}


def modes_of_the_tools():
    """Mean and greatest length of a call that is always refused or throttled; the retries that a quota allows."""
    refused = {"faults": [{"kind": "service_outage", "service": "ec2", "at": "0s", "for": "20h"}]}
    throttled = {"region": {"ec2": {"describe_instances": {"rate": "0/s", "burst": 0}}}}
    for tool, mode, why, attempts, sleeps, fixed, retries in (
            ("powershell", "legacy", refused, 5, (0.4, 1.6, 6.4, 25.6), True, None),
            ("powershell", "legacy", throttled, 5, (0.4, 1.6, 6.4, 25.6), True, None),
            ("ruby", "legacy", refused, 4, (0.3, 0.6, 1.2), True, None),
            ("ruby", "legacy", throttled, 4, (0.3, 0.6, 1.2), True, None),
            ("java", "legacy", refused, 4, (0.1, 0.2, 0.4), False, 100), ("java", "legacy", throttled, 4, (0.5, 1, 2), False, None),
            ("java", "standard", refused, 3, (0.1, 0.2), False, 100), ("java", "standard", throttled, 3, (1, 2), False, 100),
            ("javascript", "standard", refused, 3, (0.1, 0.2), False, 50),
            ("javascript", "standard", throttled, 3, (0.1, 0.2), False, 100),
            ("go", "standard", refused, 3, (1, 2), False, 100), ("boto3", "legacy", throttled, 5, (1, 2, 4, 8), False, None),
            ("javascript", "standard_2026", refused, 3, (0.05, 0.1), False, 35),
            ("boto3", "standard_2026", throttled, 3, (1, 2), False, 100)):
        work = {"client": {"tool": tool}, "retry": {"mode": mode}}
        s, _, r = run({"instances": 1500}, workloads=[work], duration="10m", **why)
        times = [row[0] / SECOND - 60 for row in s.failures]
        assert len(times) == 1500 and {row[5] for row in s.failures} == {attempts}, (tool, mode)
        if fixed:
            assert min(times) == max(times) and abs(times[0] - sum(sleeps)) < 1e-9, (tool, times[0])
        else:
            error = math.sqrt(sum(x * x for x in sleeps) / 12 / 1500)
            assert max(times) <= sum(sleeps) and abs(sum(times) / 1500 - sum(sleeps) / 2) < 4.5 * error, (tool, mode)
        _, _, r = run({"credentials": {"lead": "5m"}}, duration="10h",
                      workloads=[work | {"calls": {"action": "ec2:DescribeInstances", "every": "4m"}}], **why)
        retries = (attempts - 1) * 149 if retries is None else retries
        assert r["workloads"]["w"]["attempts"] == 149 + retries, (tool, mode, r["workloads"])
    # the cap of .NET
    s, _, r = run(workloads=[{"client": {"tool": "powershell"}, "retry": {"mode": "legacy", "max_attempts": 7}}],
                  duration="10m", **refused)
    assert s.failures[0][0] == 60 * SECOND + 34 * SECOND + 60 * SECOND


def limiters_fill_from_the_start():
    # first call of a client that is a minute old: boto3's second attempt has the token that it had saved, javascript's waits, too
    def lengths(tool, mode):
        s, _, _ = run({"instances": 300}, {"ec2": {"describe_instances": {"rate": "0/s", "burst": 0}}}, duration="10m",
                      workloads=[{"client": {"tool": tool}, "retry": {"mode": mode}}])
        return [row[0] / SECOND - 60 for row in s.failures]

    for mode in ("adaptive", "adaptive_2026"):
        boto3 = lengths("boto3", mode)
        assert 2 <= min(boto3) < 2.05 and 2.9 < max(boto3) <= 3.000001, (min(boto3), max(boto3))
    assert all(abs(t - 4) < 1e-5 for t in lengths("javascript", "adaptive"))
    assert all(abs(t - 4) < 1e-5 for t in lengths("aws_cli", "adaptive"))


def give_up_windows():
    # on fast failure legacy gives up after mean 7.5 s, max 15; standard mean 1.5 s, max 3
    for mode, mean, most in (("legacy", 7.5, 15), ("standard", 1.5, 3)):
        s, _, r = run({"instances": 4000}, workloads=[{"retry": {"mode": mode}}], duration="10m",
                      faults=[{"kind": "network_outage", "at": "0s", "for": "10m"}])
        times = [row[0] / SECOND - 60 for row in s.failures]
        assert len(times) == 4000 and max(times) <= most and abs(sum(times) / 4000 - mean) < 4.5 * most / math.sqrt(4000 * 4)


def polls():
    poll = {"poll": {"interval": "10s", "timeout": "55s"}}
    for eni, first in ((25, 30), (30, 30), (51, 55), (90, 55)):
        s, fleet, r = run({"provisioning": {"start": "0s", "boot": "1m", "agent": "0s", "eni": f"{eni}s"}}, duration="5m",
                          workloads=[{"wait": poll, "calls": {"action": "ec2:DescribeInstances", "once": "0s"}}])
        assert r["workloads"]["w"]["succeeded"] == (eni <= 55)
        if eni == 90:
            assert s.failures[0][0] == 55 * SECOND


def prerequisites():
    def reason(changed_role=None, image=None, **fleet):
        s = scenario(fleet, duration="5m")
        s["roles"][0] |= changed_role or {}
        s["images"][0] |= image or {}
        r = model.results(model.simulate(s))["f"]["assume_role"]
        return set(r["failures"]) or None
    assert reason() is None
    assert reason({"account": "999999999999"}) == {"role_in_other_account"}
    assert reason({"path": "/service-role/"}) == reason({"kind": "service_linked_role"}) == {"service_role"}
    assert reason(image={"agent_released": "2019-09-02"}) == {"agent_too_old"}
    assert reason(image={"agent_released": "2019-09-03"}) is None
    assert reason(role="Nobody") == {"role_not_found"}
    for change in ({"Effect": "Deny"}, {"Principal": {"Service": "ec2.amazonaws.com"}}, {"Action": "sts:TagSession"},
                   {"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}},
                   {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:appstream:*:fleet/*"}}},
                   {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}):
        assert reason({"trust_policy": {"Statement": [TRUST["Statement"][0] | change]}}) == {"trust_policy_denies"}, change
    for change in ({"Action": "sts:*"}, {"Action": ["STS:assume????"]}, {"Principal": "*"},
                   {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:appstream:*:123456789012:fleet/*"}}}):
        assert reason({"trust_policy": {"Statement": [TRUST["Statement"][0] | change]}}) is None, change
    # not retryable inside the series: one attempt each minute
    _, _, r = run(duration="10m", faults=[{"kind": "role_deleted", "at": "0s", "for": "1h"}])
    assert r["assume_role"]["failures"] == {"role_not_found": 10}


def permissions():
    def outcome(policies, boundary=None, faults=None, subnets=("10.0.0.0/24",), at="1m", fleet=None, levels=(), **w):
        s = scenario({"subnets": list(subnets)} | (fleet or {}), duration="1h", faults=faults,
                     workloads=[{"calls": {"action": "ec2:DescribeInstances", "once": at}} | w])
        s["roles"][0] |= {"policies": policies} | ({"permissions_boundary": boundary} if boundary else {})
        s["accounts"][0]["regions"][0]["service_control_policies"] = list(levels)
        try:
            w = model.results(model.simulate(s))["f"]["workloads"]["w"]
        except model.Undecided:
            return "undecided"
        return "ok" if w["succeeded"] else next(iter(w["failed"]))

    def allow(**more):
        return {"Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"} | more}
    assert outcome([allow()]) == "ok" and outcome([]) == "access_denied"
    assert outcome([allow(Action="s3:*")]) == outcome([allow(), allow(Effect="Deny")]) == "access_denied"
    assert outcome([allow()], allow(Action="ec2:Describe*")) == "ok" and outcome([allow()], allow(Action="s3:*")) == "access_denied"
    inside, outside = ({"IpAddress": {"aws:SourceIp": [cidr]}} for cidr in ("203.0.113.0/24", "10.0.0.0/16"))
    nat = {"egress": {"addresses": ["203.0.113.8/29"]}}
    assert outcome([allow(Condition=inside)], fleet=nat) == "ok" and outcome([allow(Condition=outside)], fleet=nat) == "access_denied"
    not_here = {"NotIpAddress": {"aws:SourceIp": ["10.1.0.0/16", "203.0.113.0/24"]}}
    assert outcome([allow(Condition=not_here)], fleet=nat) == "access_denied"
    endpoint = nat | {"vpc_endpoint": "vpce-1"}
    assert outcome([allow(Condition=inside)], fleet=endpoint) == "access_denied"
    assert outcome([allow(Condition=not_here)], fleet=endpoint) == "ok"
    assert outcome([allow(Condition={"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/24"}})], fleet=endpoint) == "ok"
    assert outcome([allow(Condition={"StringEquals": {"aws:SourceVpce": "vpce-2"}})], fleet=endpoint) == "access_denied"
    org = allow(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})
    for fleet, wanted in (({}, "undecided"), ({"request_context": {"aws:PrincipalOrgID": "o-1"}}, "ok"),
                          ({"request_context": {"aws:PrincipalOrgID": "absent"}}, "access_denied")):
        assert outcome([org], fleet=fleet) == wanted
    assert outcome([allow(Condition=inside)]) == "undecided"
    for key, value in (("aws:ViaAWSService", "false"), ("aws:SecureTransport", "true")):
        assert outcome([allow(Condition={"Bool": {key: value}})]) == "ok"
    assert outcome([allow(Condition={"Null": {"aws:MultiFactorAuthPresent": "true"}})]) == "ok"
    # each level of service control policies must allow, by any document of it
    ec2, s3 = allow(), allow(Action="s3:*")
    assert outcome([ec2], levels=[ec2]) == outcome([ec2], levels=[s3, ec2]) == "ok" and outcome([ec2], levels=[s3]) == "access_denied"
    assert outcome([ec2], levels=[{"level": "root", "policies": [s3, ec2]}, {"level": "ou", "policies": [ec2]}]) == "ok"
    assert outcome([ec2], levels=[{"level": "root", "policies": [s3, ec2]}, {"level": "ou", "policies": [s3]}]) == "access_denied"
    assert outcome([ec2], levels=[ec2, allow(Effect="Deny")]) == "access_denied"
    before = {"DateLessThan": {"aws:CurrentTime": "2026-01-05T00:30:00Z"}}
    assert outcome([allow(Condition=before)], at="29m") == "ok" and outcome([allow(Condition=before)], at="30m") == "access_denied"
    assert outcome([allow()], profile="default") == "profile_not_specified"
    assert outcome([allow()], client={"tool": "powershell", "version": "3.3.562.9"}) == "client_too_old"
    assert outcome([allow()], client={"tool": "powershell", "version": "3.3.563.1", "sdk_version": "3.3.103.21"}) == "client_too_old"
    assert outcome([allow()], client={"tool": "powershell", "version": "3.3.563.1", "sdk_version": "3.3.103.22"}) == "ok"
    changed = [{"kind": "permissions_changed", "at": "5m", "for": "10m", "propagation": "1m", "policies": [allow(Action="s3:*")]}]
    assert [outcome([allow()], faults=changed, at=at) for at in ("359s", "6m", "959s", "16m")] == ["ok"] + ["access_denied"] * 2 + ["ok"]
    revoked = [{"kind": "sessions_revoked", "at": "5m", "for": "0s"}]
    assert [outcome([allow()], faults=revoked, at=at) for at in ("299s", "5m", "59m")] == ["ok", "access_denied", "access_denied"]


def scripts_assume_roles():
    machine = {"AWS": "arn:aws:iam::123456789012:role/Machine"}

    def outcome(principal, target="arn:aws:iam::123456789012:role/Target", identity=True, region="us-east-1", **calls):
        policies = [{"Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}] if identity else []
        s = scenario({"region": region}, duration="10m", roles=[
            BASE["roles"][0] | {"policies": policies},
            {"name": "Target", "account": "123456789012", "trust_policy": {"Statement": {
                "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}}}],
            workloads=[{"calls": {"action": "sts:AssumeRole", "resource": target, "once": "1m"} | calls}])
        s["accounts"][0]["regions"][0]["name"] = region
        try:
            w = model.results(model.simulate(s))["f"]["workloads"]["w"]
        except model.Undecided:
            return "undecided"
        return "ok" if w["succeeded"] else next(iter(w["failed"]))

    assert outcome(machine) == outcome({"AWS": "123456789012"}) == outcome("*") == "ok"
    assert outcome({"AWS": ["arn:aws:iam::123456789012:root"]}) == "ok"
    assert outcome({"AWS": "arn:aws:iam::123456789012:role/Other"}) == outcome({"Service": "ec2.amazonaws.com"}) == "access_denied"
    assert outcome(machine, identity=False) == "access_denied"
    other = "arn:aws:iam::999999999999:role/Target"
    document = {"Statement": {"Effect": "Allow", "Principal": machine, "Action": "sts:AssumeRole"}}
    assert outcome(machine, other) == "undecided" and outcome(machine, other, resource_policy=document) == "ok"
    # ARNs have the Region's partition
    gov = "arn:aws-us-gov:iam::123456789012:role/"
    assert outcome({"AWS": gov + "Machine"}, gov + "Target", region="us-gov-west-1") == "ok"
    assert outcome(machine, gov + "Target", region="us-gov-west-1") == "access_denied"


def who_pays_for_assume_role():
    for payer, served in ((None, 100), ("service", 100), ("account", 30)):
        _, _, r = run({"instances": 100, "credentials": {"assume_role_spends": payer} if payer else {}},
                      {"sts": {"account": {"rate": "0/s", "burst": 30}}}, duration="10m")
        assert r["credentials_issued"] == served


def sessions_revoked_until_the_next_rotation():
    _, _, r = run(duration="2h", faults=[{"kind": "sessions_revoked", "at": "20m30s", "for": "0s"}],
                  workloads=[{"calls": {"action": "ec2:DescribeInstances", "every": "1m"}}])
    # credentials at 0.1 s and at 3600.2 s: the minutes 21..60 are denied (at minute 60 the old one still lives)
    assert r["workloads"]["w"]["failed"] == {"access_denied": 40}, r["workloads"]


def losses_and_restarts():
    simulation, fleet, r = run({"instances": 10}, duration="3h", faults=[{"kind": "instance_loss", "share": 1, "at": "90m", "for": "0s"}])
    assert r["instances_provisioned"] == 20 and r["instances_terminated"] == 10
    # every instance rotates at the hour; the lost ones and their replacements (p = 90 min, rotation at 150 min + 0.1 s)
    assert r["credentials_issued"] == 10 * 2 + 10 * 2 and r["overlaps"]["count"] == 0 and r["gaps"]["count"] == 20
    simulation, fleet, r = run({"instances": 10, "provisioning": {"start": "0s", "boot": "10m", "agent": {"after": "boot", "delay": "5s"},
                                "eni": {"after": "boot", "delay": "20s"}}}, duration="2h",
                               faults=[{"kind": "mass_restart", "at": "30m", "for": "0s"}],
                               workloads=[{"calls": {"action": "ec2:DescribeInstances", "every": "1m"}, "starts": "boot"}])
    i = fleet.instances[0]
    assert [c.issued_at for c in i.credentials] == [605_100_000, 2405_100_000, 2405_100_000 + 3600_100_000]
    assert r["overlaps"]["count"] == 10 and r["network_ready"]["count"] == 10
    # first life: calls at 11..29 min (30 min: the reboot comes first); second: boot ends at 40 min, calls at 41..119 min
    assert r["workloads"]["w"]["succeeded"] == 10 * (19 + 79), r["workloads"]


def interface_limits():
    simulation, fleet, r = run({"instances": 20, "subnets": ["10.0.0.0/28"]}, duration="5m")
    assert r["instances_provisioned"] == 11 and r["provisioning_failures"] == {"subnet_exhausted": 9 * 5}
    _, _, r = run({"instances": 20}, {"ec2": {"network_interfaces": 15}}, duration="5m")
    assert r["instances_provisioned"] == 15 and r["provisioning_failures"] == {"interface_quota": 5 * 5}
    # 15 of a type, and 2 of another that the Region does not name; 5 that are lost are free at once
    regions = [BASE["accounts"][0]["regions"][0] | {"appstream": {"instances": {"stream.standard.medium": 15}}}]
    for kind, failures in (("stream.standard.medium", 5), ("stream.standard.small", 0)):
        _, _, r = run({"instances": 20, "instance_type": kind}, duration="5m",
                      accounts=[BASE["accounts"][0] | {"regions": regions}],
                      faults=[{"kind": "instance_loss", "share": 1, "at": "150s", "for": "0s"}])
        assert r["provisioning_failures"] == ({"instance_quota": failures * 5} if failures else {}), r["provisioning_failures"]
        assert r["instances_provisioned"] == 2 * (20 - failures)
    # {within: boot}: the interface is there with the boot, later by its wait for a token
    _, fleet, _ = run({"instances": 3, "provisioning": {"start": "0s", "boot": "1m", "agent": "0s", "eni": {"within": "boot"}}},
                      {"ec2": {"create_network_interface": {"rate": "1/s", "burst": 1}}}, duration="10m")
    assert [i.first_eni_at // SECOND for i in fleet.instances] == [60, 61, 62]
    # 100 instances lost at once: 23 addresses are free, 10 are freed at once, then one a second; tries each minute
    _, fleet, r = run({"instances": 100, "subnets": ["10.0.0.0/25"]},
                      {"ec2": {"delete_network_interface": {"rate": "1/s", "burst": 10}}}, duration="1h",
                      faults=[{"kind": "instance_loss", "share": 1, "at": "30m", "for": "0s"}])
    assert r["provisioning_failures"] == {"subnet_exhausted": 67 + 7} and fleet.region.interfaces_used == 100
    assert Counter(i.provisioned_at // MINUTE for i in fleet.instances[100:]) == {30: 33, 31: 60, 32: 7}
    # a session's end frees the address for the replacement at once
    _, _, r = run({"instances": 11, "subnets": ["10.0.0.0/28"], "sessions": {"arrivals": {"poisson": "60/h"}, "duration": "10m"}},
                  duration="12h")
    assert r["provisioning_failures"] == {} and r["sessions"]["completed"] > 100
    assert r["instances_provisioned"] == 11 + r["instances_terminated"]


def on_demand():
    provisioning = {"start": "0s", "boot": "10m", "agent": {"after": "boot", "delay": "5s"}, "eni": {"after": "boot", "delay": "20s"}}
    _, fleet, r = run({"type": "on_demand", "instances": 5, "provisioning": provisioning, "on_demand": {"start": "90s"}}, duration="5h")
    # one credential each while provisioning, none while stopped: an open gap
    assert r["credentials_issued"] == 5 and r["gaps"]["count"] == r["gaps"]["open"] == 5
    assert r["gaps"]["max"] == 5 * 3600 - (605.1 + 3600)
    _, fleet, r = run({"type": "on_demand", "instances": 500, "provisioning": provisioning, "on_demand": {"start": "90s"},
                       "sessions": {"arrivals": {"per_hour": [0, 0, 100]}, "duration": "30m"}}, duration="6h",
                      workloads=[{"starts": "session_start", "calls": {"action": "ec2:DescribeInstances", "every": "1m"}}])
    s = r["sessions"]
    assert s["arrived"] == s["started"] == s["completed"] > 50 and s["rejected"] == 0
    assert all(x.started_at - x.arrived_at == 110 * SECOND for x in fleet.sessions)
    # boot at +90 s, credential at +95.1 s, network and session at +110 s: no call fails; minutes 1 to 29
    assert r["workloads"]["w"]["succeeded"] == 29 * s["completed"] and not r["workloads"]["w"]["failed"]


def counts_agree():
    """Whatever happens, rows and counters agree, and every gap or overlap follows from consecutive credentials."""
    s, fleet, r = run({"instances": 60, "sessions": {"arrivals": {"poisson": "60/h"}, "duration": {"exponential": {"mean": "40m"}},
                                                     "wait": "5m"}, "credentials": {"lead": "3m", "jitter": "60s"}},
                      {"sts": {"service": {"rate": "1/s", "burst": 5}}}, duration="8h",
                      workloads=[{"name": "a", "retry": {"mode": "standard"}, "calls": {"action": "ec2:DescribeInstances", "every": "2m"}}],
                      faults=[{"kind": "sts_outage", "at": "2h", "for": "30m", "instances": 0.5},
                              {"kind": "instance_loss", "share": "20%", "at": "4h", "for": "0s"},
                              {"kind": "mass_restart", "instances": "30%", "at": "5h", "for": "0s"}])
    assume = Counter(row[4] for row in s.failures if row[3] == "sts:AssumeRole")
    assert dict(assume) == r["assume_role"]["failures"] and len(assume) == 2
    assert r["assume_role"]["attempts"] - sum(assume.values()) - r["credentials_issued"] in range(0, 40)
    assert Counter(row[4] for row in s.failures if row[2] == "a") == r["workloads"]["a"]["failed"]
    overlaps = gaps = 0
    for i in fleet.instances:
        end = s.duration if i.terminated_at is None else i.terminated_at
        for a, b in zip(i.credentials, i.credentials[1:]):
            overlaps += b.issued_at < a.expires_at
            gaps += b.issued_at > a.expires_at
        gaps += bool(i.credentials) and i.credentials[-1].expires_at < end
    assert overlaps == r["overlaps"]["count"] and gaps == r["gaps"]["count"] > 0
    live = [i for i in fleet.instances if i.provisioned_at is not None and i.terminated_at is None]
    assert len(live) == 60 and fleet.region.interfaces_used == 60
    o = Counter(x.outcome for x in fleet.sessions)
    assert o["lost"] == r["sessions"]["lost"] > 0 and sum(o.values()) == r["sessions"]["arrived"]


CHECKS = [check for name, check in list(globals().items())
          if callable(check) and getattr(check, "__module__", "") == __name__ and check.__code__.co_argcount == 0
          and not check.__code__.co_flags & 0x0C]


def main():
    wanted = sys.argv[1:]
    failed = 0
    for check in CHECKS:
        if wanted and check.__name__ not in wanted:
            continue
        began = time.monotonic()
        try:
            check()
            print(f"ok      {check.__name__}  {time.monotonic() - began:.1f} s", flush=True)
        except AssertionError as error:
            failed += 1
            line = error.__traceback__.tb_next.tb_lineno if error.__traceback__.tb_next else 0
            print(f"FAILED  {check.__name__} (line {line}): {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
