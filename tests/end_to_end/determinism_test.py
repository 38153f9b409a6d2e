#!/usr/bin/env python3
"""The same seed gives the same rows on 1, 2 and 4 threads and, if CREDSIM_OTHER is another build, from both."""

import hashlib
import os
from pathlib import Path

import program_harness as harness
from program_harness import claim, query

# What may differ: how long it took, and who made it.
NOT_COMPARED = {"run": {"wall_seconds", "version"}}
MUST_HAVE_ROWS = {"run", "instance", "credential", "overlap_window", "credential_gap", "failure", "session",
                  "limit_headroom", "timeseries", "summary", "threshold"}


def views(database):
    return [row[0] for row in query(database, "select name from sqlite_master where type = 'view' order by name")]


def digest(database, view):
    """Of all rows in an order of their own: cells that run side by side may be stored in any."""
    columns = [row[1] for row in query(database, f'pragma table_info("{view}")')]
    kept = [f'"{column}"' for column in columns if column not in NOT_COMPARED.get(view, ())]
    rows = sorted(map(repr, query(database, f'select {", ".join(kept)} from "{view}"')))
    return len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()


def simulate(program, threads, place):
    harness.PROGRAM = program
    harness.write_scenario(place)
    done = harness.run("run", "busy.yaml", "--seed", 7, "--replications", 3, "--threads", threads, "--json", "busy.json",
                       cwd=place)
    claim(done.returncode == 0, f"{Path(program).parent.name}: {threads} threads simulate", done.stdout + done.stderr)
    database = Path(place) / "busy.db"
    digests = {view: digest(database, view) for view in views(database)}
    return digests, (Path(place) / "busy.json").read_bytes()


def main():
    harness.need_program()
    mine = harness.PROGRAM
    variants = [(mine, 1), (mine, 2), (mine, 4)]
    other = os.environ.get("CREDSIM_OTHER")
    if other:
        claim(os.access(other, os.X_OK), f"CREDSIM_OTHER={other} is a program")
        variants.append((other, 2))
    reference = None
    for program, threads in variants:
        with harness.folder() as place:
            digests, json = simulate(program, threads, place)
        if reference is None:
            reference = digests, json
            claim(MUST_HAVE_ROWS <= digests.keys(), f"the database has {len(digests)} views")
            empty = sorted(view for view in MUST_HAVE_ROWS if digests[view][0] == 0)
            claim(not empty, "each of the compared views has rows", f"empty: {empty}")
            for view in sorted(digests):
                print(f"    {view}: {digests[view][0]} rows, {digests[view][1][:16]}")
            continue
        different = sorted(view for view in reference[0] if digests.get(view) != reference[0][view])
        claim(not different, "all rows of all views are those of the first run", f"different: {different}")
        claim(json == reference[1], "the JSON summary is the same, byte for byte")


if __name__ == "__main__":
    main()
