#!/usr/bin/python3
"""Judges credsim against the reference model: the same scenarios, R replications each, a two-sample test for each count and mean.

    compare.py CREDSIM SCENARIO.yaml ... [--replications 20] [--only REGEX] [--differing]
               [--cache DIR] [--keep DIR]

Runs `CREDSIM run SCENARIO --db T.db --force --replications R --json F --audit full --quiet` in a temporary folder, reads the
public views (one run_id for each replication) and prints a table: both means, z, and OK or DIFFERS. z is the
difference of means in standard errors (both samples' variances), Welch's t put on the normal scale so that few replications
raise no false alarms; a quantity differs beyond 4.5. Without variance on either side they must be equal (1e-6 of slack).
A view or column that is not there counts as a difference. Exit 1 if any differs, 2 if credsim or its database is unusable.

CREDSIM may have arguments of its own ("valgrind build/debug/credsim"). --cache keeps the reference's results between calls.
"""
import argparse
import hashlib
import json
import math
import os
import re
import shlex
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict

import reference_model as model

LIMIT = 4.5
SLACK = 1e-6
ABSENT = "not there"


# ---------------------------------------------------------------------------------------------------------------------
# Quantities: one flat dictionary for each replication; a number, or None for a statistic without samples

def flatten(value, prefix=""):
    if not isinstance(value, dict):
        return {prefix: value}
    flat = {}
    for key, item in value.items():
        flat |= flatten(item, f"{prefix}.{key}" if prefix else key)
    return flat


STATISTICS = {"mean", "min", "max", "p50", "p99"}


def is_count(quantity):
    return quantity.rsplit(".", 1)[1] not in STATISTICS


def reference_replication(scenario_path, replication):
    """One replication of the reference model, as quantities."""
    scenario = model.load(scenario_path)
    directory = os.path.dirname(os.path.abspath(scenario_path))
    results = model.results(model.simulate(scenario, directory, None, replication))
    for fleet in results.values():
        fleet["sessions"]["ended"] = fleet["sessions"].pop("completed") + fleet["sessions"].pop("lost")
    return flatten(results)


def cached_replication(scenario_path, replication, cache):
    """The same, kept in the folder `cache`, if there is one, until the model, the scenario or Python changes."""
    if not cache:
        return reference_replication(scenario_path, replication)
    key = hashlib.sha256()
    for path in (scenario_path, model.__file__):
        with open(path, "rb") as data:
            key.update(data.read())
    key.update(json.dumps([replication, sys.version]).encode())
    kept = os.path.join(cache, key.hexdigest() + ".json")
    if os.path.exists(kept):
        with open(kept, encoding="utf-8") as data:
            return json.load(data)
    found = reference_replication(scenario_path, replication)
    os.makedirs(cache, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=cache, delete=False) as data:
        json.dump(found, data)
    os.replace(data.name, kept)
    return found


class Database:
    """credsim's database, one replication at a time, as the reference's dictionary."""

    def __init__(self, path):
        self.connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.views = {}

    def columns(self, view):
        if view not in self.views:
            try:
                self.views[view] = [c[0] for c in self.connection.execute(f"SELECT * FROM {view} LIMIT 0").description]
            except sqlite3.OperationalError:
                self.views[view] = []
        return self.views[view]

    def column(self, view, *names):
        """The first of these columns that the view has."""
        return next((n for n in names if n in self.columns(view)), None)

    def rows(self, query, *arguments):
        return self.connection.execute(query, arguments).fetchall()

    def run_ids(self):
        return [r[0] for r in self.rows("SELECT run_id FROM run WHERE status = 'complete' ORDER BY replication, run_id")]

    def summary(self, run, metric):
        """[(labels, value)] of a metric."""
        return [(json.loads(labels or "{}"), value) for labels, value in
                self.rows("SELECT labels_json, value FROM summary WHERE run_id = ? AND metric = ?", run, metric)]

    def quantities(self, run, resources):
        found = {name: self.resource(run, name) for name in resources}
        for name, workloads in resources.items():
            found[name]["workloads"] = {w: self.workload(run, name, w) for w in workloads}
        return flatten(found)

    def resource(self, run, name):
        instances = self.rows("SELECT instance_id, provisioned_us, eni_us, first_credential_us, terminated_us FROM instance"
                              " WHERE run_id = ? AND resource = ? AND provisioned_us IS NOT NULL", run, name)
        of_resource = "instance_id IN (SELECT instance_id FROM instance WHERE run_id = ?1 AND resource = ?2)"
        issued, attempts = self.rows(f"SELECT count(*), avg(attempts) FROM credential WHERE run_id = ?1 AND {of_resource}",
                                     run, name)[0]
        overlaps = [r[0] for r in self.rows(
            f"SELECT duration_us FROM overlap_window WHERE run_id = ?1 AND {of_resource}", run, name)]
        gaps = self.rows(f"SELECT duration_us, open, instance_id FROM credential_gap WHERE run_id = ?1 AND {of_resource}",
                         run, name)
        provisioning = Counter(dict(self.rows(
            "SELECT reason, count(*) FROM failure WHERE run_id = ? AND resource = ? AND workload IS NULL"
            " AND reason IN ('subnet_exhausted', 'interface_quota', 'instance_quota') GROUP BY reason", run, name)))
        refused = Counter(dict(self.rows(
            "SELECT reason, count(*) FROM failure WHERE run_id = ? AND resource = ? AND workload IS NULL"
            " AND operation = 'sts:AssumeRole' GROUP BY reason", run, name)))
        requests = [(labels, v) for labels, v in self.summary(run, "assume_role_requests_total")
                    if labels.get("resource") == name and not labels.get("workload")]
        return {
            "instances_provisioned": len(instances),
            "instances_terminated": sum(i[4] is not None for i in instances),
            "provisioning_failures": dict(provisioning),
            "assume_role": {
                "attempts": sum(v for _, v in requests),
                "successes": sum(v for labels, v in requests if str(labels.get("outcome", "")).startswith(("succ", "ok"))),
                "failures": dict(refused)},
            "credentials_issued": issued,
            "credential_attempts": {"mean": attempts},
            "overlaps": {"count": len(overlaps), "mean": model.seconds(model.mean(overlaps)),
                         "min": model.seconds(min(overlaps, default=None)), "max": model.seconds(max(overlaps, default=None))},
            "gaps": {"count": len(gaps), "sum": model.seconds(sum(g[0] for g in gaps)),
                     "max": model.seconds(max((g[0] for g in gaps), default=None)), "open": sum(bool(g[1]) for g in gaps)},
            "instances_with_gap": len({g[2] for g in gaps}),
            "first_credential": model.spread_of([i[3] - i[1] for i in instances if i[3] is not None]),
            "network_ready": model.spread_of([i[2] - i[1] for i in instances if i[2] is not None]),
            "interface_wait": {s: self.histogram(run, "interface_wait_seconds", name, s) for s in ("count", "mean", "max")},
            "sessions": self.sessions(run, name),
        }

    def histogram(self, run, metric, resource, statistic):
        values = [v for labels, v in self.summary(run, f"{metric}.{statistic}") if labels.get("resource") == resource]
        if statistic == "count":
            return sum(values)
        return values[0] if values else None

    def sessions(self, run, name):
        """The session view's columns are not spelt out; these are the names that one would expect."""
        empty = {"arrived": 0, "rejected": 0, "started": 0, "ended": 0}
        arrived = self.column("session", "arrived_us", "requested_us", "arrival_us")
        started = self.column("session", "started_us", "start_us")
        ended = self.column("session", "ended_us", "end_us", "completed_us", "finished_us")
        outcome = self.column("session", "outcome", "state", "status", "reason", "rejected")
        if not (arrived and started and ended and "resource" in self.columns("session")):
            return dict.fromkeys(empty, ABSENT)
        for start, end, word in self.rows(
                f"SELECT {started}, {ended}, {outcome or 'NULL'} FROM session WHERE run_id = ? AND resource = ?", run, name):
            empty["arrived"] += 1
            empty["started"] += start is not None
            empty["ended"] += start is not None and end is not None and word != "active"
            if word is not None and start is None:
                empty["rejected"] += word in (1, "rejected", "insufficient_capacity")
        rejected = sum(v for labels, v in self.summary(run, "sessions_rejected_total") if labels.get("resource") == name)
        if not outcome:
            empty["rejected"] = rejected
        elif rejected != empty["rejected"]:
            print(f"note: {name}: {empty['rejected']} rejected sessions are rows, sessions_rejected_total says {rejected:g}")
        return empty

    def workload(self, run, resource, workload):
        def of_it(metric):
            return [(labels, v) for labels, v in self.summary(run, metric)
                    if labels.get("resource") == resource and labels.get("workload") == workload]
        calls = of_it("api_calls_total")
        return {
            "succeeded": sum(v for labels, v in calls if str(labels.get("outcome", "")).startswith(("succ", "ok"))),
            "failed": dict(self.rows("SELECT reason, count(*) FROM failure WHERE run_id = ? AND resource = ? AND workload = ?"
                                     " GROUP BY reason", run, resource, workload)),
            "failed_attempts": {"mean": self.rows("SELECT avg(attempts) FROM failure WHERE run_id = ? AND resource = ?"
                                                  " AND workload = ?", run, resource, workload)[0][0]},
            "attempts": sum(v for _, v in of_it("api_call_attempts_total")),
            "helper_runs": sum(v for _, v in of_it("credential_helper_runs_total")),
        }


def credsim_quantities(command, scenario_path, replications, folder):
    scenario = model.load(scenario_path)
    resources = {f["name"]: [w["name"] for w in f.get("workloads", [])]
                 for f in (scenario.get("fleets") or []) + (scenario.get("image_builders") or [])}
    base = os.path.join(folder, os.path.splitext(os.path.basename(scenario_path))[0])
    arguments = shlex.split(command) + ["run", os.path.abspath(scenario_path), "--db", base + ".db", "--force",
                                        "--replications", str(replications), "--json", base + ".json",
                                        "--audit", "full", "--quiet"]
    done = subprocess.run(arguments, capture_output=True, text=True)
    if done.returncode not in (0, 3):
        sys.stderr.write(f"{' '.join(arguments)}: exit {done.returncode}\n{done.stderr}")
        raise SystemExit(2)
    try:
        database = Database(base + ".db")
        runs = database.run_ids()
        if len(runs) != replications:
            sys.stderr.write(f"{base}.db has {len(runs)} complete runs of {replications}\n")
            raise SystemExit(2)
        return [database.quantities(run, resources) for run in runs]
    except sqlite3.Error as error:
        sys.stderr.write(f"{base}.db: {error}\n")
        raise SystemExit(2) from error


# ---------------------------------------------------------------------------------------------------------------------
# The test

def moments(samples):
    mean = sum(samples) / len(samples)
    variance = sum((s - mean) ** 2 for s in samples) / (len(samples) - 1) if len(samples) > 1 else 0.0
    return mean, variance / len(samples)


def normal_score(t, freedom):
    """The normal deviate with (nearly) the tail of Student's t: D. L. Wallace's approximation, 1959."""
    return (8 * freedom + 1) / (8 * freedom + 3) * math.sqrt(freedom * math.log1p(t * t / freedom))


def judge(quantity, ours, theirs):
    """(mean of the reference, mean of credsim, z, verdict), or None where neither has anything."""
    if any(v == ABSENT for v in theirs):
        return None, None, None, "DIFFERS: " + ABSENT
    if is_count(quantity):
        ours, theirs = ([v or 0 for v in side] for side in (ours, theirs))
        if not any(ours) and not any(theirs):
            return None
    else:
        ours, theirs = ([v for v in side if v is not None] for side in (ours, theirs))
    if not ours and not theirs:
        return None
    if not ours or not theirs:
        side = ours or theirs
        mean = moments(side)[0]
        pair = (mean, None) if ours else (None, mean)
        return *pair, None, "DIFFERS: one side has no samples" if len(side) > 2 else "OK"
    (a, a_error), (b, b_error) = moments(ours), moments(theirs)
    error = math.sqrt(a_error + b_error)
    if abs(a - b) <= SLACK:
        return a, b, 0.0, "OK"
    z = math.copysign(math.inf, b - a)
    if error > 0:
        t = (b - a) / error
        freedom = error ** 4 / sum(e ** 2 / max(1, len(s) - 1) for e, s in ((a_error, ours), (b_error, theirs)))
        z = math.copysign(normal_score(abs(t), freedom), t)
    return a, b, z, "OK" if abs(z) <= LIMIT else "DIFFERS"


def number(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1e6 else f"{value:,.6g}"


def compare(command, scenario_path, arguments, folder):
    theirs = credsim_quantities(command, scenario_path, arguments.replications, folder)
    ours = [cached_replication(scenario_path, r, arguments.cache) for r in range(arguments.replications)]
    quantities = dict.fromkeys(q for side in (ours, theirs) for replication in side for q in replication)
    # keep a fleet's quantities together, whichever side brought them in
    order = defaultdict(list)
    for q in quantities:
        order[q.split(".")[0]].append(q)
    print(f"\n{scenario_path}: {arguments.replications} replications")
    print(f"  {'quantity':<62} {'reference':>14} {'credsim':>14} {'z':>8}")
    judged = differing = 0
    for q in (q for group in order.values() for q in group):
        if arguments.only and not re.search(arguments.only, q):
            continue
        result = judge(q, [r.get(q) for r in ours], [r.get(q) for r in theirs])
        if result is None:
            continue
        a, b, z, verdict = result
        judged += 1
        differing += verdict != "OK"
        if verdict != "OK" or not arguments.differing:
            shown = "–" if z is None else f"{z:.2f}"
            print(f"  {q:<62} {number(a):>14} {number(b):>14} {shown:>8}  {verdict}")
    print(f"  {judged} quantities, {differing} differ")
    return differing


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("credsim")
    parser.add_argument("scenarios", nargs="+")
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--only", metavar="REGEX", help="judge only the quantities that match")
    parser.add_argument("--differing", action="store_true", help="print only what differs")
    parser.add_argument("--cache", metavar="DIR", help="keep the reference's results here")
    parser.add_argument("--keep", metavar="DIR", help="keep credsim's databases here")
    arguments = parser.parse_args()
    differing = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or temporary
        os.makedirs(folder, exist_ok=True)
        for scenario in arguments.scenarios:
            differing += compare(arguments.credsim, scenario, arguments, folder)
            sys.stdout.flush()
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
