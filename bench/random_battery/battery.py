#!/usr/bin/env python3
"""Gives draws of random_draws to dieharder, and says whether they pass as random.

battery.py PROGRAM [ORDER/WORDS...]   the long battery on these, or on all that a simulation uses; prints a table
battery.py PROGRAM --quick            the short one on streams side by side; also that it rejects a bad generator

dieharder calls a p-value weak outside of [0.005, 0.995], which 1 in 100 of fair ones is, and failed outside of
[1e-6, 1 - 1e-6]. A weak one is drawn again from two other seeds; weak under all three is failed here.
"""
import os
import shutil
import subprocess
import sys
import time

# Tests and, where they have one, sizes: what dieharder recommends, without the greatest common divisors (-d 17), which take
# as long as the others together, and with a few sizes of each kind.
LONG = [(0,), (1,), (2,), (3,), (4,), (8,), (9,), (10,), (11,), (12,), (13,), (15,), (16,), (100,), (101,), (102,), (200, 1),
        (200, 4), (200, 8), (201, 2), (201, 5), (202, 3), (202, 5), (203, 0), (203, 1), (203, 3), (204,), (205,), (206,),
        (207,), (208,), (209,)]
QUICK = [(0,), (4,), (8,), (11,), (12,), (15,), (100,), (202, 4), (206,)]

EVERY_DRAW = ["interleaved/whole", "instances/whole", "purposes/whole", "stream/whole", "replications/whole", "seeds/whole",
              "interleaved/low", "interleaved/high", "interleaved/reversed", "interleaved/uniform"]
SIDE_BY_SIDE = ["interleaved/whole", "purposes/whole", "replications/whole"]

SKIPPED = 77


def p_values(program, generator, draws, test, seed):
    """What dieharder says of one test: a list of (name, p-value, PASSED or WEAK or FAILED)."""
    order, words = draws.split("/")
    command = ["dieharder", "-g", "200", "-k", "2", "-d", str(test[0])]
    if len(test) > 1:
        command += ["-n", str(test[1])]
    for column in ("test_name", "ntuple", "pvalues", "assessment"):
        command += ["-D", column]
    with subprocess.Popen([program, generator, order, words, str(seed)], stdout=subprocess.PIPE) as writer:
        output = subprocess.run(command, stdin=writer.stdout, capture_output=True, text=True, check=True).stdout
        writer.stdout.close()
    rows = []
    for line in output.splitlines():
        name, size, p, assessment = (field.strip() for field in line.split("|"))
        rows.append((f"{name} {size}", float(p), assessment))
    if not rows:
        sys.exit(f"dieharder -d {test[0]} said nothing of {draws}")
    return rows


class Verdict:
    """What a battery says of one generator's draws in one order."""

    def __init__(self):
        self.values = []
        self.weak = []
        self.failed = []

    def add(self, program, generator, draws, position, test):
        # Each test gets draws of its own.
        runs = [p_values(program, generator, draws, test, position)]
        if any(assessment == "WEAK" for _, _, assessment in runs[0]):
            runs += [p_values(program, generator, draws, test, 1000 * attempt + position) for attempt in (1, 2)]
        for i, (name, p, assessment) in enumerate(runs[0]):
            self.values.append(p)
            if assessment == "WEAK":
                again = [run[i][1] for run in runs[1:]]
                self.weak.append(f"{name}: {p:.5f}, then {again[0]:.5f} and {again[1]:.5f}")
            if all(run[i][2] != "PASSED" for run in runs) or any(run[i][2] == "FAILED" for run in runs):
                self.failed.append(f"{name}: " + ", ".join(f"{run[i][1]:.8f}" for run in runs))


def judge(program, generator, draws, tests, stop_at_failure=False):
    verdict = Verdict()
    for position, test in enumerate(tests):
        verdict.add(program, generator, draws, position, test)
        if stop_at_failure and verdict.failed:
            break
    return verdict


def quick(program):
    bad = 0
    for draws in SIDE_BY_SIDE:
        verdict = judge(program, "credsim", draws, QUICK)
        print(f"credsim {draws}: {len(verdict.values)} p-values, {len(verdict.weak)} weak, failed: {verdict.failed or 'none'}")
        bad += len(verdict.failed)
    # The control: a battery that lets this one pass has seen nothing.
    if not judge(program, "shifted", "interleaved/whole", QUICK, stop_at_failure=True).failed:
        print("the streams that are copies of one another were not found out")
        bad += 1
    return 1 if bad else 0


def long(program, wanted):
    table = ["| draws | p-values | weak (fair: 1 %) | failed | seconds |", "| --- | ---: | ---: | ---: | ---: |"]
    bad = 0
    for draws in wanted:
        start = time.monotonic()
        verdict = judge(program, "credsim", draws, LONG)
        bad += len(verdict.failed)
        table.append(f"| {draws} | {len(verdict.values)} | {len(verdict.weak)} | {len(verdict.failed)} | "
                     f"{time.monotonic() - start:.0f} |")
        print(f"{draws}: {len(verdict.failed)} of {len(verdict.values)} p-values failed", flush=True)
        for line in verdict.weak:
            print(f"  weak    {line}", flush=True)
        for line in verdict.failed:
            print(f"  FAILED  {line}", flush=True)
    print("\n".join(table))
    return 1 if bad else 0


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if shutil.which("dieharder") is None:
        print("not run: dieharder is not installed (Debian package dieharder)")
        # CI installs it, so there this says that something is wrong.
        return 1 if os.environ.get("CI") else SKIPPED
    program, *arguments = sys.argv[1:]
    if arguments == ["--quick"]:
        return quick(program)
    return long(program, arguments or EVERY_DRAW)


if __name__ == "__main__":
    sys.exit(main())
