"""credsim's side: a scenario of one fleet, and the database rows of its run."""

import json
import pathlib
import sqlite3
import subprocess

START = "2026-01-05T08:00:00Z"
MINUTE = 60_000_000
ACCOUNT = "123456789012"
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "appstream.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def scenario(name, workload, *, instances=1, duration="24h", provisioning=None, credentials=None, bucket="unlimited", faults=()):
    """The whole scenario; `workload` is over what all workloads here have."""
    fleet = {
        "name": "fleet", "account": ACCOUNT, "region": "us-east-1", "type": "always_on", "role": "Machine", "subnets": ["10.0.0.0/20"],
        "instances": instances,
        "provisioning": {"boot": {"uniform": ["10m", "11m"]}, "agent": {"after": "boot", "delay": "5s"},
                         "eni": {"after": "boot", "delay": "20s"}, **(provisioning or {})},
        "credentials": credentials or {},
        "workloads": [{"name": "script", "profile": "appstream_machine_role", "wait": {"fixed": "1m"}, **workload}],
    }
    ec2 = {"describe_instances": bucket, "create_network_interface": "unlimited"}
    return {
        "version": 1, "name": name, "start": START, "duration": duration, "seed": 20261130, "series_step": "60s",
        "accounts": [{"id": ACCOUNT, "regions": [{"name": "us-east-1", "ec2": ec2}]}],
        "roles": [{"name": "Machine", "account": ACCOUNT, "trust_policy": TRUST, "policies": [ANYTHING]}],
        "fleets": [fleet], "faults": list(faults),
    }


class Refused(Exception):
    """credsim takes no such scenario."""


class Run:
    """A finished run of `replications`."""

    def __init__(self, program, folder, described, replications=1):
        place = pathlib.Path(folder) / described["name"]
        place.with_suffix(".yaml").write_text(json.dumps(described), encoding="utf-8")
        database = place.with_suffix(".db")
        done = subprocess.run([program, "run", str(place.with_suffix(".yaml")), "--db", str(database), "--force", "--quiet",
                               "--replications", str(replications)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Refused(done.stderr.strip().partition("error: ")[2].splitlines()[0][:90] or f"exit {done.returncode}")
        self._database = sqlite3.connect(database)
        self.runs = [run for run, in self._ask("SELECT run_id FROM run ORDER BY run_id")]

    def instances(self, run=1):
        """(instance_id, boot, network, [(issued, expires)])"""
        credentials = {}
        for instance, issued, expires in self._ask("SELECT instance_id, issued_us, expires_us FROM credential WHERE run_id = ? "
                                                   "ORDER BY sequence", run):
            credentials.setdefault(instance, []).append((issued, expires))
        return [(instance, boot, network, credentials.get(instance, [])) for instance, boot, network in
                self._ask("SELECT instance_id, boot_us, eni_us FROM instance WHERE run_id = ? ORDER BY instance_id", run)]

    def failures(self, run=1):
        """(instance_id, moment, reason, attempts) of each failed call"""
        return self._ask("SELECT instance_id, at_us, reason, attempts FROM failure WHERE run_id = ? AND workload = 'script' "
                         "ORDER BY at_us, instance_id", run)

    def series(self, metric, run=1):
        """(moment, sum over the labels) of a counter, ascending"""
        return self._ask("SELECT at_us, sum(value) FROM timeseries WHERE run_id = ? AND metric = ? GROUP BY at_us ORDER BY at_us",
                         run, metric)

    def total(self, metric, run=1):
        """A counter's value at the end of the run, over all labels"""
        (value,), = self._ask("SELECT coalesce(max(value), 0) FROM summary WHERE run_id = ? AND metric = ? AND labels_json = '{}'",
                              run, metric)
        return value

    def _ask(self, sql, *values):
        return self._database.execute(sql, values).fetchall()
