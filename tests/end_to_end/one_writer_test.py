#!/usr/bin/env python3
"""One run at a time writes a database: of many that start at once, those that end with 0 are those whose rows are there."""

import os
import resource
import subprocess
from pathlib import Path

import program_harness as harness
from program_harness import claim, query, run

STARTS = 20
BEING_WRITTEN = "credsim run: error: busy.db is being written by another credsim; wait for its end, or choose another name\n"


def start(place, seed, *words):
    # It waits for a line, so that no run ends before the last one has started.
    return subprocess.Popen([harness.PROGRAM, "run", "busy.yaml", "--quiet", "--speed", "0.001", "--seed", str(seed), *words], cwd=place,
                            text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def start_many(place, *words):
    """Starts runs with the seeds from 1 on at once, and lets go on who was not refused. Returns the seeds of those that ended with 0."""
    processes = {seed: start(place, seed, *words) for seed in range(1, STARTS + 1)}

    def refused():
        return sum(process.poll() is not None for process in processes.values())

    harness.wait_for(lambda: refused() >= STARTS - 1, "all but one are refused")
    ended = []
    for seed, process in processes.items():
        _, errors = process.communicate("speed max\n" if process.poll() is None else None, timeout=harness.DEADLINE_SECONDS)
        if process.returncode == 0:
            ended.append(seed)
        else:
            claim(process.returncode == 1 and errors == BEING_WRITTEN, f"start {seed} is refused with one message", f"{process.returncode}: {errors}")
    return ended


def many_starts_at_once():
    with harness.folder() as name:
        place = Path(name)
        harness.write_scenario(place, harness.busy_scenario(duration="1h", instances=5))
        for words in ((), ("--force",)):
            ended = start_many(place, *words)
            claim(len(ended) == 1, f"one of {STARTS} starts {' '.join(words)} ends with 0", str(ended))
            claim(query(place / "busy.db", "select seed, status from run") == [(ended[0], "complete")], "and its rows are in the database")
            claim(sorted(path.name for path in place.iterdir()) == ["busy.db", "busy.yaml"], "nothing else is left behind")


def a_run_that_goes_on_keeps_its_database():
    with harness.folder() as name:
        place = Path(name)
        harness.write_scenario(place, harness.busy_scenario(duration="60d", instances=2000))
        first = subprocess.Popen([harness.PROGRAM, "run", "busy.yaml", "--seed", "1"], cwd=place, text=True, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        harness.wait_until(lambda: harness.poll(place / "busy.db", "select 1 from credential limit 1") != [], first, "it has committed rows")
        for words in ((), ("--force",)) * 10:
            done = run("run", "busy.yaml", "--seed", 2, *words, cwd=place)
            if (done.returncode, done.stderr) != (1, BEING_WRITTEN):
                harness.fail(f"a second start was not refused: {done.returncode}: {done.stderr}")
        shell = subprocess.run(["sqlite3", "busy.db", "select seed, status from run"], cwd=place, text=True, capture_output=True, check=False)
        claim(shell.stdout == "1|running\n", "the sqlite3 shell looks at it meanwhile", shell.stdout + shell.stderr)
        first.terminate()
        output, errors = first.communicate(timeout=harness.DEADLINE_SECONDS)
        claim(first.returncode == 143, "the first run ends as it is told to", f"{first.returncode}: {output}{errors}")
        claim(query(place / "busy.db", "select seed, status from run") == [(1, "interrupted")], "and its rows are there")


def a_killed_run_leaves_no_lock():
    with harness.folder() as name:
        place = Path(name)
        harness.write_scenario(place, harness.busy_scenario(duration="1h", instances=5))
        first = start(place, 1)
        harness.wait_until(lambda: harness.poll(place / "busy.db", "select 1 from run") != [], first, "it has begun")
        first.kill()
        first.communicate(timeout=harness.DEADLINE_SECONDS)
        done = run("run", "busy.yaml", "--quiet", "--force", "--seed", 2, cwd=place)
        claim(done.returncode == 0 and query(place / "busy.db", "select seed from run") == [(2,)], "its database can be replaced", done.stderr)


def a_database_that_is_taken_away_is_an_error():
    with harness.folder() as name:
        place = Path(name)
        harness.write_scenario(place, harness.busy_scenario(duration="1h", instances=5))
        first = start(place, 1)
        harness.wait_until(lambda: harness.poll(place / "busy.db", "select 1 from run") != [], first, "it has begun")
        (place / "busy.db").unlink()
        _, errors = first.communicate("speed max\n", timeout=harness.DEADLINE_SECONDS)
        claim(first.returncode == 1 and "credsim run: error: busy.db: was removed" in errors, "the run ends with 1 and says so",
              f"{first.returncode}: {errors}")


def a_run_without_memory_has_failed():
    mebibyte = 1 << 20

    def limited(size):
        return lambda: resource.setrlimit(resource.RLIMIT_AS, (size * mebibyte, size * mebibyte))

    with harness.folder() as name:
        place = Path(name)
        harness.write_scenario(place, harness.busy_scenario(duration="3h", instances=1_000_000))
        if run("--version", cwd=place, preexec_fn=limited(60)).returncode != 0:
            print("  skipped: a sanitized program needs more memory than any limit")
            return
        for size in (50, 60, 80, 100):
            done = run("run", "busy.yaml", "--force", "--threads", 2, cwd=place, preexec_fn=limited(size))
            claim(done.returncode == 1 and done.stdout == "" and done.stderr.count("\n") == 1 and ("memory" in done.stderr or "threads" in done.stderr),
                  f"{size} MiB: {done.stderr.strip()}", f"{done.returncode}: {done.stderr}")
            claim(harness.poll(place / "busy.db", "select status from run") in ([("failed",)], []), "no run says running")
        done = run("export", "busy.db", "--format", "openmetrics", "-o", "-", cwd=place)
        claim(done.returncode == 1 and "failed" in done.stderr, "and an export says that it failed", done.stderr)


def main():
    harness.need_program()
    print(f"{STARTS} starts, {os.cpu_count()} processors")
    for check in (many_starts_at_once, a_run_that_goes_on_keeps_its_database, a_killed_run_leaves_no_lock,
                  a_database_that_is_taken_away_is_an_error, a_run_without_memory_has_failed):
        print(check.__name__.replace("_", " "))
        check()


if __name__ == "__main__":
    main()
