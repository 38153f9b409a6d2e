#!/usr/bin/env python3
"""What `credsim run` does to files and streams: exit codes, refusals to overwrite, full disks, closed outputs."""

import json
import os
import sqlite3
import subprocess
from contextlib import contextmanager
from pathlib import Path

import program_harness as harness
from program_harness import claim, run


@contextmanager
def scenario_folder(text=None):
    with harness.folder() as place:
        harness.write_scenario(place, text)
        yield Path(place)


def one_line(text):
    return text.endswith("\n") and text.count("\n") == 1


def a_run_prints_its_summary():
    with scenario_folder() as place:
        done = run("run", "busy.yaml", cwd=place)
        claim(done.returncode == 0, "exit code 0", f"{done.returncode}: {done.stderr}")
        claim(done.stderr == "", "no progress bar without a terminal", done.stderr)
        claim("\x1b" not in done.stdout, "no colours without a terminal")
        claim("agrees with every count above" in done.stdout, "the summary ends with the audit", done.stdout)
        claim((place / "busy.db").exists(), "the database has the scenario's name")
        harness.claim_sound_database(place / "busy.db")
        claim([path.name for path in place.iterdir() if path.name not in ("busy.yaml", "busy.db")] == [],
              "nothing else is left behind")
        quiet = run("run", "busy.yaml", "--force", "--quiet", cwd=place)
        claim(quiet.returncode == 0 and quiet.stdout == quiet.stderr == "", "--quiet says nothing", quiet.stderr)


def nothing_is_overwritten_without_force():
    with scenario_folder() as place:
        database = place / "mine.db"
        claim(run("run", "busy.yaml", "--db", "mine.db", cwd=place).returncode == 0, "the first run writes mine.db")
        before = database.read_bytes()
        refused = run("run", "busy.yaml", "--db", "mine.db", cwd=place)
        claim(refused.returncode == 1, "the second one exits 1", f"{refused.returncode}")
        claim(one_line(refused.stderr) and "mine.db" in refused.stderr and "--force" in refused.stderr,
              "one line names the file and --force", refused.stderr)
        claim(database.read_bytes() == before, "the database is as it was")
        forced = run("run", "busy.yaml", "--db", "mine.db", "--force", "--seed", 9, cwd=place)
        claim(forced.returncode == 0, "with --force it runs", forced.stderr)
        claim(harness.query(database, "select seed from run") == [(9,)], "and replaces the database")

        for name, content in (("notes.txt", b"precious"), ("foreign.db", None)):
            path = place / name
            if content is None:
                connection = sqlite3.connect(path)
                connection.execute("create table precious (x)")
                connection.commit()
                connection.close()
            else:
                path.write_bytes(content)
            before = path.read_bytes()
            refused = run("run", "busy.yaml", "--db", name, "--force", cwd=place)
            claim(refused.returncode == 1 and one_line(refused.stderr), f"{name} is refused even with --force",
                  f"{refused.returncode}: {refused.stderr}")
            claim(path.read_bytes() == before, f"{name} is as it was")


def what_cannot_be_written_is_said_first():
    with scenario_folder() as place:
        (place / "file").write_text("not a folder", encoding="utf-8")
        for database in ("file/x.db", "missing/x.db", "."):
            done = run("run", "busy.yaml", "--db", database, cwd=place)
            claim(done.returncode == 1 and one_line(done.stderr), f"--db {database} exits 1 with one line",
                  f"{done.returncode}: {done.stderr}")
        for output in ("file/x.json", "missing/x.json", "."):
            done = run("run", "busy.yaml", "--json", output, cwd=place)
            claim(done.returncode == 1 and one_line(done.stderr), f"--json {output} exits 1 with one line",
                  f"{done.returncode}: {done.stderr}")
            claim(not (place / "busy.db").exists(), "before anything is simulated")
        if os.geteuid() == 0:
            print("  skipped: a read-only folder stops nobody who is root")
            return
        (place / "fixed").mkdir(mode=0o555)
        done = run("run", "busy.yaml", "--db", "fixed/x.db", cwd=place)
        claim(done.returncode == 1 and one_line(done.stderr), "a read-only folder exits 1 with one line", done.stderr)


def a_full_disk_ends_the_run():
    if os.geteuid() != 0:
        print("  skipped: a small tmpfs needs root")
        return
    with scenario_folder(harness.busy_scenario(duration="2d", instances=2000)) as place:
        small = place / "small"
        small.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)], capture_output=True,
                                 text=True, check=False)
        if mounted.returncode != 0:
            print(f"  skipped: no tmpfs can be mounted here: {mounted.stderr.strip()}")
            return
        try:
            done = run("run", "busy.yaml", "--db", "small/full.db", cwd=place)
            claim(done.returncode == 1, "a full disk exits 1", f"{done.returncode}: {done.stdout}")
            claim(one_line(done.stderr) and "full.db" in done.stderr, "one line names the file", done.stderr)
            claim(done.stdout == "", "no summary is printed without its audit", done.stdout)
            # Its log cannot be folded in on the full disk: what is left is looked at elsewhere.
            copies = place / "copies"
            copies.mkdir()
            for path in small.iterdir():
                (copies / path.name).write_bytes(path.read_bytes())
            harness.claim_sound_database(copies / "full.db")
            claim(("complete",) not in harness.query(copies / "full.db", "select status from run"),
                  "no run says complete")
        finally:
            subprocess.run(["umount", str(small)], check=True)


def json_is_written_whole():
    with scenario_folder() as place:
        done = run("run", "busy.yaml", "--json", "busy.json", cwd=place)
        claim(done.returncode == 0, "exit code 0", done.stderr)
        summary = json.loads((place / "busy.json").read_text(encoding="utf-8"))
        claim(summary["status"] == "complete" and summary["scenario"] == "busy", "busy.json holds the summary")
        metrics = {row["metric"] for row in summary["summary"]}
        claim({"credentials_issued_total", "credential_overlap_seconds.p99"} <= metrics, "with its metrics")
        claim(sorted(path.name for path in place.iterdir()) == ["busy.db", "busy.json", "busy.yaml"],
              "no temporary file is left")
        done = run("run", "busy.yaml", "--force", "--json", "-", cwd=place)
        same = json.loads(done.stdout)
        claim(same == summary, "--json - prints the same, and no text")
        done = run("run", "busy.yaml", "--force", "--json", "/dev/full", cwd=place)
        claim(done.returncode == 1 and one_line(done.stderr), "--json /dev/full exits 1 with one line", done.stderr)


def thresholds_decide_the_exit_code():
    missed = harness.busy_scenario().replace("credentials_issued_total > 0", "credentials_issued_total == 0")
    with scenario_folder(missed) as place:
        done = run("run", "busy.yaml", cwd=place)
        claim(done.returncode == 3, "a missed threshold exits 3", f"{done.returncode}: {done.stderr}")
        claim("✗ credentials_issued_total == 0" in done.stdout, "and the summary marks it", done.stdout)
        claim(harness.query(place / "busy.db", "select status from run") == [("complete",)], "the run is complete")
    unsampled = harness.busy_scenario().replace("credentials_issued_total > 0",
                                                "network_ready_seconds{resource=nobody}.p99 < 1h")
    with scenario_folder(unsampled) as place:
        done = run("run", "busy.yaml", cwd=place)
        claim(done.returncode in (2, 3), "a threshold without samples does not pass", f"{done.returncode}: {done.stderr}")


def broken_scenarios_exit_2():
    with scenario_folder(harness.busy_scenario().replace("duration:", "duratoin:")) as place:
        done = run("run", "busy.yaml", cwd=place)
        claim(done.returncode == 2, "a misspelt key exits 2", f"{done.returncode}: {done.stderr}")
        claim("busy.yaml:4:1: error: " in done.stderr and "duration" in done.stderr, "with its place and what is right",
              done.stderr)
        claim(not (place / "busy.db").exists(), "and makes no database")
        claim(run("run", "missing.yaml", cwd=place).returncode == 2, "a missing scenario exits 2")


def closed_and_broken_outputs_do_no_harm():
    with scenario_folder() as place:
        reader, writer = os.pipe()
        os.close(reader)
        done = run("run", "busy.yaml", cwd=place, stdout=writer)
        os.close(writer)
        claim(done.returncode == 0 and done.stderr == "", "a reader who went away is no error",
              f"{done.returncode}: {done.stderr}")
        shell = ["sh", "-c", '"$0" run busy.yaml --force --json busy.json <&- >&- 2>&-', harness.PROGRAM]
        done = subprocess.run(shell, cwd=place, timeout=harness.DEADLINE_SECONDS, check=False)
        claim(done.returncode == 0, "closed streams are no error", f"{done.returncode}")
        json.loads((place / "busy.json").read_text(encoding="utf-8"))
        harness.claim_sound_database(place / "busy.db")
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = run("run", "busy.yaml", "--force", cwd=place, stdout=full)
        claim(done.returncode == 1 and one_line(done.stderr), "a full standard output exits 1 with one line",
              f"{done.returncode}: {done.stderr}")


def main():
    harness.need_program()
    for check in (a_run_prints_its_summary, nothing_is_overwritten_without_force, what_cannot_be_written_is_said_first,
                  a_full_disk_ends_the_run, json_is_written_whole, thresholds_decide_the_exit_code,
                  broken_scenarios_exit_2, closed_and_broken_outputs_do_no_harm):
        print(check.__name__.replace("_", " "))
        check()


if __name__ == "__main__":
    main()
