#!/usr/bin/env python3
"""bench/queries.py: the four queries of a small run answer what all of its rows say."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(os.environ["CREDSIM_SOURCE"])


def main():
    if shutil.which("sqlite3") is None:
        print("needs the sqlite3 program")
        sys.exit(77)
    done = subprocess.run([sys.executable, "-B", SOURCE / "bench/queries.py", "--credsim", os.environ["CREDSIM"], "--instances", "60"],
                          text=True, capture_output=True, check=False, timeout=120)
    table = [line.split(" | ")[0] for line in done.stdout.splitlines() if line.startswith("| ")]
    expected = ["| query", "| ---", "| failures_by_reason", "| failures_by_hour", "| gaps_by_fleet", "| instance_timeline"]
    if done.returncode != 0 or table != expected or "60 gap" not in done.stdout:
        sys.exit(f"  FAILED: {done.returncode}\n{done.stdout}{done.stderr}")
    print("  ok: each query has a line, and agrees with all rows")


if __name__ == "__main__":
    main()
