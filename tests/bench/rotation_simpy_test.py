#!/usr/bin/env python3
"""bench/rotation.yaml and the same model on SimPy must be one workload: their counts agree, so their speeds compare.

Seeds are fixed on both sides. Between two seeds the starts, uniform over 4 of 24 hours, make instances differ by 5.3 % of
their life, and calls by another 1/sqrt(calls); the tolerance is four standard deviations of a difference.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(os.environ.get("CREDSIM_SOURCE", Path(__file__).resolve().parents[2]))
PROGRAM = os.environ.get("CREDSIM", str(SOURCE / "build/release/credsim"))
INSTANCES = 2000
SKIPPED = 77


def by_credsim():
    with tempfile.TemporaryDirectory(prefix="credsim-test-") as folder:
        command = [PROGRAM, "run", SOURCE / "bench/rotation.yaml", "--set", f"fleets.everybody.instances={INSTANCES}"]
        command += ["--audit", "aggregate", "--threads", "1", "--json", "-"]
        output = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    totals = {entry["metric"]: entry["value"] for entry in json.loads(output)["summary"] if not entry["labels"]}
    return {
        "instances": totals["instances_total"],
        "credentials": totals["credentials_issued_total"],
        "calls": totals["api_calls_total"],
        "calls_failed": totals["api_call_failures_total"],
        "events": totals["events_total"],
    }


def main():
    done = subprocess.run([sys.executable, "-B", SOURCE / "bench/rotation_simpy.py", str(INSTANCES)], capture_output=True,
                          text=True, check=False)
    if done.returncode == SKIPPED:
        print(done.stderr, end="")
        return SKIPPED
    theirs, ours = json.loads(done.stdout), by_credsim()
    starts = 0.053 / math.sqrt(INSTANCES)
    failed = 0
    for name in ("instances", "credentials", "calls", "events"):
        counted = 1 / math.sqrt(ours["calls"]) if name in ("calls", "events") else 0
        tolerance = 0 if name == "instances" else 4 * math.sqrt(2 * (starts**2 + counted**2))
        difference = theirs[name] / ours[name] - 1
        agrees = abs(difference) <= tolerance
        failed += not agrees
        print(f"{name}: credsim {ours[name]}, SimPy {theirs[name]}, {100 * difference:+.2f} % of ±{100 * tolerance:.2f} %"
              f"{'' if agrees else '   FAILED'}")
    for side, counts in (("credsim", ours), ("SimPy", theirs)):
        if counts["calls_failed"] > 0.001 * counts["calls"]:
            print(f"{side}: {counts['calls_failed']} calls failed, of a workload in which hardly any should")
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
