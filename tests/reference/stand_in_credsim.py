#!/usr/bin/python3
"""A stand-in for credsim, to check compare.py: `run` as compare.py calls it, answered by the reference model with other seeds.

    stand_in_credsim.py run SCENARIO --db FILE --force --replications N --json FILE --audit full --quiet [--choice NAME=VALUE]

`compare.py "stand_in_credsim.py" SCENARIO` must find no difference, and with --choice of a reading that the scenario can
tell apart it must find one.
"""
import argparse
import json
import os
import sqlite3

import reference_model as model

VIEWS = """
CREATE TABLE run(run_id INTEGER, replication INTEGER, status TEXT);
CREATE TABLE instance(run_id, instance_id, resource, provisioned_us, eni_us, boot_us, first_credential_us, terminated_us);
CREATE TABLE credential(run_id, instance_id, sequence, requested_us, issued_us, expires_us, attempts);
CREATE TABLE overlap_window(run_id, instance_id, sequence, opened_us, closed_us, duration_us);
CREATE TABLE credential_gap(run_id, instance_id, sequence, opened_us, closed_us, duration_us, open);
CREATE TABLE failure(run_id, at_us, instance_id, resource, workload, operation, reason, attempts);
CREATE TABLE session(run_id, resource, arrived_us, started_us, ended_us, outcome);
CREATE TABLE summary(run_id, metric, labels_json, value);
CREATE INDEX instance_run ON instance(run_id, resource, instance_id);
"""


def record(database, run_id, simulation):
    def name(instance):
        return f"{instance.fleet.name}/{instance.number}"

    def insert(table, rows):
        rows = [(run_id, *row) for row in rows]
        if rows:
            database.executemany(f"INSERT INTO {table} VALUES({','.join('?' * len(rows[0]))})", rows)

    def summarise(metric, value, **labels):
        insert("summary", [(metric, json.dumps(labels), value)])

    insert("run", [(run_id - 1, "complete")])
    insert("failure", [(at, name(i), i.fleet.name, workload, operation, reason, attempts)
                       for at, i, workload, operation, reason, attempts in simulation.failures])
    for fleet in simulation.fleets:
        resource = fleet.name
        insert("instance", [(name(i), resource, i.provisioned_at, i.first_eni_at, i.first_boot_at,
                             i.credentials[0].issued_at if i.credentials else None, i.terminated_at) for i in fleet.instances])
        insert("credential", [(name(i), k, c.requested_at, c.issued_at, c.expires_at, c.attempts)
                              for i in fleet.instances for k, c in enumerate(i.credentials)])
        insert("overlap_window", [(name(i), k, o, c, c - o) for i, k, o, c in fleet.overlaps])
        insert("credential_gap", [(name(i), k, o, c, c - o, int(opened)) for i, k, o, c, opened in fleet.gaps])
        insert("session", [(resource, s.arrived_at, s.started_at, s.ended_at, s.outcome) for s in fleet.sessions])
        summarise("assume_role_requests_total", fleet.assume_successes, resource=resource, outcome="success")
        summarise("assume_role_requests_total", fleet.assume_attempts - fleet.assume_successes, resource=resource, outcome="failure")
        summarise("sessions_rejected_total", sum(s.outcome == "rejected" for s in fleet.sessions), resource=resource)
        waits = fleet.interface_wait
        summarise("interface_wait_seconds.count", len(waits), resource=resource)
        if waits:
            summarise("interface_wait_seconds.mean", model.mean(waits) / 1e6, resource=resource)
            summarise("interface_wait_seconds.max", max(waits) / 1e6, resource=resource)
        for w in fleet.workloads:
            labels = {"resource": resource, "workload": w.name}
            summarise("api_calls_total", w.succeeded, outcome="success", **labels)
            summarise("api_calls_total", sum(w.failed.values()), outcome="failure", **labels)
            summarise("api_call_attempts_total", w.attempts, **labels)
            summarise("credential_helper_runs_total", w.helper_runs, **labels)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["run"])
    parser.add_argument("scenario")
    parser.add_argument("--db")
    parser.add_argument("--json")
    parser.add_argument("--audit")
    parser.add_argument("--replications", type=int)
    parser.add_argument("--force", action="store_true")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--choice", action="append", default=os.environ.get("STAND_IN_CHOICES", "").split())
    arguments = parser.parse_args()
    model.choose(arguments.choice)
    scenario = model.load(arguments.scenario)
    if os.path.exists(arguments.db):
        os.remove(arguments.db)
    database = sqlite3.connect(arguments.db)
    database.executescript(VIEWS)
    for replication in range(arguments.replications):
        record(database, replication + 1, model.simulate(scenario, os.path.dirname(os.path.abspath(arguments.scenario)),
                                                         scenario["seed"] + 1_000_003, replication))
    database.commit()
    database.close()


if __name__ == "__main__":
    main()
