#!/usr/bin/env python3
"""What `credsim export` refuses and does to files, streams and signals: exit codes, one line each, nothing half written."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "end_to_end"))
import program_harness as harness  # noqa: E402
from program_harness import claim, query, run  # noqa: E402

# More than a second of work for any machine: no export ends by itself before its signal.
LARGE = harness.busy_scenario(duration="1d", instances=2).replace("seed: 42", "seed: 42\nseries_step: 500ms")
ENDLESS = harness.busy_scenario(duration="60d", instances=20000)


def export(place, *words, database="busy.db", **options):
    return run("export", database, "--format", "openmetrics", *words, cwd=place, **options)


@contextmanager
def recorded(text=None, *words):
    """A folder with a run in busy.db, and nothing else."""
    with harness.folder() as name:
        harness.write_scenario(name, text if text is not None else harness.busy_scenario(duration="1h", instances=5))
        done = run("run", "busy.yaml", "--quiet", *words, cwd=name)
        claim(done.returncode == 0, "a run is recorded", done.stderr)
        (Path(name) / "busy.yaml").unlink()
        yield Path(name)


def files(place):
    return sorted(path.name for path in place.iterdir())


def claim_refused(done, what, *parts):
    said = done.stderr
    sound = done.returncode == 1 and done.stdout == "" and said.count("\n") == 1 and said.startswith("credsim export: error: ")
    claim(sound and all(part in said for part in parts), f"{what}: {said.strip()}", f"{done.returncode} {parts}")


def databases_that_cannot_be_exported_are_refused():
    with recorded(None, "--replications", 3) as place:
        (place / "notes.txt").write_text("precious", encoding="utf-8")
        claim_refused(export(place, "-o", "x.om", database="missing.db"), "no file", "missing.db", "No such file")
        claim_refused(export(place, "-o", "x.om", database="."), "a folder", "is a folder")
        claim_refused(export(place, "-o", "x.om", database="notes.txt"), "no database", "notes.txt is not a credsim database")
        claim_refused(export(place, "-o", "x.om", "--run", 4), "no such run", "no run 4 in busy.db", "the runs 1 to 3")
        subprocess.run(["sqlite3", "busy.db", "pragma user_version = 9"], cwd=place, check=True)
        claim_refused(export(place, "-o", "x.om"), "another schema", "busy.db is of a newer credsim")
        claim(files(place) == ["busy.db", "notes.txt"], "nothing is left behind")


def nothing_is_overwritten_without_force():
    with recorded() as place:
        claim(export(place, "-o", "busy.om").returncode == 0, "the first export writes busy.om")
        before = (place / "busy.om").read_bytes()
        claim_refused(export(place, "-o", "busy.om"), "the second one", "busy.om exists", "--force")
        claim((place / "busy.om").read_bytes() == before, "the file is as it was")
        done = export(place, "-o", "busy.om", "--force", "--shift-to-now")
        claim(done.returncode == 0 and (place / "busy.om").read_bytes() != before, "--force replaces it", done.stderr)
        database = (place / "busy.db").read_bytes()
        (place / "notes.txt").write_text("precious", encoding="utf-8")
        (place / "other.db").write_bytes(database)
        for name in ("other.db", "notes.txt"):
            claim_refused(export(place, "-o", name, "--force"), "what is no export, even with --force", name, "never overwritten")
        claim((place / "busy.db").read_bytes() == database and (place / "notes.txt").read_text("utf-8") == "precious",
              "both are as they were")
        (place / "link.om").symlink_to("busy.om")
        claim(export(place, "-o", "link.om", "--force").returncode == 0 and (place / "link.om").is_symlink(), "a link stays one")
        claim((place / "busy.om").read_bytes() == before, "and what it names is written")


def what_cannot_be_written_is_said():
    with recorded() as place:
        for output in ("missing/x.om", "busy.db/x.om", "."):
            claim_refused(export(place, "-o", output), "no place for a file", output)
        claim_refused(export(place, "-o", "/dev/full"), "a full device", "No space left", "make room")
        claim(files(place) == ["busy.db"], "nothing is left behind")


def a_full_disk_leaves_nothing_behind():
    if os.geteuid() != 0:
        print("  skipped: a small tmpfs needs root")
        return
    with recorded(LARGE, "--audit", "aggregate") as place:
        small = place / "small"
        small.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)], capture_output=True, text=True,
                                 check=False)
        if mounted.returncode != 0:
            print(f"  skipped: no tmpfs can be mounted here: {mounted.stderr.strip()}")
            return
        try:
            claim_refused(export(place, "-o", "small/x.om"), "a full disk", "small/x.om", "No space left", "make room")
            claim(files(small) == [], "nothing is left behind")
            done = export(place, "-o", "busy.om", env={**os.environ, "TMPDIR": str(small)})
            claim_refused(done, "a full disk for temporary files", "busy.db: run 1: ", "TMPDIR")
            claim(files(place) == ["busy.db", "small"] and files(small) == [], "nothing is left behind there")
        finally:
            subprocess.run(["umount", str(small)], check=True)


def standard_output_gets_samples_alone():
    with recorded() as place:
        claim(export(place, "-o", "busy.om").returncode == 0, "an export to a file")
        text = (place / "busy.om").read_text("utf-8")
        done = export(place, "-o", "-")
        claim(done.returncode == 0 and done.stdout == text, "-o - writes the same")
        claim(done.stderr.startswith("standard output: ") and done.stderr.count("\n") == 1, "what was written is said elsewhere",
              done.stderr)
        done = export(place, "-o", "/dev/stdout")
        claim(done.returncode == 0 and done.stdout == text, "so does -o /dev/stdout", done.stderr)

        reader, writer = os.pipe()
        os.close(reader)
        done = export(place, "-o", "-", stdout=writer)
        os.close(writer)
        claim(done.returncode == 0 and done.stderr == "", "a reader who went away is no error", f"{done.returncode}: {done.stderr}")
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = export(place, "-o", "-", stdout=full)
        claim(done.returncode == 1 and done.stderr.count("\n") == 1, "a full standard output is one", f"{done.returncode}: {done.stderr}")


def levels_without_rows_export_zeros():
    with recorded(None, "--audit", "aggregate") as place:
        text = export(place, "-o", "-").stdout
        rows = [line.split(" ")[1] for line in text.splitlines() if line.startswith("credsim_audit_rows_total{table=\"credential\"}")]
        claim(len(rows) == 61 and set(rows) == {"0"}, "aggregate has 0 credential rows at each step")
        claim("credsim_first_credential_seconds_count{" in text, "and its histograms")


def a_stopped_export_leaves_nothing_behind():
    with recorded(LARGE, "--audit", "aggregate") as place:
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = subprocess.Popen([harness.PROGRAM, "export", "busy.db", "--format", "openmetrics", "-o", "busy.om"], cwd=place,
                                       text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            harness.wait_until(lambda: any(name.startswith("busy.om.") for name in files(place)), process, "it writes")
            process.send_signal(number)
            output, errors = process.communicate(timeout=harness.DEADLINE_SECONDS)
            claim(process.returncode == code and output + errors == "", f"the exit code is {code}", f"{process.returncode}: {errors}")
            claim(files(place) == ["busy.db"], "nothing is left behind", str(files(place)))


def runs_that_were_stopped():
    for number, status in ((signal.SIGINT, "interrupted"), (signal.SIGKILL, "running")):
        with harness.folder() as name:
            place = Path(name)
            harness.write_scenario(place, ENDLESS)
            process = subprocess.Popen([harness.PROGRAM, "run", "busy.yaml", "--quiet"], cwd=place, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            harness.wait_until(lambda: harness.poll(place / "busy.db", "select 1 from timeseries limit 1") != [], process, "there are samples")
            claim_refused(export(place, "-o", "busy.om"), "a run that goes on", "run 1 of busy.db is still running")
            process.send_signal(number)
            process.wait(timeout=harness.DEADLINE_SECONDS)
            claim(query(place / "busy.db", "select status from run") == [(status,)], f"a run is {status}")
            done = export(place, "-o", "busy.om")
            if status == "running":
                claim_refused(done, "a run that was killed", "run 1 of busy.db was killed before its end", "run its scenario again")
                continue
            claim(done.returncode == 0 and done.stdout.endswith("; the run was interrupted\n"), "it is exported as far as it went",
                  f"{done.returncode}: {done.stdout}{done.stderr}")
            text = (place / "busy.om").read_text("utf-8")
            samples = sum(not line.startswith("#") for line in text.splitlines())
            claim(f"busy.om: {samples:,} samples" in done.stdout and text.endswith("# EOF\n"), f"with {samples} samples")


def main():
    harness.need_program()
    for check in (databases_that_cannot_be_exported_are_refused, nothing_is_overwritten_without_force, what_cannot_be_written_is_said,
                  a_full_disk_leaves_nothing_behind, standard_output_gets_samples_alone, levels_without_rows_export_zeros,
                  a_stopped_export_leaves_nothing_behind, runs_that_were_stopped):
        print(check.__name__.replace("_", " "))
        check()


if __name__ == "__main__":
    main()
