"""What the end-to-end tests share: the program under test, scenarios made on the spot, and claims that end the test."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = os.environ.get("CREDSIM", "")
DEADLINE_SECONDS = 120

BUSY_SCENARIO = """\
version: 1
name: busy
start: 2026-01-05T08:30:00Z
duration: {duration}
seed: 42
accounts:
  - id: "123456789012"
    regions:
      - name: us-east-1
        ec2: {{describe_instances: {{rate: 2/s, burst: 10}}, network_interfaces: 100000}}
      - name: eu-west-1
        ec2: {{network_interfaces: 100000}}
roles:
  - name: Machine
    account: "123456789012"
    trust_policy: {{Version: "2012-10-17", Statement: [{{Effect: Allow, Principal: {{Service: appstream.amazonaws.com}}, Action: "sts:AssumeRole"}}]}}
    policies: [{{Version: "2012-10-17", Statement: [{{Effect: Allow, Action: "ec2:DescribeInstances", Resource: "*"}}]}}]
images:
  - {{name: win2019, agent_released: 2024-05-01}}
fleets:
{fleets}
faults:
  - {{name: outage, kind: sts_outage, at: 90m, for: 20m, region: us-east-1}}
thresholds:
  - credentials_issued_total > 0
"""

FLEET = """\
  - name: fleet-{region}
    account: "123456789012"
    region: {region}
    type: always_on
    image: win2019
    role: Machine
    subnets: [10.0.0.0/8]
    instances: {instances}
    provisioning: {{start: {{uniform: [0s, 20m]}}, boot: {{uniform: [10m, 20m]}}, agent: {{after: boot, delay: 5s}}, eni: {{after: boot, delay: {{lognormal: {{median: 20s, p99: 150s}}}}}}}}
    credentials: {{lifetime: 1h, lead: 5m, jitter: 60s}}
    sessions: {{arrivals: {{poisson: 60/h}}, duration: {{lognormal: {{median: 30m, p99: 3h}}}}, wait: 5m}}
    workloads:
      - name: login-script
        client: {{tool: boto3}}
        profile: appstream_machine_role
        credentials: refreshing
        starts: session_start
        calls: {{action: "ec2:DescribeInstances", every: {{exponential: {{mean: 2m}}}}}}
"""


def busy_scenario(duration="3h", instances=60):
    """Two cells (one Region each), an outage with gaps, sessions, calls and throttling."""
    fleets = "".join(FLEET.format(region=region, instances=instances) for region in ("us-east-1", "eu-west-1"))
    return BUSY_SCENARIO.format(duration=duration, fleets=fleets)


def fail(message):
    print(f"  FAILED: {message}", flush=True)
    sys.exit(1)


def claim(condition, message, detail=""):
    """Prints what is checked; ends the test if it does not hold."""
    if not condition:
        fail(f"{message}{': ' if detail else ''}{detail}")
    print(f"  ok: {message}", flush=True)


def need_program():
    if not PROGRAM or not os.access(PROGRAM, os.X_OK):
        fail(f"CREDSIM={PROGRAM!r} is no program; build it first")
    if shutil.which("sqlite3") is None:
        fail("the sqlite3 shell is missing; apt-get install sqlite3")


def folder():
    return tempfile.TemporaryDirectory(prefix="credsim-test-")


def write_scenario(place, text=None):
    path = Path(place) / "busy.yaml"
    path.write_text(text if text is not None else busy_scenario(), encoding="utf-8")
    return path


def run(*arguments, cwd, **options):
    """Runs credsim to its end and returns the completed process, with text in stdout and stderr. Arguments may be bytes."""
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    words = [PROGRAM, *(word if isinstance(word, bytes) else str(word) for word in arguments)]
    return subprocess.run(words, cwd=cwd, text=True, stdin=subprocess.DEVNULL, timeout=DEADLINE_SECONDS, check=False, **options)


def wait_until(condition, process, what):
    """Polls `condition` while `process` runs."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            fail(f"timed out waiting until {what}")
        try:
            process.wait(timeout=0.02)
            fail(f"the program ended with {process.returncode} before {what}: {process.communicate()}")
        except subprocess.TimeoutExpired:
            pass


def wait_for(condition, what):
    """Polls `condition`."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            fail(f"timed out waiting until {what}")
        time.sleep(0.02)


def query(database, sql):
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def poll(database, sql):
    """The rows, or nothing while there is no such database or table yet."""
    try:
        return query(database, sql)
    except sqlite3.Error:
        return []


def claim_sound_database(database):
    claim(query(database, "pragma integrity_check") == [("ok",)], f"{Path(database).name} passes integrity_check in Python")
    shell = subprocess.run(["sqlite3", str(database), "pragma integrity_check; select count(*) from run"], text=True,
                           capture_output=True, timeout=DEADLINE_SECONDS, check=False)
    claim(shell.returncode == 0 and shell.stdout.startswith("ok\n"), "and in the sqlite3 shell", shell.stdout + shell.stderr)
