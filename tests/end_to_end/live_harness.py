"""What the tests of a watched run share: a scenario of three fleets, the run itself, and its metrics as they are scraped."""

import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import program_harness as harness

try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    sys.exit("python3-prometheus-client is missing; ./dev setup")

# Three fleets in two accounts and three cells, in which everything of interest happens within two hours: failed calls of
# several reasons, an outage with gaps, throttling, sessions that wait and are rejected, instances without an interface.
SCENARIO = """\
version: 1
name: watched
start: 2026-01-05T08:30:00Z
duration: {duration}
seed: 42
accounts:
  - id: "123456789012"
    regions:
      - name: us-east-1
        sts: {{service: {{rate: 2/s, burst: 20}}, account: {{rate: 600/s, burst: 600, background: 50/s}}}}
        ec2: {{describe_instances: {{rate: 1/s, burst: 5}}, create_network_interface: {{rate: 1/s, burst: 10}}, network_interfaces: 100}}
      - name: eu-west-1
        sts: {{service: {{rate: 5/s, burst: 10}}}}
        ec2: {{network_interfaces: 35}}
  - id: "210987654321"
    regions:
      - name: us-east-1
        sts: {{service: {{rate: 5/s, burst: 10}}}}
roles:
{roles}
images:
  - {{name: win2019, agent_released: 2024-05-01}}
fleets:
{fleets}
faults:
  - {{name: outage, kind: sts_outage, at: 30m, for: 18m, region: us-east-1}}
  - {{name: slow-network, kind: eni_delay, at: 0s, for: 20m, region: eu-west-1, factor: 2}}
"""

ROLE = """\
  - name: Machine
    account: "{account}"
    trust_policy: {{Version: "2012-10-17", Statement: [{{Effect: Allow, Principal: {{Service: appstream.amazonaws.com}}, Action: "sts:AssumeRole"}}]}}
    policies: [{{Version: "2012-10-17", Statement: [{{Effect: Allow, Action: "ec2:DescribeInstances", Resource: "*"}}]}}]
"""

FLEET = """\
  - name: {name}
    account: "{account}"
    region: {region}
    type: always_on
    image: win2019
    role: Machine
    subnets: [10.0.0.0/16]
    instances: {instances}
    provisioning: {{start: {{uniform: [0s, 1m]}}, boot: {{uniform: [30s, 2m]}}, agent: {{after: boot, delay: 5s}}, eni: {{after: boot, delay: {{lognormal: {{median: 20s, p99: 150s}}}}}}}}
    credentials: {{lifetime: 15m, lead: 3m, jitter: 60s}}
    sessions: {{arrivals: {{poisson: 400/h}}, duration: {{lognormal: {{median: 10m, p99: 1h}}}}, wait: 1m}}
    workloads:
      - name: setup
        client: {{tool: boto3}}
        profile: appstream_machine_role
        starts: boot
        calls: {{action: "ec2:DescribeInstances", every: {{exponential: {{mean: 20s}}}}}}
        retry: {{mode: none}}
      - name: upload
        client: {{tool: aws_cli}}
        profile: appstream_machine_role
        starts: boot
        wait: {{poll: {{interval: 1s, timeout: 1m}}}}
        calls: {{action: "s3:PutObject", every: {{exponential: {{mean: 30s}}}}}}
"""

SIMULATED = "credsim_simulation_time_seconds"


def scenario(duration="2h", instances=40):
    places = [("east", "123456789012", "us-east-1"), ("west", "123456789012", "eu-west-1"), ("other", "210987654321", "us-east-1")]
    return SCENARIO.format(
        duration=duration,
        roles="".join(ROLE.format(account=account) for account in ("123456789012", "210987654321")),
        fleets="".join(FLEET.format(name=name, account=account, region=region, instances=instances)
                       for name, account, region in places))


class Run:
    """`credsim run` that is watched. Commands go to its standard input; ends with the `with`."""

    def __init__(self, place, *arguments, text=None, **options):
        self.place = Path(place)
        self.database = self.place / "watched.db"
        (self.place / "watched.yaml").write_text(text or scenario(), encoding="utf-8")
        words = [harness.PROGRAM, "run", "watched.yaml", "--metrics-address", "127.0.0.1:0", *map(str, arguments)]
        self.process = subprocess.Popen(words, cwd=place, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, **options)
        first = self.process.stderr.readline()
        found = re.fullmatch(r"credsim run: metrics at (http://127\.0\.0\.1:(\d+)/metrics)\n", first)
        if not found:
            harness.fail(f"the run says where its metrics are: {first}{self.process.communicate()}")
        self.url, self.port = found.group(1), int(found.group(2))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stderr.readline()

    def text(self):
        with urllib.request.urlopen(self.url, timeout=harness.DEADLINE_SECONDS) as answer:
            return answer.read().decode()

    def scrape(self):
        return parse(self.text())

    def scrape_until(self, condition, what):
        """The first scrape for which `condition` holds."""
        deadline = time.monotonic() + harness.DEADLINE_SECONDS
        while time.monotonic() < deadline:
            samples = self.scrape()
            if condition(samples):
                return samples
            if self.process.poll() is not None:
                break
        return harness.fail(f"the run came to its end or the time did, before {what}")

    def stop(self, number):
        self.process.send_signal(number)
        return self.process.communicate(timeout=harness.DEADLINE_SECONDS)


def parse(text):
    """{(name, ((label, value), …)): value} of what Prometheus' own Python client reads."""
    samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = sample.name, tuple(sorted(sample.labels.items()))
            harness.fail(f"{key} is there twice") if key in samples else None
            samples[key] = sample.value
    return samples


def simulated(samples):
    """Simulated seconds, or -1 before the first."""
    return samples.get((SIMULATED, ()), -1)


def total(samples, name, **labels):
    """The sum over all label sets with `labels`."""
    return sum(value for (other, of), value in samples.items() if other == name and labels.items() <= dict(of).items())
