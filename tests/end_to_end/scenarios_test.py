#!/usr/bin/env python3
"""Every shipped scenario still gives its expected summary: expected/NAME.json, value by value.

After a deliberate change of the model or of a scenario, from the repository's root:
    CREDSIM=build/release/credsim python3 -B tests/end_to_end/scenarios_test.py --update
Names as further arguments run only those."""

import argparse
import json
import math
import os
from pathlib import Path

import program_harness as harness
from program_harness import claim, fail

HERE = Path(__file__).resolve().parent
SOURCE = Path(os.environ.get("CREDSIM_SOURCE") or HERE.parent.parent)
SCENARIOS = SOURCE / "scenarios"
EXPECTED = HERE / "expected"

# Too large for a test: the same scenario with fewer instances, without rows.
SMALLER = {"million-instances": ["--set", "fleets.everybody.instances=20000", "--audit", "aggregate"]}
# Sums of floating-point numbers; everything else is a whole number, and exact.
RELATIVE_TOLERANCE = 1e-9
# That many differences tell the story.
SHOWN_DIFFERENCES = 25


def simulate(scenario, place):
    arguments = ["run", scenario, "--db", "run.db", "--json", "run.json", "--quiet", *SMALLER.get(scenario.stem, [])]
    done = harness.run(*arguments, cwd=place)
    if done.returncode not in (0, 3):
        fail(f"{scenario.name} ends with {done.returncode}: {done.stdout}{done.stderr}")
    summary = json.loads((Path(place) / "run.json").read_text(encoding="utf-8"))
    return outcome(done.returncode, summary)


def series_name(entry):
    labels = ",".join(f"{key}={value}" for key, value in sorted(entry["labels"].items()))
    return f"{entry['metric']}{{{labels}}}" if labels else entry["metric"]


def outcome(exit_code, summary):
    """What is compared, flat: each value under a name that a reader of the difference understands."""
    flat = {"exit_code": exit_code, "status": summary["status"], "audit.rows": summary["audit"]["rows"]}
    for key, value in (summary["first_limit"] or {}).items():
        flat[f"first_limit.{key}"] = value
    for severity, count in summary["findings"].items():
        flat[f"findings.{severity}"] = count
    for threshold in summary["thresholds"]:
        flat[f"threshold {threshold['expression']} passed"] = threshold["passed"]
        flat[f"threshold {threshold['expression']} observed"] = threshold["observed"]
    for limit in summary["limits"]:
        for key in ("capacity_1s", "capacity_60s", "peak_1s", "peak_60s", "first_refused_us", "refused"):
            flat[f"limit {limit['limit']} {key}"] = limit[key]
    for entry in summary["summary"]:
        name = series_name(entry)
        if name in flat:
            fail(f"two values are called {name}")
        flat[name] = entry["value"]
    return flat


def same(expected, actual):
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (expected, actual))
    if numbers and (isinstance(expected, float) or isinstance(actual, float)):
        return math.isclose(expected, actual, rel_tol=RELATIVE_TOLERANCE)
    return type(expected) is type(actual) and expected == actual


def differences(expected, actual):
    found = []
    for name in [*expected, *(name for name in actual if name not in expected)]:
        if name not in actual:
            found.append(f"{name}: expected {expected[name]}, is gone")
        elif name not in expected:
            found.append(f"{name}: {actual[name]} is new")
        elif not same(expected[name], actual[name]):
            found.append(f"{name}: expected {expected[name]}, is {actual[name]}")
    return found


def expectation_file(name):
    return EXPECTED / f"{name}.json"


def compare(name, actual):
    path = expectation_file(name)
    if not path.exists():
        return [f"{path} is missing; make it with --update"]
    return differences(json.loads(path.read_text(encoding="utf-8")), actual)


def update(name, actual):
    EXPECTED.mkdir(exist_ok=True)
    changed = compare(name, actual) if expectation_file(name).exists() else None
    expectation_file(name).write_text(json.dumps(actual, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    told = "new" if changed is None else f"{len(changed)} of {len(actual)} values changed"
    print(f"  {name}: {told}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--update", action="store_true", help="writes what the scenarios give now as what is expected")
    options = parser.parse_args()

    harness.PROGRAM = harness.PROGRAM and str(Path(harness.PROGRAM).resolve())
    harness.need_program()
    scenarios = sorted(SCENARIOS.glob("*.yaml"))
    known = {scenario.stem for scenario in scenarios}
    claim(known, f"there are {len(known)} scenarios in {SCENARIOS}")
    unknown = sorted(set(options.names) - known)
    claim(not unknown, "the scenarios asked for exist", f"not {unknown}")

    broken = []
    for scenario in scenarios:
        if options.names and scenario.stem not in options.names:
            continue
        with harness.folder() as place:
            actual = simulate(scenario, place)
        if options.update:
            update(scenario.stem, actual)
            continue
        found = compare(scenario.stem, actual)
        print(f"  {'FAILED' if found else 'ok'}: {scenario.stem}, {len(actual)} values", flush=True)
        for line in found[:SHOWN_DIFFERENCES]:
            print(f"      {line}", flush=True)
        if len(found) > SHOWN_DIFFERENCES:
            print(f"      and {len(found) - SHOWN_DIFFERENCES} more", flush=True)
        if found:
            broken.append(scenario.stem)

    if not options.update:
        orphans = sorted({path.stem for path in EXPECTED.glob("*.json")} - known)
        claim(not orphans, "each expectation has its scenario", f"not {orphans}")
        claim(not broken, "every scenario gives its expected summary", f"{', '.join(broken)}; deliberate? --update")


if __name__ == "__main__":
    main()
