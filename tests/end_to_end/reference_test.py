"""The simulator against the independent model in tests/reference: counts and means of a few scenarios must agree.

Seeds are fixed on both sides, so the outcome is the same each time, and what the model said stays in build/reference until the
model or the scenario changes. All scenarios at once:
  tests/reference/compare.py build/release/credsim tests/reference/scenarios/*.yaml
"""
import os
import pathlib
import shlex
import subprocess
import sys

SOURCE = pathlib.Path(os.environ.get("CREDSIM_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
PROGRAM = os.environ.get("CREDSIM", str(SOURCE / "build/release/credsim"))
SCENARIOS = ["rotation-outage", "restart-and-loss"]

folder = SOURCE / "tests/reference"
command = [sys.executable, "-B", str(folder / "compare.py"), shlex.quote(PROGRAM), "--replications", "12", "--differing",
           "--cache", str(SOURCE / "build/reference")]
sys.exit(subprocess.run(command + [str(folder / "scenarios" / f"{name}.yaml") for name in SCENARIOS]).returncode)
