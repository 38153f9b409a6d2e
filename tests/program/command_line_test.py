#!/usr/bin/env python3
"""What the command line refuses, in one line with a way out and exit code 2, and what it explains."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "end_to_end"))
import program_harness as harness  # noqa: E402
from program_harness import claim, run  # noqa: E402

# Words, and what the one line on stderr must hold.
REFUSED = [
    ([], ["needs a command", "credsim help"]),
    (["rnu"], ["no command rnu", "run"]),
    (["chekc", "x.yaml"], ["no command chekc", "check"]),
    (["--verbose"], ["no command --verbose"]),
    (["run"], ["needs SCENARIO", "usage: credsim run SCENARIO"]),
    (["run", "a.yaml", "b.yaml"], ["has no use for b.yaml"]),
    (["run", "a.yaml", "--sead", "1"], ["no option --sead", 'did you mean "--seed"']),
    (["run", "a.yaml", "--rep", "3"], ["no option --rep"]),
    (["run", "a.yaml", "-x"], ["no option -x"]),
    (["run", "a.yaml", "--db"], ["--db needs a value"]),
    (["run", "a.yaml", "--db="], ["--db needs a value"]),
    (["run", "a.yaml", "--db", "--force"], ["--db needs a value"]),
    (["run", "a.yaml", "--force=yes"], ["--force takes no value"]),
    (["run", "a.yaml", "--seed", "1", "--seed", "2"], ["--seed was given more than once"]),
    (["run", "a.yaml", "--seed", "-1"], ["--seed -1", "whole number from 0"]),
    (["run", "a.yaml", "--seed", "9223372036854775808"], ["--seed 9223372036854775808", "to 9223372036854775807"]),
    (["run", "a.yaml", "--seed", "1x"], ["--seed 1x"]),
    (["run", "a.yaml", "--seed", ""], ["--seed needs a value"]),
    (["run", "a.yaml", "--json", ""], ["--json needs a value"]),
    (["run", "a.yaml", "--speed", ""], ["--speed needs a value"]),
    (["run", "a.yaml", "--metrics-address", ""], ["--metrics-address needs a value"]),
    (["run", "a.yaml", "--threads", "0"], ["--threads 0", "from 1"]),
    (["run", "a.yaml", "--threads", "4.0"], ["--threads 4.0"]),
    (["run", "a.yaml", "--replications", "0"], ["--replications 0", "from 1"]),
    (["run", "a.yaml", "--audit", "ful"], ["no audit level ful", "full"]),
    (["run", "missing.yaml"], ["missing.yaml"]),
    (["export"], ["needs DATABASE", "usage: credsim export DATABASE"]),
    (["export", "a.db"], ["needs --format", "openmetrics"]),
    (["export", "a.db", "--format", "csv"], ["no --format csv", "openmetrics"]),
    (["export", "a.db", "--format", "openmetrics"], ["needs --output FILE"]),
    (["export", "a.db", "--format", "openmetrics", "-o", "a.om", "--run", "0"], ["--run 0", "from 1"]),
    (["export", "a.db", "--format", "openmetrics", "-o", "a.om", "--run", "first"], ["--run first", "from 1"]),
    (["metrics", "--format", "jsn"], ["no --format jsn", 'did you mean "json"']),
    (["metrics", "all"], ["has no use for all"]),
    (["help", "rnu"], ["no command rnu"]),
    (["run", b"caf\xe9.yaml"], ["not UTF-8: caf\\xE9.yaml;"]),
    (["run", "a.yaml", "--db", b"\xff.db", b"--json=\xc3"], ["not UTF-8: \\xFF.db, --json=\\xC3;"]),
    (["run", "a.yaml", "--set", b"fleets.\xed\xa0\x80=1"], ["not UTF-8: fleets.\\xED\\xA0\\x80=1;"]),
    (["run", "a.yaml", "--metrics-address", b"\x1b\xfe"], ["not UTF-8: \\x1B\\xFE;"]),
    (["check", b"\xf8", "--until", "1h"], ["not UTF-8: \\xF8;"]),
    (["export", "a.db", "-o", b"\xc0\xaf"], ["not UTF-8: \\xC0\\xAF;"]),
    (["init", "-o", b"\x80"], ["not UTF-8: \\x80;"]),
    ([b"\xff"], ["not UTF-8: \\xFF;"]),
]


def main():
    harness.need_program()
    with tempfile.TemporaryDirectory(prefix="credsim-test-") as place:
        print("wrong usage exits 2 with one line and leaves nothing behind")
        for words, parts in REFUSED:
            done = run(*words, cwd=place)
            said = done.stderr
            sound = done.returncode == 2 and done.stdout == "" and said.count("\n") == 1 and "error: " in said
            claim(sound and all(part in said for part in parts), f"credsim {' '.join(map(str, words))}", f"{done.returncode}: {said}")
        claim(not list(Path(place).iterdir()), "no file was made")

        print("help goes to standard output and exits 0")
        for words in (["help"], ["--help"], ["-h"]):
            done = run(*words, cwd=place)
            listed = all(f"\n  {command} " in done.stdout for command in ("run", "check", "export", "init", "metrics", "help"))
            claim(done.returncode == 0 and listed and done.stderr == "", f"credsim {' '.join(words)} lists the commands")
        for command in ("run", "check", "export", "init", "metrics"):
            for words in ([command, "--help"], [command, "-h"], ["help", command]):
                done = run(*words, cwd=place)
                explains = f"credsim {command}" in done.stdout and "example" in done.stdout
                claim(done.returncode == 0 and explains, f"credsim {' '.join(words)} shows examples",
                      f"{done.returncode}: {done.stdout}{done.stderr}")
        done = run("--version", cwd=place)
        claim(done.returncode == 0 and done.stdout.startswith("credsim "), "credsim --version", done.stdout)


if __name__ == "__main__":
    main()
