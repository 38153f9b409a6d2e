#!/usr/bin/env python3
"""Every statement of the SQLite dashboard gives rows over the database of a run, in the form that its panel needs."""
import re
import sqlite3
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "dashboards"), str(HERE.parent / "end_to_end")]
import grafana_panels  # noqa: E402
from program_harness import busy_scenario, claim, folder, need_program, run, write_scenario  # noqa: E402

BEGIN = 1_767_601_800  # 2026-01-05T08:30:00Z, the busy scenario's start
VIEWS = {"run", "limit_headroom", "failure", "credential_gap", "timeseries", "threshold", "finding", "session"}

def rows_of(database, statement):
    cursor = database.execute(statement.replace("$run", "1"))
    return [column[0] for column in cursor.description], cursor.fetchall()


def time_series(title, columns, rows):
    claim(columns == ["time", "metric", "value"], f"{title}: has time, metric and value", str(columns))
    claim(all(isinstance(time, int) and BEGIN <= time <= BEGIN + 3 * 3600 for time, _, _ in rows), f"{title}: is within the run's time")
    claim([row[0] for row in rows] == sorted(row[0] for row in rows), f"{title}: is by time")
    claim(all(isinstance(metric, str) and isinstance(value, float) for _, metric, value in rows), f"{title}: has a name and a REAL in each row")
    claim(len({row[:2] for row in rows}) == len(rows), f"{title}: has one value for each name and time")


def main():
    need_program()
    dashboard = grafana_panels.load(grafana_panels.FOLDER / "review.json")
    with folder() as place:
        path = write_scenario(place, busy_scenario(instances=30))
        done = run("run", path, "--db", "busy.db", "--quiet", cwd=place)
        claim(done.returncode in (0, 3), "the run ends", done.stderr)
        database = sqlite3.connect(f"file:{place}/busy.db?mode=ro", uri=True)
        read = set()
        for panel in dashboard["panels"]:
            statement = panel["targets"][0]["rawQueryText"]
            read |= set(re.findall(r"FROM (\w+)", statement))
            columns, rows = rows_of(database, statement)
            title = panel["title"]
            claim(rows, f"{title}: has rows")
            if panel["type"] == "timeseries":
                time_series(title, columns, rows)
            # The plugin takes a column's type from its first row, and cuts fractions that come later.
            mixed = [column for index, column in enumerate(columns)
                     if len({type(row[index]) for row in rows if row[index] is not None}) > 1]
            claim(not mixed, f"{title}: each column is of one type", str(mixed))
            times = panel["targets"][0]["timeColumns"]
            claim(set(times) <= set(columns), f"{title}: its times are columns that it has", str(times))
            named = [each["matcher"]["options"] for each in panel["fieldConfig"]["overrides"] if each["matcher"]["id"] == "byName"]
            claim(set(named) <= set(columns), f"{title}: its properties are of columns that it has", str(named))
        columns, rows = rows_of(database, dashboard["annotations"]["list"][0]["target"]["rawQueryText"])
        claim((columns, len(rows), rows[0][2:]) == (["time", "timeEnd", "title", "text"], 1, ("outage", "sts_outage"))
              and rows[0][:2] == (BEGIN + 91 * 60, BEGIN + 110 * 60),
              "the fault is marked from the first step that sees it to the last", str(rows))
        states = next(panel for panel in dashboard["panels"] if panel["title"].startswith("How many instances"))
        found = {metric for _, metric, _ in rows_of(database, states["targets"][0]["rawQueryText"])[1]}
        claim({"provisioning", "available", "in_use"} <= found, "each state of instances has its line", str(found))
        claim(VIEWS <= read, "all views that reviews need are read", str(VIEWS - read))
        runs = next(each for each in dashboard["templating"]["list"] if each["name"] == "run")
        columns, rows = rows_of(database, runs["query"])
        claim((columns, len(rows)) == (["__value", "__text"], 1), "the variable run has a value and a text for each run")
        # A minute's bucket of attempts adds up to what the run counted.
        attempts = next(panel for panel in dashboard["panels"] if panel["title"].startswith("AssumeRole"))
        total = sum(value * 60 for _, _, value in rows_of(database, attempts["targets"][0]["rawQueryText"])[1])
        counted = database.execute("SELECT sum(value) FROM summary WHERE run_id = 1 AND metric = 'assume_role_requests_total' AND labels_json = '{}'").fetchone()[0]
        claim(abs(total - counted) < 1e-6 * counted, f"the rates of AssumeRole add up to the {counted:.0f} attempts of the summary", str(total))
        database.close()


if __name__ == "__main__":
    main()
