#!/usr/bin/env python3
"""Watches runs while they go on: what is scraped equals the database, whatever happens to pace, clients and port."""

import concurrent.futures
import ctypes
import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import live_harness as live
import program_harness as harness
from live_harness import Run, simulated, total
from program_harness import claim, query

# Fast enough that two hours pass while a test asks, slow enough to be asked in between.
BRISK = "600"
# The series' step: what the database keeps a sample of.
STEP_SECONDS = 60

# What the contract promises, with the labels that each may have beside account, region and resource.
PROMISED = {
    "assume_role_requests_total": "outcome", "assume_role_failures_total": "reason", "credentials_issued_total": "",
    "credentials_live": "", "instances": "state", "instances_without_credential": "", "oldest_live_credential_seconds": "",
    "credential_overlap_seconds_bucket": "le", "credential_gap_seconds_bucket": "le", "first_credential_seconds_bucket": "le",
    "network_ready_seconds_bucket": "le", "interface_wait_seconds_bucket": "le",
    "api_calls_total": "workload operation outcome", "api_call_attempts_total": "workload operation",
    "api_call_failures_total": "workload operation reason", "credential_helper_runs_total": "workload",
    "bucket_tokens": "bucket", "sessions": "state", "sessions_rejected_total": "", "fault_active": "kind name",
    "simulation_time_seconds": "", "simulation_speed_ratio": "", "events_total": "", "pending_events": "",
    "audit_rows_total": "table", "audit_queue_depth": "", "build_info": "version",
}
PLACE = {"account", "region", "resource"}


def shows_what_was_promised():
    with harness.folder() as place, Run(place, "--speed", BRISK) as run:
        run.scrape_until(lambda samples: total(samples, "credsim_sessions_rejected_total") > 0, "a session is rejected")
        text = run.text()
        lint = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True, check=False)
        claim(lint.returncode == 0 and lint.stdout + lint.stderr == "", "promtool check metrics has nothing to say",
              lint.stdout + lint.stderr)
        samples = live.parse(text)
        seen = {}
        for name, labels in samples:
            seen.setdefault(name, set()).update(label for label, _ in labels)
        missing = [name for name in PROMISED if "credsim_" + name not in seen]
        claim(not missing, f"all of the {len(PROMISED)} promised metrics are there", f"missing: {missing}")
        for name, labels in PROMISED.items():
            strange = seen["credsim_" + name] - PLACE - set(labels.split())
            claim(not strange, f"credsim_{name} has no label that it should not", f"{sorted(strange)}")


def has_no_more_series_for_more_instances():
    def series(instances):
        with harness.folder() as place, Run(place, text=live.scenario(instances=instances), *("--speed", BRISK)) as run:
            return set(run.scrape_until(lambda samples: simulated(samples) > 600, "ten minutes are over"))

    few, many = series(5), series(50)
    claim(few == many, f"5 instances a fleet and 50 have the same {len(few)} series", f"differ: {list(few ^ many)[:5]}")


def equals_the_database():
    with harness.folder() as place, Run(place, "--speed", BRISK) as run:
        # Some steps of the series, each as it is met, and some moments between.
        scraped = {}
        while len(scraped) < 12:
            samples = run.scrape()
            if simulated(samples) > 0:
                scraped[round(simulated(samples) * 1e6)] = samples
        run.stop(signal.SIGINT)
        at_steps = {at: samples for at, samples in scraped.items() if at % (STEP_SECONDS * 1_000_000) == 0}
        claim(bool(at_steps), f"{len(at_steps)} of {len(scraped)} scrapes are of a step of the series")
        for at, samples in at_steps.items():
            different, compared = [], 0
            stored = query(run.database, f"select metric, labels_json, value from timeseries where at_us = {at}")
            for metric, labels, value in stored:
                compared += 1
                shown = samples.get(("credsim_" + metric, tuple(sorted(json.loads(labels).items()))))
                if shown != value:
                    different.append((metric, labels, value, shown))
            claim(not different and compared > 150, f"all {compared} series of {at // 1_000_000} s are as scraped",
                  f"{different[:3]}")
            known = {("credsim_" + metric, tuple(sorted(json.loads(labels).items()))) for metric, labels, _ in stored}
            of_others = ("credsim_simulation_speed", "credsim_simulation_target", "credsim_audit", "credsim_build", "exposer_")
            unknown = [key for key, value in samples.items() if value != 0 and key not in known
                       and not key[0].startswith(of_others) and ("le", "+Inf") not in key[1]]
            claim(not unknown, "and nothing else is scraped but zeros", f"{unknown[:3]}")
        for at, samples in scraped.items():
            claim_equal_rows(run.database, at, samples)


def claim_equal_rows(database, at, samples):
    """The rows themselves, at any moment: not only what was sampled of them."""
    def rows(sql):
        return query(database, sql.format(at=at))[0][0]

    pairs = {
        "credentials issued": (total(samples, "credsim_credentials_issued_total"),
                               rows("select count(*) from credential where issued_us < {at}")),
        "credentials live": (total(samples, "credsim_credentials_live"),
                             rows("select count(*) from credential where issued_us < {at} and expires_us > {at}")),
        "refused attempts": (total(samples, "credsim_assume_role_failures_total"),
                             rows("select count(*) from failure where operation = 'sts:AssumeRole' and at_us < {at}")),
        # Others are known to have failed only when their attempt has timed out, or their last retry.
        "throttled calls": (total(samples, "credsim_api_call_failures_total", workload="setup", reason="throttled"),
                            rows("select count(*) from failure where workload = 'setup' and reason = 'throttled' and at_us < {at}")),
        "rejected sessions": (total(samples, "credsim_sessions_rejected_total"),
                              rows("select count(*) from failure where reason = 'insufficient_capacity' and at_us < {at}")),
        "gaps": (total(samples, "credsim_credential_gap_seconds_count"),
                 rows("select count(*) from credential_gap where closed_us < {at} and not open")),
        "overlaps of at most three minutes": (
            total(samples, "credsim_credential_overlap_seconds_bucket", le="180"),
            rows("select count(*) from overlap_window where opened_us < {at} and duration_us <= 180000000")),
    }
    wrong = {what: pair for what, pair in pairs.items() if pair[0] != pair[1]}
    claim(not wrong, f"at {at / 1e6:g} s the scrape agrees with the rows", f"(scraped, rows): {wrong}")


def keeps_the_same_rows():
    def rows(database):
        views = ("instance", "credential", "credential_gap", "failure", "session", "timeseries", "limit_headroom", "summary")
        return {view: sorted(map(repr, query(database, f"select * from {view}"))) for view in views}

    with harness.folder() as place, Run(place, "--speed", "5000") as run:
        run.say("speed 20000")
        run.say("speed max")
        run.process.communicate(timeout=harness.DEADLINE_SECONDS)
        claim(run.process.returncode == 0, "a watched run ends with 0")
        watched = rows(run.database)
        alone = Path(place) / "alone.db"
        harness.run("run", "watched.yaml", "--db", alone, "--quiet", "--threads", "1", cwd=place)
        other = rows(alone)
        different = [view for view in watched if watched[view] != other[view]]
        claim(not different, "its rows are those of a run that nobody watched", f"different: {different}")


def can_be_paused():
    with harness.folder() as place, Run(place, "--speed", BRISK) as run:
        run.scrape_until(lambda samples: simulated(samples) > 60, "a minute is over")
        claim(run.say("pause") == "credsim run: paused\n", "it says that it is paused")
        target = ("credsim_simulation_target_speed_ratio", ())
        speed = ("credsim_simulation_speed_ratio", ())
        paused = run.scrape_until(lambda samples: samples[target] == 0, "the target is 0")
        slower = run.scrape_until(lambda samples: samples[speed] == 0, "the speed is 0")
        claim(simulated(paused) == simulated(slower), "simulated time stands still")
        claim(run.say("speed 5000") == "credsim run: speed 5000\n", "it says its speed")
        claim(run.say("  resume ") == "credsim run: goes on\n", "it says that it goes on")
        run.scrape_until(lambda samples: samples[target] == 5000, "the target is the new speed")
        run.scrape_until(lambda samples: simulated(samples) > simulated(paused), "time goes on")
        claim("changes nothing" in run.say("speed -1"), "it says when a line means nothing")
        claim("changes nothing" in run.say("x" * 100_000), "however long it is")
        run.say("speed max")
        output, _ = run.process.communicate(timeout=harness.DEADLINE_SECONDS)
        claim(run.process.returncode == 0 and "2 h simulated" in output, "and goes on to its end", output)


def survives_its_clients():
    with harness.folder() as place, Run(place, "--speed", BRISK) as run:
        deaf = [socket.create_connection(("127.0.0.1", run.port)) for _ in range(3)]
        for client in deaf:
            client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 50)  # and never reads
        with socket.create_connection(("127.0.0.1", run.port)) as rude:
            rude.sendall(os.urandom(4096) + b"\r\n\r\n")
            rude.settimeout(harness.DEADLINE_SECONDS)
            try:
                answer = rude.recv(4096)
            except ConnectionResetError:
                answer = b""
            claim(b"200 OK" not in answer, "what is not HTTP is no success")
        with socket.create_connection(("127.0.0.1", run.port)) as other:
            other.sendall(b"GET /elsewhere HTTP/1.0\r\n\r\n")
            claim(b" 404 " in other.recv(4096), "another page is not found")
        before = simulated(run.scrape())
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(lambda _: run.scrape(), range(10)))
        claim(all(simulated(samples) >= before for samples in answers), "ten scrapes at once are answered")
        run.scrape_until(lambda samples: simulated(samples) > before + 300, "five more minutes are over")
        for client in deaf:
            client.close()
        output, _ = run.stop(signal.SIGINT)
        claim(run.process.returncode == 130, "and SIGINT ends it cleanly")
        claim("interrupted after" in output and query(run.database, "select status from run") == [("interrupted",)],
              "with what it has", output)
        harness.claim_sound_database(run.database)


def is_stopped_while_paused():
    with harness.folder() as place, Run(place, "--speed", "1") as run:
        run.say("pause")
        run.stop(signal.SIGTERM)
        claim(run.process.returncode == 143, "SIGTERM ends a paused run")


def refuses_before_anything_is_written():
    def refused(place, code, text, *arguments):
        done = harness.run("run", "watched.yaml", *arguments, cwd=place)
        claim(done.returncode == code and text in done.stderr, f"{' '.join(arguments)} is refused: {text}", done.stderr)
        claim(not (Path(place) / "watched.db").exists(), "and no database is made")

    with harness.folder() as place, socket.socket() as taken:
        (Path(place) / "watched.yaml").write_text(live.scenario(), encoding="utf-8")
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = f"127.0.0.1:{taken.getsockname()[1]}"
        refused(place, 1, f"cannot listen on {busy}: Address already in use", "--metrics-address", busy)
        refused(place, 1, "Cannot assign requested address", "--metrics-address", "192.0.2.1:9464")
        for address in ("127.0.0.1", "example.org:9464", "127.0.0.1:70000", "::1:9464", "[::1:9464"):
            refused(place, 2, "is no address", "--metrics-address", address)
        for speed in ("0", "-1", "fast", "1e400", "nan", "60x", "inf"):
            refused(place, 2, "is not possible", "--speed", speed)
        refused(place, 2, "follow one run", "--speed", "60", "--replications", "2")


def listens_where_it_is_told():
    for address, said in (("0.0.0.0:0", "http://0.0.0.0:"), ("localhost:0", "http://127.0.0.1:"), (":0", "http://127.0.0.1:"), ("0", "http://127.0.0.1:")):
        with harness.folder() as place:
            (Path(place) / "watched.yaml").write_text(live.scenario(duration="1m"), encoding="utf-8")
            done = harness.run("run", "watched.yaml", "--metrics-address", address, cwd=place)
            everybody = "for everybody who reaches this machine" in done.stderr
            claim(done.returncode == 0 and said in done.stderr, f"{address} is {said}", done.stderr)
            claim(everybody == address.startswith("0.0.0.0"), "it says so if others can connect")


def listens_on_ipv6_where_its_library_does():
    ipv6 = 8
    knows = ctypes.CDLL("libcivetweb.so.1").mg_check_feature(ipv6) != 0
    said = "metrics at http://[::1]:" if knows else "listens on IPv4 addresses only; choose another --metrics-address"
    with harness.folder() as place:
        (Path(place) / "watched.yaml").write_text(live.scenario(duration="1m"), encoding="utf-8")
        done = harness.run("run", "watched.yaml", "--metrics-address", "[::1]:0", cwd=place)
        claim(said in done.stderr and done.returncode == (0 if knows else 1), f"[::1]:0: {said}", done.stderr)
        claim((Path(place) / "watched.db").exists() == knows, "and a database is made only where it listens")


def main():
    harness.need_program()
    shows_what_was_promised()
    has_no_more_series_for_more_instances()
    equals_the_database()
    keeps_the_same_rows()
    can_be_paused()
    survives_its_clients()
    is_stopped_while_paused()
    refuses_before_anything_is_written()
    listens_where_it_is_told()
    listens_on_ipv6_where_its_library_does()


if __name__ == "__main__":
    main()
