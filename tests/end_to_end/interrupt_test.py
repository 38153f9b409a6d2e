#!/usr/bin/env python3
"""Stops long runs by signals: what was simulated is committed, marked and consistent; the exit code tells the signal."""

import signal
import subprocess
from pathlib import Path

import program_harness as harness
from program_harness import claim, query

# Minutes of work for any machine: no run ends by itself before its signal.
LONG = harness.busy_scenario(duration="60d", instances=20000)


def ignore_interrupts():
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def block_interrupts():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def start(place, *arguments, **options):
    harness.write_scenario(place, LONG)
    words = [harness.PROGRAM, "run", "busy.yaml", *arguments]
    return subprocess.Popen(words, cwd=place, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **options)


def has_rows(database):
    return lambda: harness.poll(database, "select 1 from credential limit 1") != []


def stop_by(number, code, **options):
    with harness.folder() as place:
        database = Path(place) / "busy.db"
        process = start(place, **options)
        harness.wait_until(has_rows(database), process, "credentials are committed")
        process.send_signal(number)
        output, errors = process.communicate(timeout=harness.DEADLINE_SECONDS)
        claim(process.returncode == code, f"the exit code is {code}", f"{process.returncode}: {errors}")
        claim(errors == "", "nothing is said on stderr", errors)
        claim("interrupted after" in output, "the summary says that the run was interrupted", output)
        claim(query(database, "select status from run") == [("interrupted",)], "the run is marked interrupted")
        issued = query(database, "select value from summary where metric = 'credentials_issued_total' and run_id = 1 "
                                 "and labels_json = '{}'")[0][0]
        rows = query(database, "select count(*) from credential")[0][0]
        claim(issued == rows > 0, f"the summary's {issued:.0f} credentials are the {rows} rows")
        harness.claim_sound_database(database)
        claim(not Path(f"{database}-wal").exists(), "the database is one file")


def stop_as_soon_as_there_is_a_file():
    with harness.folder() as place:
        database = Path(place) / "busy.db"
        process = start(place)
        harness.wait_until(database.exists, process, "the database exists")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=harness.DEADLINE_SECONDS)
        claim(process.returncode == 130, "the exit code is 130", f"{process.returncode}: {errors}")
        claim("complete" not in {row[0] for row in query(database, "select status from run")}, "no run says complete")
        harness.claim_sound_database(database)


def stop_among_replications():
    with harness.folder() as place:
        database = Path(place) / "busy.db"
        process = start(place, "--until", "6h", "--set", "fleets.fleet-us-east-1.instances=50", "--set",
                        "fleets.fleet-eu-west-1.instances=50", "--replications", "100000", "--threads", "2")
        complete = "select 1 from run where status = 'complete'"
        harness.wait_until(lambda: len(harness.poll(database, complete)) > 1, process, "two replications are complete")
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=harness.DEADLINE_SECONDS)
        claim(process.returncode == 143, "the exit code is 143", f"{process.returncode}: {errors}")
        claim("of 100,000 replications are complete" in output, "the summary is over the complete ones", output)
        statuses = {row[0] for row in query(database, "select distinct status from run")}
        claim("complete" in statuses and statuses <= {"complete", "interrupted"}, f"the runs are {sorted(statuses)}")
        ordered = query(database, "select count(*) from run where run_id <> replication + 1")
        claim(ordered == [(0,)], "every run_id is its replication + 1")
        harness.claim_sound_database(database)


def kill():
    with harness.folder() as place:
        database = Path(place) / "busy.db"
        process = start(place)
        harness.wait_until(has_rows(database), process, "credentials are committed")
        process.kill()
        process.communicate(timeout=harness.DEADLINE_SECONDS)
        claim(process.returncode == -signal.SIGKILL, "the program was killed")
        harness.claim_sound_database(database)
        claim(query(database, "select status from run") == [("running",)], "the run says running, not complete")
        claim(query(database, "select count(*) from credential")[0][0] > 0, "committed rows are there")


def main():
    harness.need_program()
    print("SIGINT commits, marks and exits 130")
    stop_by(signal.SIGINT, 130)
    print("SIGTERM commits, marks and exits 143")
    stop_by(signal.SIGTERM, 143)
    print("an inherited ignored SIGINT (a shell's &) is set back")
    stop_by(signal.SIGINT, 130, preexec_fn=ignore_interrupts)
    print("an inherited blocked SIGINT is set back")
    stop_by(signal.SIGINT, 130, preexec_fn=block_interrupts)
    print("SIGINT before anything is simulated")
    stop_as_soon_as_there_is_a_file()
    print("SIGTERM among replications")
    stop_among_replications()
    print("SIGKILL leaves a database that opens")
    kill()


if __name__ == "__main__":
    main()
