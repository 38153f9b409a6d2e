#!/usr/bin/env python3
"""bench/compare.py: what costs more than 10 % more fails, in a table that names it; less passes; what is gone fails."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(os.environ.get("CREDSIM_SOURCE", Path(__file__).resolve().parents[2]))
CONTEXT = {"machine": "a machine, 2 processors", "compiler": "g++ 12.2.0", "build": "Release", "seed": "42"}
BASELINE = {
    "ratios": {
        "ours / theirs": {"of": "set/ours/1000", "to": "set/theirs/1000"},
        "slow / theirs": {"of": "set/slow", "to": "set/theirs/1000"},
    },
    "measured": {
        "g++ 12": {
            "machine": "a machine, 2 processors",
            "ratios": {"ours / theirs": 0.5, "slow / theirs": 4},
            "instructions": {"hold": 300.0, "audit_row": 3000.0},
        }
    },
}
COUNTS = {"hold": 300.0, "audit_row": 3000.0}
TIMES = {"set/ours/1000": 50, "set/theirs/1000": 100, "set/slow/manual_time": 400}
# A quiet machine: three repetitions within a percent.
QUIET = (0.995, 1, 1.005)


def report(times, noise=QUIET, context=None, errors=None):
    """As Google Benchmark writes it, with an aggregate that is not to be read."""
    runs = []
    for name, nanoseconds in times.items():
        for factor in noise:
            time = nanoseconds * factor
            runs.append({"name": name, "run_type": "iteration", "time_unit": "ns", "cpu_time": time, "real_time": time})
        runs.append({"name": name + "_mean", "run_type": "aggregate", "time_unit": "ns", "cpu_time": 1e9, "real_time": 1e9})
    for name, message in (errors or {}).items():
        runs.append({"name": name, "run_type": "iteration", "error_occurred": True, "error_message": message})
    return {"context": {**CONTEXT, **(context or {})}, "benchmarks": runs}


class Comparison(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="credsim-compare-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.write("baseline.json", BASELINE)

    def write(self, name, value):
        (self.folder / name).write_text(json.dumps(value), encoding="utf-8")

    def compare(self, *options, bench=None, counts=None, compiler="g++ 12"):
        self.write("bench.json", bench or report(TIMES))
        self.write("counts.json", {"compiler": compiler, "instructions": counts or COUNTS})
        command = [sys.executable, "-B", SOURCE / "bench/compare.py", "--baseline", "baseline.json", "bench.json"]
        command += ["--instructions", "counts.json", *options]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)

    def assert_fails(self, done, *words):
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        table = done.stdout.split("FAILED")[1]
        line = [line for line in table.splitlines() if line.startswith(words[0])]
        self.assertEqual(len(line), 1, done.stdout)
        for word in words:
            self.assertIn(word, line[0])
        return table

    def assert_passes(self, done):
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("FAILED", done.stdout)

    def test_the_baseline_itself_passes(self):
        self.assert_passes(self.compare())

    def test_a_ratio_that_is_15_percent_worse_fails_and_is_named(self):
        table = self.assert_fails(self.compare(bench=report({**TIMES, "set/ours/1000": 57.5})), "ours / theirs", "0.5", "0.575", "+15")
        self.assertNotIn("slow / theirs", table)

    def test_a_ratio_that_is_5_percent_worse_passes(self):
        self.assert_passes(self.compare(bench=report({**TIMES, "set/ours/1000": 52.5})))

    def test_a_slower_machine_does_not_matter(self):
        self.assert_passes(self.compare(bench=report({name: 3 * time for name, time in TIMES.items()})))

    def test_a_noisy_ratio_that_may_be_chance_passes_and_says_so(self):
        done = self.compare(bench=report({**TIMES, "set/ours/1000": 57.5}, noise=(0.8, 1, 1.25)))
        self.assert_passes(done)
        self.assertIn("unclear", done.stdout)

    def test_a_noisy_ratio_that_is_far_worse_fails(self):
        self.assert_fails(self.compare(bench=report({**TIMES, "set/ours/1000": 150}, noise=(0.8, 1, 1.25))), "ours / theirs")

    def test_on_another_machine_15_percent_passes_and_50_fails(self):
        elsewhere = {"machine": "another machine"}
        done = self.compare(bench=report({**TIMES, "set/ours/1000": 57.5}, context=elsewhere))
        self.assert_passes(done)
        self.assertIn("another machine", done.stdout)
        self.assert_fails(self.compare(bench=report({**TIMES, "set/ours/1000": 75}, context=elsewhere)), "ours / theirs")

    def test_a_benchmark_that_is_gone_fails(self):
        left = {name: time for name, time in TIMES.items() if "slow" not in name}
        self.assert_fails(self.compare(bench=report(left)), "slow / theirs", "missing", "set/slow")

    def test_a_benchmark_that_needs_what_is_not_installed_is_skipped(self):
        left = {name: time for name, time in TIMES.items() if "slow" not in name}
        done = self.compare(bench=report(left, errors={"set/slow": "needs SimPy 3"}))
        self.assert_passes(done)
        self.assertIn("needs SimPy 3", done.stdout)
        self.assert_fails(self.compare(bench=report(left, errors={"set/slow": "crashed"})), "slow / theirs", "crashed")

    def test_instructions_that_grow_15_percent_fail_and_are_named(self):
        table = self.assert_fails(self.compare(counts={**COUNTS, "hold": 345.0}), "hold", "300", "345", "+15")
        self.assertNotIn("audit_row", table)

    def test_instructions_that_grow_5_percent_pass(self):
        self.assert_passes(self.compare(counts={**COUNTS, "hold": 315.0}))

    def test_a_count_that_is_gone_fails(self):
        self.assert_fails(self.compare(counts={"hold": 300.0}), "audit_row", "missing")

    def test_by_a_compiler_without_a_baseline_nothing_is_compared(self):
        slower = report({**TIMES, "set/ours/1000": 900}, context={"compiler": "g++ 14.2.0"})
        done = self.compare(bench=slower, counts={"hold": 9000.0, "audit_row": 1.0}, compiler="g++ 14")
        self.assert_passes(done)
        self.assertIn("g++ 14", done.stdout)
        self.assertIn("not compared", done.stdout)

    def test_what_became_better_says_how_to_keep_it(self):
        done = self.compare(counts={**COUNTS, "hold": 200.0})
        self.assert_passes(done)
        self.assertIn("./dev compare --update", done.stdout)

    def test_an_update_makes_what_was_measured_the_baseline(self):
        slower = {"bench": report({**TIMES, "set/ours/1000": 90}), "counts": {**COUNTS, "hold": 900.0}}
        self.assertEqual(self.compare(**slower).returncode, 1)
        self.assertEqual(self.compare("--update", **slower).returncode, 0)
        self.assert_passes(self.compare(**slower))
        elsewhere = {"bench": report(TIMES, context={"compiler": "g++ 14.2.0"}), "counts": COUNTS, "compiler": "g++ 14"}
        self.assertEqual(self.compare("--update", **elsewhere).returncode, 0)
        measured = json.loads((self.folder / "baseline.json").read_text())["measured"]
        self.assertEqual(sorted(measured), ["g++ 12", "g++ 14"])
        self.assertEqual(measured["g++ 12"]["ratios"]["ours / theirs"], 0.9)
        self.assertEqual(measured["g++ 14"]["ratios"]["ours / theirs"], 0.5)

    def test_what_starts_a_server_is_measured_in_a_process_of_its_own(self):
        ratios = {"ours / theirs": {"of": "set/ours/1000", "to": "set/theirs/1000"}, "served / not": {"of": "watch/scraped", "to": "watch/unscraped"}}
        self.write("baseline.json", {**BASELINE, "ratios": ratios})
        alone, served = self.compare("--filter").stdout.split()
        self.assertIn("set/ours/1000", alone)
        self.assertNotIn("watch", alone)
        self.assertEqual(served, "^(watch/scraped|watch/unscraped)(/manual_time)?$")

    def test_what_is_not_gated_is_in_the_table_alone(self):
        baseline = {**BASELINE, "ratios": {"large": {"of": "set_large/ours", "to": "set/theirs/1000", "gated": False}}}
        self.write("baseline.json", baseline)
        self.assertNotIn("set_large", self.compare("--filter").stdout)
        self.assert_passes(self.compare())
        table = self.compare("--table", bench=report({**TIMES, "set_large/ours": 25})).stdout
        self.assertIn("| large | 25 ns | 100 ns | 0.25 |", table)


if __name__ == "__main__":
    unittest.main()
