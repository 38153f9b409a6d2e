#!/usr/bin/env python3
"""What `credsim run` shows on a terminal of 80 columns, on a wider one and through a pipe; and what it says when it is quiet or a
scenario is wrong."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import unicodedata
from pathlib import Path

import program_harness as harness
from program_harness import claim

SOURCE = Path(os.environ.get("CREDSIM_SOURCE") or Path(__file__).resolve().parents[2])
# Too large for a test: the same scenario with fewer instances, without rows.
SMALLER = {"million-instances": ["--set", "fleets.everybody.instances=2000", "--audit", "aggregate"]}
ESCAPE = re.compile(r"\x1b\[[0-9;]*[mK]")
WALL_TIME = re.compile(r"simulated in .*|^engine .*\n(?: {18}.*\n)*", re.MULTILINE)


def on_terminal(columns, *arguments, cwd, **environment):
    """What the program writes to a terminal of that width, without colours."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    quiet_environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    process = subprocess.Popen([harness.PROGRAM, *map(str, arguments)], cwd=cwd, stdin=subprocess.DEVNULL, stdout=follower,
                               stderr=subprocess.DEVNULL, env={**quiet_environment, **environment})
    os.close(follower)
    read = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:
            break
        if not piece:
            break
        read += piece
    os.close(leader)
    process.wait(timeout=harness.DEADLINE_SECONDS)
    return ESCAPE.sub("", read.decode("utf-8").replace("\r\n", "\n"))


def width(line):
    return sum(0 if unicodedata.combining(letter) else 1 for letter in line)


def lines_fit(what, text, columns=80):
    long = [line for line in text.splitlines() if width(line) > columns]
    claim(text and not long, f"{what} fits {columns} columns", "\n".join(long))


def without_wall_time(text):
    return WALL_TIME.sub("", text)


def every_summary_fits(place):
    for path in sorted((SOURCE / "scenarios").glob("*.yaml")):
        options = ["run", path, "--db", "run.db", "--force", *SMALLER.get(path.stem, [])]
        lines_fit(path.stem, on_terminal(80, *options, cwd=place))
        lines_fit(f"{path.stem}, three replications", on_terminal(80, *options, "--replications", 3, cwd=place))


def wide_terminals_and_pipes_get_whole_lines(place):
    options = ["run", SOURCE / "scenarios/quickstart.yaml", "--db", "run.db", "--force"]
    piped = harness.run(*options, cwd=place).stdout
    claim(max(map(width, piped.splitlines())) > 110, "a pipe gets whole lines")
    for columns in (120, 200):
        shown = on_terminal(columns, *options, cwd=place)
        claim(without_wall_time(shown) == without_wall_time(piped), f"a terminal of {columns} columns gets the same", shown)
    lines_fit("a terminal of 100 columns", on_terminal(100, *options, cwd=place), 100)
    lines_fit("COLUMNS=72 on a wide terminal", on_terminal(200, *options, cwd=place, COLUMNS="72"), 72)
    lines_fit("COLUMNS=80 through a pipe", harness.run(*options, cwd=place, env={**os.environ, "COLUMNS": "80"}).stdout)


def help_fits(place):
    listed = harness.run("help", cwd=place).stdout
    lines_fit("credsim help", listed)
    for command in sorted(set(re.findall(r"^  (\w+) ", listed, re.MULTILINE)) - {"help"}):
        lines_fit(f"credsim {command} --help", harness.run(command, "--help", cwd=place).stdout)


def a_quiet_run_says_what_it_missed(place):
    text = harness.busy_scenario().replace("credentials_issued_total > 0",
                                           "credentials_issued_total == 0\n  - first_credential_seconds.p99 < 1s")
    harness.write_scenario(place, text)
    done = harness.run("run", "busy.yaml", "--force", "--quiet", cwd=place)
    claim(done.returncode == 3 and done.stdout == "", "a quiet run that misses exits 3 without a summary")
    claim(done.stderr.count("\n") == 1 and done.stderr.startswith("credsim run: missed: credentials_issued_total == 0 (")
          and "first_credential_seconds.p99 < 1s (" in done.stderr, "and names what it missed in one line", done.stderr)


def errors_of_the_configuration_come_first(place):
    harness.write_scenario(place, harness.busy_scenario().replace("Service: appstream.amazonaws.com", "Service: ec2.amazonaws.com")
                           .replace("credentials_issued_total > 0", "credentials_issued_total == 0"))
    done = harness.run("run", "busy.yaml", "--force", cwd=place)
    claim(done.returncode == 0, "errors that check finds do not count by themselves", done.stderr)
    opening = done.stdout.split("\n\n")[1]
    claim(opening.startswith("✗ never served") and "trust_policy_denies" in opening.splitlines()[0],
          "instances never served open the text, with the reason", opening)
    claim(opening.splitlines()[1].startswith("✗ configuration") and "trust-policy-denies" in opening.splitlines()[1],
          "then the errors that check finds", opening)
    done = harness.run("run", "busy.yaml", "--force", "--fail-on-findings", cwd=place)
    claim(done.returncode == 3, "with --fail-on-findings they exit 3", f"{done.returncode}")
    done = harness.run("run", "busy.yaml", "--force", "--fail-on-findings", "--quiet", cwd=place)
    claim(done.returncode == 3 and done.stderr.count("\n") == 1 and "trust-policy-denies" in done.stderr,
          "and a quiet run says so", done.stderr)
    harness.write_scenario(place)
    done = harness.run("run", "busy.yaml", "--force", "--fail-on-findings", cwd=place)
    claim(done.returncode == 0, "warnings and notes do not", f"{done.returncode}: {done.stdout}")


def what_the_text_says_would_break_does(place):
    quickstart = SOURCE / "scenarios/quickstart.yaml"
    full = harness.run("run", quickstart, "--db", "run.db", "--force", cwd=place).stdout
    claim("! full          ec2.network_interfaces" in full and "about 5,001 instances of office" in full,
          "5,000 instances fill a quota of 5,000, and 5,001 would break it", full)
    broken = harness.run("run", quickstart, "--db", "run.db", "--force", "--set", "fleets.office.instances=5001", cwd=place).stdout
    claim("✗ breaks first  ec2.network_interfaces" in broken, "and 5,001 break it", broken)


def main():
    harness.PROGRAM = harness.PROGRAM and str(Path(harness.PROGRAM).resolve())
    harness.need_program()
    with harness.folder() as place:
        for check in (every_summary_fits, wide_terminals_and_pipes_get_whole_lines, help_fits, a_quiet_run_says_what_it_missed,
                      errors_of_the_configuration_come_first, what_the_text_says_would_break_does):
            print(check.__name__.replace("_", " "))
            check(place)


if __name__ == "__main__":
    main()
