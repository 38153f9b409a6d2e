#!/usr/bin/env python3
"""No command writes over a file that it reads or writes otherwise, whatever the file is called; and nothing is simulated before."""

import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "end_to_end"))
import program_harness as harness  # noqa: E402
from program_harness import claim, run  # noqa: E402

POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*"}]}'
INLINE = 'policies: [{Version: "2012-10-17", Statement: [{Effect: Allow, Action: "ec2:DescribeInstances", Resource: "*"}]}]'


@contextmanager
def scenario_folder():
    """A scenario that names a file, and links to both."""
    with harness.folder() as name:
        place = Path(name)
        text = harness.busy_scenario(duration="30m", instances=2).replace(INLINE, "policies: [{file: policies/call.json}]")
        harness.write_scenario(place, text)
        (place / "policies").mkdir()
        (place / "policies" / "call.json").write_text(POLICY, encoding="utf-8")
        (place / "hard.json").hardlink_to(place / "busy.yaml")
        (place / "soft.json").symlink_to("policies/../busy.yaml")
        (place / "dangling.json").symlink_to("./busy.db")
        yield place


def content(place):
    return {str(path): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}


def claim_refused(place, words, status, *parts, **options):
    before = content(place)
    done = run(*words, cwd=place, **options)
    said = done.stderr
    sound = done.returncode == status and said.count("\n") == 1 and ": error: " in said
    claim(sound and all(part in said for part in parts), f"{' '.join(map(str, words))}: {said.strip()}", f"{done.returncode} {parts}")
    claim(content(place) == before, "every file is as it was, and there is no other")


def a_summary_is_never_written_over_another_file_of_the_run():
    with scenario_folder() as place:
        for name, over in (("busy.yaml", "the scenario busy.yaml"), ("./policies/../busy.yaml", "the scenario"), (place / "busy.yaml", "the scenario"),
                           ("hard.json", "the scenario"), ("soft.json", "the scenario"), ("policies/call.json", "the scenario's file"),
                           ("busy.db", "the audit database busy.db"), ("./busy.db", "the audit database"), ("dangling.json", "the audit database"),
                           ("busy.db-wal", "the audit database's journal")):
            claim_refused(place, ("run", "busy.yaml", "--json", name), 2, f"--json {name} would overwrite {over}", "choose another name")
        claim_refused(place, ("run", "busy.yaml", "--db", "x.json", "--json", "x.json"), 2, "would overwrite the audit database x.json")
        for name in ("busy.yaml", "hard.json"):
            claim_refused(place, ("run", "busy.yaml", "--db", name, "--force"), 2, f"--db {name} would overwrite the scenario")


def an_open_file_is_known_by_what_it_is():
    with scenario_folder() as place:
        for mode in (os.O_RDWR, os.O_WRONLY | os.O_APPEND):
            file = os.open(place / "busy.yaml", mode)
            for name in (f"/dev/fd/{file}", f"/proc/self/fd/{file}"):
                claim_refused(place, ("run", "busy.yaml", "--json", name), 2, "would overwrite the scenario", pass_fds=(file,))
            claim_refused(place, ("run", "busy.yaml"), 2, "standard output would overwrite the scenario", stdout=file)
            os.close(file)
        with open(place / "out.json", "wb") as out:
            claim_refused(place, ("run", "busy.yaml", "--json", "out.json"), 2, "would overwrite the file of standard output", stdout=out)
        with open(place / "log", "ab") as log:
            log.write(b"before\n")
            log.flush()
            done = run("run", "busy.yaml", "--quiet", "--json", f"/dev/fd/{log.fileno()}", cwd=place, pass_fds=(log.fileno(),))
            claim(done.returncode == 0, "an open file of another name is written", done.stderr)
        text = (place / "log").read_text("utf-8")
        claim(text.startswith("before\n{") and json.loads(text[7:])["scenario"] == "busy", "from where it was")


def somebody_elses_file_is_kept():
    with scenario_folder() as place:
        (place / "notes.txt").write_text("precious", encoding="utf-8")
        claim_refused(place, ("run", "busy.yaml", "--json", "notes.txt"), 1, "notes.txt exists and is not JSON")
        (place / "empty.json").touch()
        for name in ("new.json", "new.json", "empty.json"):
            done = run("run", "busy.yaml", "--force", "--quiet", "--json", name, cwd=place)
            claim(done.returncode == 0 and json.loads((place / name).read_text("utf-8")), f"{name} is written", done.stderr)
        done = run("init", "-o", "/dev/stdout", cwd=place)
        claim(done.returncode == 0 and done.stdout.startswith("# A scenario"), "init writes to /dev/stdout as to -", done.stderr)


def what_cannot_be_written_is_said_before_the_run():
    with scenario_folder() as place:
        for name in ("missing/x.json", "busy.yaml/x.json", "policies", "policies/", "missing/", "x" * 255, "/dev/fd/77", "/proc/x.json"):
            claim_refused(place, ("run", "busy.yaml", "--json", name), 1, f"cannot write {name}: ")
        done = run("run", "busy.yaml", "--quiet", "--json", "/dev/null", cwd=place)
        claim(done.returncode == 0, "/dev/null takes it", done.stderr)
        done = run("run", "busy.yaml", "--force", "--json", "/dev/stdout", cwd=place)
        claim(done.returncode == 0 and json.loads(done.stdout)["scenario"] == "busy", "/dev/stdout is standard output, without the text")


def an_export_is_never_written_over_its_database():
    with scenario_folder() as place:
        claim(run("run", "busy.yaml", "--quiet", cwd=place).returncode == 0, "a run is recorded")
        (place / "same.om").hardlink_to(place / "busy.db")
        for name in ("busy.db", "same.om", "./busy.db", "busy.db-wal", "busy.db-journal"):
            claim_refused(place, ("export", "busy.db", "--format", "openmetrics", "--force", "-o", name), 2,
                          f"--output {name} would overwrite the audit database")
        with open(place / "busy.db", "ab") as database:
            claim_refused(place, ("export", "busy.db", "--format", "openmetrics", "-o", "-"), 2, "standard output would overwrite",
                          stdout=database)


def main():
    harness.need_program()
    for check in (a_summary_is_never_written_over_another_file_of_the_run, an_open_file_is_known_by_what_it_is, somebody_elses_file_is_kept,
                  what_cannot_be_written_is_said_before_the_run, an_export_is_never_written_over_its_database):
        print(check.__name__.replace("_", " "))
        check()


if __name__ == "__main__":
    main()
