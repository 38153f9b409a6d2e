#!/usr/bin/env python3
"""A warm-up as a user sees it: thresholds judge what comes after it, the summary says so, and SQL can tell the rows apart."""

import json
import signal
import subprocess
import time
from pathlib import Path

import program_harness as harness
from program_harness import claim, query, run

# Nobody can call before the credential is there, which takes five minutes, and nothing fails after that.
SCENARIO = """\
version: 1
name: cold
start: 2026-01-05T08:30:00Z
duration: 4h
accounts: [{id: "123456789012", regions: [{name: us-east-1}]}]
roles:
  - name: Machine
    account: "123456789012"
    trust_policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: appstream.amazonaws.com}, Action: "sts:AssumeRole"}]}
    policies: [{Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}]
fleets:
  - name: eng
    account: "123456789012"
    region: us-east-1
    type: always_on
    role: Machine
    subnets: [10.0.0.0/22]
    instances: 200
    provisioning: {boot: 1m, eni: {after: boot, delay: 0s}, agent: {after: boot, delay: 5m}}
    credentials: {lead: 5m}
    workloads:
      - name: impatient
        client: {tool: aws_cli}
        profile: appstream_machine_role
        calls: {action: "s3:GetObject", every: 1m}
thresholds:
  - api_call_failure_ratio == 0
  - assume_role_failures_total == 0
"""


def text_of(place, *arguments):
    return run("run", "cold.yaml", "--force", *arguments, cwd=place)


def judges_what_comes_after(place):
    cold = text_of(place)
    claim(cold.returncode == 3 and "✗ api_call_failure_ratio == 0" in cold.stdout,
          "a threshold is missed by what happens at the start", cold.stdout + cold.stderr)
    warm = text_of(place, "--warm-up", "10m", "--json", "cold.json")
    claim(warm.returncode == 0 and "✓ api_call_failure_ratio == 0" in warm.stdout,
          "and passes if that is warm-up", warm.stdout + warm.stderr)
    claim("counts from 10 m on, the end of the warm-up" in warm.stdout, "the summary says from when on it counts", warm.stdout)
    claim(json.loads((Path(place) / "cold.json").read_text(encoding="utf-8"))["warm_up_us"] == 600_000_000,
          "the JSON summary says it, too")


def rows_are_marked(place):
    shell = subprocess.run(
        ["sqlite3", str(Path(place) / "cold.db"),
         "SELECT warm_up, count(*), min(at_us) >= 600000000, max(at_us) < 600000000 FROM failure GROUP BY warm_up"],
        capture_output=True, text=True, check=True)
    marked = [line.split("|") for line in shell.stdout.splitlines()]
    claim(len(marked) == 1 and marked[0][0] == "1" and int(marked[0][1]) > 200 and marked[0][3] == "1",
          "the sqlite3 shell shows every failure as one of the warm-up", shell.stdout)
    summary = dict(query(Path(place) / "cold.db", "SELECT metric, value FROM summary WHERE labels_json = '{}' AND run_id = 1"))
    for view, metric in (("credential", "credentials_issued_total"), ("overlap_window", "credential_overlap_seconds.count"),
                         ("instance", "instances_total"), ("failure", "api_call_failures_total")):
        counted = query(Path(place) / "cold.db", f"SELECT count(*) FROM {view} WHERE NOT warm_up")[0][0]
        claim(counted == summary.get(metric, 0), f"{metric} counts the rows of {view} after the warm-up: {counted}")
    claim(query(Path(place) / "cold.db", "SELECT warm_up_us FROM run") == [(600_000_000,)], "the view run has its length")
    wrong = query(Path(place) / "cold.db", "SELECT count(*) FROM timeseries WHERE warm_up != (at_us < 600000000)")
    claim(wrong == [(0,)], "samples are marked by their time")


def replications_honour_it(place):
    done = text_of(place, "--warm-up", "10m", "--replications", "5", "--threads", "2", "--audit", "failures")
    claim(done.returncode == 0 and "missed" not in done.stdout.replace("is missed in none", ""),
          "each of several replications counts from there", done.stdout + done.stderr)


def an_interrupted_warm_up_has_counted_nothing(place):
    with subprocess.Popen([harness.PROGRAM, "run", "cold.yaml", "--force", "--warm-up", "3h", "--speed", "60"], cwd=place,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        text, errors = process.communicate(timeout=harness.DEADLINE_SECONDS)
    claim(process.returncode == 130 and "which did not come: nothing is counted" in text,
          "a run that is interrupted in its warm-up says that it has counted nothing", text + errors)


def main():
    harness.need_program()
    harness.PROGRAM = str(Path(harness.PROGRAM).resolve())
    with harness.folder() as place:
        (Path(place) / "cold.yaml").write_text(SCENARIO, encoding="utf-8")
        judges_what_comes_after(place)
        rows_are_marked(place)
        replications_honour_it(place)
        an_interrupted_warm_up_has_counted_nothing(place)


if __name__ == "__main__":
    main()
