#!/usr/bin/env python3
"""The JSON summary of every shipped scenario has the shape of scenarios/summary.schema.json, with one replication as with
several; it names the same first limit as the text, the database and the dashboard; and a threshold over a limit sees the number
that the summary has."""

import json
import os
import re
import shutil
from pathlib import Path

import jsonschema
import program_harness as harness
from program_harness import claim, query

SOURCE = Path(os.environ.get("CREDSIM_SOURCE") or Path(__file__).resolve().parents[2])
# Too large for a test: the same scenario with fewer instances, without rows.
SMALLER = {"million-instances": ["--set", "fleets.everybody.instances=2000", "--audit", "aggregate"]}


def summary_of(scenario, place, *options):
    """(summary as text, summary as JSON) of a run whose database is run.db."""
    done = harness.run("run", scenario, "--db", "run.db", "--force", "--json", "run.json", *SMALLER.get(Path(scenario).stem, []),
                       *options, cwd=place)
    claim(done.returncode in (0, 3), f"{Path(scenario).stem} runs", done.stderr)
    return done.stdout, json.loads((Path(place) / "run.json").read_text(encoding="utf-8"))


def shape(value):
    """The keys of a document, wherever they are, without those whose names are data."""
    if isinstance(value, dict):
        return {key: "data" if key in ("labels", "parameters") else shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [json.loads(keys) for keys in sorted({json.dumps(shape(each), sort_keys=True) for each in value})]
    return "value"


def review_query():
    """What the Review dashboard asks for its table of limits."""
    dashboard = json.loads((SOURCE / "dashboards/grafana/review.json").read_text(encoding="utf-8"))
    found = [panel["targets"][0]["rawQueryText"] for panel in dashboard["panels"] if panel.get("title") == "Which limit breaks first?"]
    claim(len(found) == 1, "the Review dashboard has a table of limits")
    return re.sub(r"\$\w+", "1", found[0])


def first_limit_is_the_same_everywhere(name, text, summary, place):
    first = summary["first_limit"]
    if first is None:
        claim("nothing was asked of any limit" in text, f"{name}: no limit is first, in the text neither")
        return
    claim(summary["limits"][0]["limit"] == first["limit"], f"{name}: {first['limit']} is the first of the JSON's limits")
    sign = {"broke": "✗ breaks first", "full": "! full", "room": "✓ none breaks"}[first["state"]]
    claim(f"{sign.ljust(15)} {first['limit']}" in text, f"{name}: and opens the text as {first['state']}", text)
    ordered = query(Path(place) / "run.db", "select limit_name from limit_headroom where run_id = 1 order by rank")
    claim([row[0] for row in ordered] == [limit["limit"] for limit in summary["limits"]], f"{name}: the database has their order")
    shown = query(Path(place) / "run.db", review_query())
    claim([row[0] for row in shown] == [row[0] for row in ordered], f"{name}: and so has the dashboard")
    headrooms = query(Path(place) / "run.db", "select headroom from limit_headroom where run_id = 1 order by rank")
    claim([row[0] for row in headrooms] == [limit["headroom"] for limit in summary["limits"]], f"{name}: with the same headroom")


def thresholds_see_each_limit(scenario, summary, place):
    """A copy of the scenario that asks of each limit by its name."""
    text = scenario.read_text(encoding="utf-8")
    asked = [(limit, f'limit_{key}{{limit="{limit["limit"]}"}} >= 0', key)
             for limit in summary["limits"] for key in ("utilisation", "headroom", "peak_1s", "peak_60s") if limit[key] is not None]
    lines = "".join(f"  - '{expression}'\n" for _, expression, _ in asked)
    copy = scenario.with_name("asked.yaml")
    copy.write_text(text.split("\nthresholds:")[0] + "\nthresholds:\n" + lines, encoding="utf-8")
    _, asked_summary = summary_of("asked.yaml", place, *SMALLER.get(scenario.stem, []))
    for (limit, expression, key), judged in zip(asked, asked_summary["thresholds"], strict=True):
        if judged["observed"] != limit[key] or not judged["passed"]:
            harness.fail(f"{expression} observes {judged['observed']}, the summary has {limit[key]}")
    claim(True, f"{scenario.stem}: thresholds see what the summary has of {len(summary['limits'])} limits")


def main():
    harness.PROGRAM = harness.PROGRAM and str(Path(harness.PROGRAM).resolve())
    harness.need_program()
    schema = json.loads((SOURCE / "scenarios/summary.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    scenarios = sorted((SOURCE / "scenarios").glob("*.yaml"))
    claim(len(scenarios) > 10, f"{len(scenarios)} scenarios are shipped")
    with harness.folder() as place:
        shutil.copytree(SOURCE / "scenarios/policies", Path(place) / "policies")
        for path in scenarios:
            scenario = Path(place) / path.name
            scenario.write_bytes(path.read_bytes())
            _, several = summary_of(path.name, place, "--replications", 2)
            text, one = summary_of(path.name, place)
            for summary in (one, several):
                faults = [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(summary)]
                claim(not faults, f"{path.stem}, {summary['replications']} replications: the schema takes its summary", str(faults[:5]))
            claim(shape(one["summary"]) == shape(several["summary"]) and one.keys() == several.keys(),
                  f"{path.stem}: the keys of one replication are those of several")
            first_limit_is_the_same_everywhere(path.stem, text, one, place)
            thresholds_see_each_limit(scenario, one, place)

        _, changed = summary_of("quickstart.yaml", place, "--set", "fleets.office.instances=20", "--seed", 7, "--until", "1h")
        claim(changed["parameters"] == {"fleets.office.instances": 20, "seed": 7, "until": "1h"},
              "--set, --seed and --until are its parameters", str(changed["parameters"]))
        gap = [row for row in changed["summary"] if row["metric"] == "credential_gap_seconds.max" and not row["labels"]]
        claim([row["value"] for row in gap] == [None], "what had no samples is null", str(gap))
        claim("additionalProperties" in schema and not validator.is_valid({**changed, "schema": 2}), "another version is refused")


if __name__ == "__main__":
    main()
