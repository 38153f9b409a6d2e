#!/usr/bin/env python3
"""How long the four queries of sim/record/queries take in the sqlite3 shell, beside the same questions put to all rows.

    bench/queries.py [--instances N] [--credsim PROGRAM] [--db FILE]

Simulates a fleet of N instances (110,000) whose STS fails at a rotation, at level full, unless FILE has a run already. Each query
runs cold (the kernel has dropped the file's pages) and warm, in a process of its own; the least of three counts."""

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
REGION = "accounts.123456789012.regions.us-east-1."
# The same questions without what is kept for them.
ALL_ROWS = {
    "failures_by_reason": "SELECT account, region, resource, reason, count(*) AS failures FROM failure WHERE run_id = :run GROUP BY 1, 2, 3, 4 "
                          "ORDER BY failures DESC, resource, reason;",
    "failures_by_hour": "SELECT at_us / 3600000000 AS hour, count(*) FROM failure WHERE run_id = :run GROUP BY 1 ORDER BY 1;",
    "gaps_by_fleet": "SELECT account, region, resource, count(*), sum(open), sum(duration_us) / 1e6 AS seconds, max(duration_us) / 1e6 "
                     "FROM credential_gap WHERE run_id = :run AND NOT stopped GROUP BY 1, 2, 3 ORDER BY seconds DESC;",
    "instance_timeline": "SELECT at_utc, event, resource, detail FROM timeline_utc WHERE run_id = :run AND instance_id = :instance ORDER BY at_us;",
}


def simulate(program, instances, database):
    subprocess.run(
        [program, "run", SOURCE / "scenarios/sts-outage-at-rotation.yaml", "--db", database, "--quiet", "--set", f"fleets.morning.instances={instances}",
         "--set", 'fleets.morning.subnets=["10.0.0.0/8"]', "--set", f"{REGION}ec2.network_interfaces={2 * instances}",
         "--set", f"{REGION}ec2.create_network_interface=unlimited", "--set", f"{REGION}appstream.instances={{stream.standard.medium: {2 * instances}}}",
         "--set", f"{REGION}sts.service={{rate: {instances / 55:.0f}/s, burst: {instances / 22:.0f}}}"],
        check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # its thresholds are missed


def drop_pages(database):
    with open(database, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def seconds(database, instance, sql, cold):
    """And what it answered."""
    least = None
    for _ in range(3):
        if cold:
            drop_pages(database)
        start = time.monotonic()
        done = subprocess.run(["sqlite3", "-readonly", database], input=f".parameter set :run 1\n.parameter set :instance {instance}\n{sql}",
                              text=True, capture_output=True, check=True)
        took = time.monotonic() - start
        least = took if least is None else min(least, took)
    return least, done.stdout


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--instances", type=int, default=110_000)
    options.add_argument("--credsim", default=SOURCE / "build/release/credsim")
    options.add_argument("--db")
    options = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="credsim-queries-") as place:
        database = options.db or f"{place}/run.db"
        if not options.db:
            simulate(options.credsim, options.instances, database)
        rows = subprocess.run(["sqlite3", "-readonly", database, "SELECT group_concat(rows || ' ' || kind, ', ') FROM (SELECT kind, sum(last_row - first_row + 1) AS "
                               "rows FROM extent WHERE run_id = 1 GROUP BY kind)"], text=True, capture_output=True, check=True).stdout.strip()
        print(f"{Path(database).stat().st_size / 1e6:.0f} MB: {rows}")
        print("| query | cold | warm | all rows, cold | all rows, warm | all rows / query, warm |\n| --- | --- | --- | --- | --- | --- |")
        for name, all_rows in ALL_ROWS.items():
            sql = (SOURCE / "sim/record/queries" / f"{name}.sql").read_text()
            times = []
            answers = set()
            for text in (sql, all_rows):
                for cold in (True, False):
                    took, answer = seconds(database, options.instances // 2, text, cold)
                    times.append(took)
                    answers.add("".join(sorted(answer.splitlines())))
            if len(answers) != 1:
                raise SystemExit(f"{name}: the two ways do not agree")
            print(f"| {name} | {' | '.join(f'{took:.3f} s' for took in times)} | {times[3] / times[1]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
