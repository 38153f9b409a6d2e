"""The simulator against the independent model in tests/reference: counts and means of its scenarios must agree.

Seeds are fixed on both sides, so the outcome is the same each time, and what the model said stays in build/reference until the
model or the scenario changes. More replications of all of them, as README.md counts them:
  tests/reference/compare.py build/release/credsim tests/reference/scenarios/*.yaml
"""
import concurrent.futures
import os
import pathlib
import shlex
import subprocess
import sys

SOURCE = pathlib.Path(os.environ.get("CREDSIM_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
PROGRAM = os.environ.get("CREDSIM", str(SOURCE / "build/release/credsim"))
# The model takes 2 to 9 seconds for a replication of these, the longest first, and less than one for the others.
LONG = ["helpers", "faults-policy", "clients", "agent-paused-skew", "retry-storm", "faults-network", "restart-and-loss",
        "rotation-outage", "corners", "account"]
REPLICATIONS, REPLICATIONS_OF_LONG = 12, 6

folder = SOURCE / "tests/reference"
others = sorted(path.stem for path in (folder / "scenarios").glob("*.yaml") if path.stem not in LONG)


def compare(name):
    replications = REPLICATIONS_OF_LONG if name in LONG else REPLICATIONS
    command = [sys.executable, "-B", str(folder / "compare.py"), shlex.quote(PROGRAM), "--differing",
               "--replications", str(replications), "--cache", str(SOURCE / "build/reference"),
               str(folder / "scenarios" / f"{name}.yaml")]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


with concurrent.futures.ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
    outcomes = list(pool.map(compare, LONG + others))
for _, text in outcomes:
    print(text, end="")
sys.exit(any(status for status, _ in outcomes))
