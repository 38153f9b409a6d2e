#!/usr/bin/env python3
"""sim/record/VIEWS.md names every view and column of a database, and its four queries answer what all rows say, without reading all of them."""

import os
import re
import signal
import sqlite3
import subprocess
from collections import Counter
from pathlib import Path

import program_harness as harness
from program_harness import claim, query

RECORD = Path(os.environ["CREDSIM_SOURCE"]) / "sim" / "record"
QUERIES = sorted((RECORD / "queries").glob("*.sql"))


def named_columns():
    """What the page says: the columns of each view, in its order."""
    page = (RECORD / "VIEWS.md").read_text()
    views = {}
    for name, section in re.findall(r"^## `(\w+)`\n(.*?)(?=^## |\Z)", page, re.S | re.M):
        views[name] = re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", section, re.M)
    for name, added in re.findall(r"^\| `(\w+)_timeline_utc` \| (.+) \|$", page, re.M):
        views[f"{name}_timeline_utc"] = views[name] + re.findall(r"`(\w+)`", added)
    return views


def the_page_names_every_view_and_column(database):
    named = named_columns()
    there = {view: [row[0] for row in query(database, f"select name from pragma_table_info('{view}')")]
             for (view,) in query(database, "select name from sqlite_schema where type = 'view'")}
    claim(named.keys() == there.keys(), f"VIEWS.md has a section for each of the {len(there)} views and no others", str(named.keys() ^ there.keys()))
    for view, columns in there.items():
        if named[view] != columns:
            claim(False, f"VIEWS.md names the columns of {view} in their order", f"page: {named[view]}\ndatabase: {columns}")
    claim(True, "and names the columns of each, in their order")
    for view, columns in there.items():
        if "instance_id" in columns and not {"account", "region", "resource"} <= set(columns):
            claim(False, f"{view} has account, region and resource beside instance_id", str(columns))
    claim(True, "each view with instance_id has account, region and resource")


def answer(database, name, **parameters):
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute((RECORD / "queries" / f"{name}.sql").read_text(), {"run": 1, **parameters}).fetchall()
    finally:
        connection.close()


def the_queries_agree_with_all_rows(database, which):
    failures = query(database, "select account, region, resource, reason, at_us, instance_id from failure where run_id = 1")
    claim(failures, f"{which} has failures")
    claim({row[:4]: row[4] for row in answer(database, "failures_by_reason")} == Counter(row[:4] for row in failures),
          f"failures by resource and reason are those of all {len(failures)} rows of {which}")
    claim(dict(answer(database, "failures_by_hour")) == Counter(row[4] // 3_600_000_000 for row in failures),
          "failures by hour, too")

    gaps = query(database, "select account, region, resource, open, duration_us from credential_gap where run_id = 1 and not stopped")
    fleets = {row[:3]: [gap for gap in gaps if gap[:3] == row[:3]] for row in gaps}
    expected = {fleet: (len(rows), sum(row[3] for row in rows), sum(row[4] for row in rows) / 1e6, max(row[4] for row in rows) / 1e6)
                for fleet, rows in fleets.items()}
    claim(gaps and {row[:3]: row[3:] for row in answer(database, "gaps_by_fleet")} == expected, f"gaps by fleet are those of all {len(gaps)} gaps")

    by_instance = Counter(row[5] for row in failures if row[5] is not None)
    busiest = [by_instance.most_common()[0][0], by_instance.most_common()[-1][0]]
    for instance in busiest:
        columns = "at_us, operation, reason, workload, attempts, resource, account, region, warm_up"
        found = query(database, f"select {columns} from failure_by_instance where run_id = 1 and instance_id = {instance} order by 1, 2, 3, 4, 5")
        wanted = query(database, f"select {columns} from failure where run_id = 1 and instance_id = {instance} order by 1, 2, 3, 4, 5")
        claim(found == wanted, f"the chain of an instance has its {len(wanted)} failures")
        events = Counter(row[1] for row in answer(database, "instance_timeline", instance=instance))
        for event, view in (("failure", "failure"), ("credential issued", "credential"), ("gap opened", "credential_gap"), ("overlap opened", "overlap_window"),
                            ("instance terminated", "instance"), ("session asked for", "session")):
            there = query(database, f"select count(*) from {view} where run_id = 1 and instance_id = {instance}")[0][0]
            if events[event] != there:
                claim(False, f"the timeline of an instance has a line for each row of {view}", f"{events[event]} and {there}")
    claim(True, "the timeline of an instance has a line for each of its rows")
    everywhere = [query(database, f"select * from {view} order by at_us, instance_id, operation, reason, workload, attempts, resource")
                  for view in ("failure", "failure_by_instance")]
    claim(everywhere[0] == everywhere[1], "failure_by_instance has the rows of failure")


def the_queries_do_not_read_all_rows(database):
    for path in QUERIES:
        plan = [row[3] for row in query(database, "explain query plan " + path.read_text().replace(":run", "1").replace(":instance", "5"))]
        searched = " ".join(plan)
        claim("SCAN k" not in searched and "SCAN g" not in searched and "SCAN f" not in searched and "SCAN h" not in searched,
              f"{path.stem} scans no counts, failures or chains", "\n".join(plan))
        if path.stem == "instance_timeline":
            claim(any("last_failure_row" in step or step.startswith("SEARCH h ") and "instance_id=?" in step for step in plan),
                  "the timeline looks the instance's chain up by its id", "\n".join(plan))
        else:
            claim("failure_row" not in searched and "gap_row" not in searched.replace("gap_count_row", ""), f"{path.stem} reads no rows")


def killed(place):
    """A run that was killed once it had committed failures and gaps."""
    scenario = harness.busy_scenario(duration="60d", instances=300)
    harness.write_scenario(place, scenario)
    first = subprocess.Popen([harness.PROGRAM, "run", "busy.yaml", "--db", "killed.db", "--quiet"], cwd=place, stdin=subprocess.DEVNULL)
    database = Path(place) / "killed.db"
    harness.wait_until(lambda: harness.poll(database, "select 1 from credential_gap limit 1") != []
                       and harness.poll(database, "select 1 from failure where instance_id is not null limit 1") != [], first, "it has committed rows")
    first.send_signal(signal.SIGKILL)
    first.wait()
    return database


def main():
    harness.need_program()
    with harness.folder() as place:
        harness.write_scenario(place)
        done = harness.run("run", "busy.yaml", "--replications", 2, "--threads", 2, "--db", "whole.db", cwd=place)
        claim(done.returncode == 0, "a scenario simulates", done.stdout + done.stderr)
        whole = Path(place) / "whole.db"
        the_page_names_every_view_and_column(whole)
        the_queries_agree_with_all_rows(whole, "a whole run")
        the_queries_do_not_read_all_rows(whole)
        the_queries_agree_with_all_rows(killed(place), "a run that was killed")


if __name__ == "__main__":
    main()
