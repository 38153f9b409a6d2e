#!/usr/bin/env python3
"""Instructions per unit of work, counted by valgrind's callgrind: count_instructions.py PROGRAM [-o FILE].

PROGRAM is credsim_fixed_work. Each case runs at two sizes, and the difference of the counts is divided by the difference
of the units: start-up cancels. Prints, or writes to FILE, {"compiler": "g++ 12", "instructions": {case: count}}.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# case: (smaller size, larger size). A run takes some seconds at most, 50 times what it takes without callgrind.
SIZES = {
    "hold": (100_000, 300_000),
    "sample_exponential": (10_000, 110_000),
    "sample_lognormal": (10_000, 110_000),
    "token_bucket": (10_000, 110_000),
    "policy_decision": (1_000, 11_000),
    "rotation": (500, 2_000),
    "rotation_with_rows": (500, 2_000),
    "watched": (500, 2_000),
    "watched_and_scraped": (500, 2_000),
}
# Of these the thread that simulates is counted, the first: what watching costs elsewhere is nobody's concern.
FIRST_THREAD = {"watched", "watched_and_scraped"}


def run(program, case, size):
    """(instructions, units) of one run."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "callgrind.out"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", str(program), case, str(size)]
        if case in FIRST_THREAD:
            command.insert(2, "--separate-threads=yes")
            out = Path(f"{out}-01")
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"count_instructions: {' '.join(command)} failed:\n{done.stderr}")
        return summary(out.read_text()), int(done.stdout.split()[0])


def summary(text):
    """The total of a callgrind file: `summary:` is over all parts of the run, `totals:` over this file."""
    found = re.search(r"^(?:summary|totals): (\d+)", text, re.MULTILINE)
    if not found:
        sys.exit("count_instructions: callgrind wrote no total")
    return int(found.group(1))


def per_unit(counts):
    """{case: instructions per unit} from {(case, size): (instructions, units)}."""
    grown = {}
    for case, (small, large) in SIZES.items():
        (less, few), (more, many) = counts[case, small], counts[case, large]
        grown[case] = (more - less, many - few)
    # A row's cost is what a run with rows needs beyond the same run without.
    instructions, rows = grown.pop("rotation_with_rows")
    grown["audit_row"] = (instructions - grown["rotation"][0], rows)
    for case in ("rotation", "watched", "watched_and_scraped"):
        grown[f"{case}_event"] = grown.pop(case)
    return {case: round(instructions / units, 1) for case, (instructions, units) in grown.items()}


def compiler_of(program):
    """`g++ 12`, as credsim_fixed_work --compiler prints it."""
    return subprocess.run([str(program), "--compiler"], capture_output=True, text=True, check=True).stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=Path)
    parser.add_argument("-o", "--out", type=Path)
    arguments = parser.parse_args()
    runs = [(case, size) for case, sizes in SIZES.items() for size in sizes]
    with ThreadPoolExecutor(max_workers=2) as pool:
        counts = dict(zip(runs, pool.map(lambda one: run(arguments.program, *one), runs)))
    text = json.dumps({"compiler": compiler_of(arguments.program), "instructions": per_unit(counts)}, indent=2) + "\n"
    if arguments.out:
        arguments.out.write_text(text)
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
