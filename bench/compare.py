#!/usr/bin/env python3
"""Compares benchmarks and instruction counts with baseline.json: what costs over 10 % more fails, in a table that names it.

  compare.py BENCH.json... [--instructions COUNTS.json]    compares; exit status 1 if something costs more or is missing
  compare.py BENCH.json... --instructions COUNTS.json --update    makes these the baseline
  compare.py --filter                       prints which benchmarks it needs, a --benchmark_filter for each process
  compare.py --table BENCH.json...          prints a table for README.md

BENCH.json is what --benchmark_out writes, COUNTS.json is count_instructions.py's. README.md says how it decides.
"""

import argparse
import json
import math
import re
import sys
from pathlib import Path

BASELINE = Path(__file__).with_name("baseline.json")
ALLOWED = 0.10
# Another processor has other caches: there only a gross change is certain.
ALLOWED_ELSEWHERE = 0.40


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


# ---- what was measured ----


class Measured:
    """All repetitions of all files, by the benchmark's name without Google Benchmark's additions to it."""

    def __init__(self, reports):
        self.context = reports[0]["context"]
        self.seconds, self.excuses, self.last = {}, {}, {}
        for report in reports:
            for run in report["benchmarks"]:
                if run.get("run_type", "iteration") != "iteration":
                    continue
                name = re.sub(r"/(manual_time|process_time|real_time|(iterations|repeats|min_time):[^/]*)", "", run["name"])
                if run.get("error_occurred"):
                    self.excuses[name] = run.get("error_message", "")
                else:
                    self.seconds.setdefault(name, []).append(seconds_per_item(run))
                    self.last[name] = run

    def compiler(self):
        """Its name and major version, by which baselines are kept."""
        return " ".join(self.context["compiler"].split(".")[0].split()[:2])


def seconds_per_item(run):
    if run.get("items_per_second"):
        return 1 / run["items_per_second"]
    unit = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}[run["time_unit"]]
    return unit * run["real_time" if "/manual_time" in run["name"] else "cpu_time"]


def interval(of, to):
    """(low, middle, high) of the ratio: Hodges and Lehmann's estimate with the Mann-Whitney 95 % interval, which assumes
    nothing about how the noise is distributed."""
    ratios = sorted(a / b for a in of for b in to)
    n, m = len(of), len(to)
    outside = max(0, int(n * m / 2 - 1.96 * math.sqrt(n * m * (n + m + 1) / 12)) - 1)
    middle = (ratios[(len(ratios) - 1) // 2] + ratios[len(ratios) // 2]) / 2
    return ratios[outside], middle, ratios[-1 - outside]


# ---- the comparison ----


class Row:
    """One line of the table. `verdict` is one of: ok, worse, better, unclear, missing, skipped, new."""

    def __init__(self, name, before=None, now=None, verdict="ok", note=""):
        self.name, self.before, self.now, self.verdict, self.note = name, before, now, verdict, note

    def cells(self):
        change = f"{100 * (self.now / self.before - 1):+.1f} %" if self.before and self.now else ""
        numbers = ["" if value is None else f"{value:.4g}" for value in (self.before, self.now)]
        return [self.name, *numbers, change, f"{self.verdict} {self.note}".strip()]


def judge(name, before, low, now, high, allowed):
    """Worse or better only if the whole interval is."""
    if before is None:
        return Row(name, None, now, "new")
    spread = f"({low:.3g} to {high:.3g})" if low < high else ""
    if low > before * (1 + allowed):
        return Row(name, before, now, "worse", spread)
    if high < before * (1 - allowed):
        return Row(name, before, now, "better", spread)
    if now > before * (1 + allowed):
        return Row(name, before, now, "unclear", spread)
    return Row(name, before, now)


def compare_ratios(baseline, before, measured):
    allowed = ALLOWED if before.get("machine") == measured.context["machine"] else ALLOWED_ELSEWHERE
    for name, ratio in gated(baseline).items():
        sides = [ratio["of"], ratio["to"]]
        excuses = [measured.excuses[side] for side in sides if side in measured.excuses]
        absent = [side for side in sides if side not in measured.seconds]
        known = before.get("ratios", {}).get(name)
        if excuses and excuses[0].startswith("needs "):
            yield Row(name, known, None, "skipped", f"({excuses[0]})")
        elif excuses or absent:
            yield Row(name, known, None, "missing", f"({excuses[0] if excuses else 'no ' + absent[0]})")
        else:
            low, now, high = interval(*(measured.seconds[side] for side in sides))
            yield judge(name, known, low, now, high, allowed)


def compare_instructions(before, counts):
    known, now = before.get("instructions", {}), counts["instructions"]
    for name in {**known, **now}:
        if name not in now:
            yield Row(name, known[name], None, "missing")
        else:
            yield judge(name, known.get(name), now[name], now[name], now[name], ALLOWED)


def print_table(rows):
    table = [["", "baseline", "now", "change", ""]] + [row.cells() for row in rows]
    widths = [max(len(line[i]) for line in table) for i in range(5)]
    for line in table:
        first, *numbers, verdict = line
        cells = [first.ljust(widths[0])] + [text.rjust(width) for text, width in zip(numbers, widths[1:4])] + [verdict]
        print("  ".join(cells).rstrip())


def compare(baseline, measured, counts):
    rows = []
    if measured:
        before = baseline["measured"].get(measured.compiler(), {})
        rows = list(compare_ratios(baseline, before, measured))
        print(f"Ratios of CPU time in the same run by {measured.compiler()}, less is better:")
        print_table(rows)
        if before and before["machine"] != measured.context["machine"]:
            print(f"The baseline is of another machine, so a ratio fails from {100 * ALLOWED_ELSEWHERE:.0f} % on:")
            print(f"  {before['machine']}\n  {measured.context['machine']}")
    if counts:
        counted = list(compare_instructions(baseline["measured"].get(counts["compiler"], {}), counts))
        print(f"\nInstructions by {counts['compiler']}, less is better:")
        print_table(counted)
        rows += counted
    verdicts = {row.verdict for row in rows}
    if "unclear" in verdicts:
        print("\nunclear: worse, but so noisy that it may be chance. Measure again on a quieter machine.")
    if verdicts & {"better", "new"}:
        print("\nnew: baseline.json has none by this compiler, so it is not compared." if "new" in verdicts else "")
        print("To keep what became better, or is new, as the baseline: ./dev compare --update")
    failed = [row for row in rows if row.verdict in ("worse", "missing")]
    if failed:
        print("\nFAILED: these cost more than 10 % more than the baseline, or are missing")
        print_table(failed)
    return 1 if failed else 0


def update(baseline, measured, counts):
    if measured:
        now = baseline["measured"].setdefault(measured.compiler(), {})
        now["machine"] = measured.context["machine"]
        # What could not be measured here stays; what is no longer compared goes.
        kept = now.get("ratios", {})
        now["ratios"] = {}
        for name, ratio in gated(baseline).items():
            sides = [measured.seconds.get(ratio[side]) for side in ("of", "to")]
            if all(sides):
                now["ratios"][name] = float(f"{interval(*sides)[1]:.4g}")
            elif name in kept:
                now["ratios"][name] = kept[name]
    if counts:
        baseline["measured"].setdefault(counts["compiler"], {})["instructions"] = counts["instructions"]


# ---- tables for people ----


def readable(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


WORTH_A_WORD = r"bytes_(a|per)_(row|instance)|ceiling_|times_(ceiling|engine)$|series$"


def markdown(baseline, measured):
    """Every ratio of which both sides ran, then what is in none."""
    context = measured.context
    place = ", ".join(context.get(key, "") for key in ("machine", "compiler", "build", "version"))
    lines = [f"{place}, seed {context.get('seed', '')}", ""]
    lines += ["| | an item | beside | ratio | result |", "| --- | --- | --- | --- | --- |"]
    shown = set()
    for name, ratio in baseline["ratios"].items():
        of, to = (measured.seconds.get(ratio[side]) for side in ("of", "to"))
        if of and to:
            shown |= {ratio["of"], ratio["to"]}
            result = result_of(measured.last[ratio["of"]])
            lines.append(f"| {name} | {median(of)} | {median(to)} | {interval(of, to)[1]:.3g} | {result} |")
    lines += ["", "| | an item | also | result |", "| --- | --- | --- | --- |"]
    for name, run in measured.last.items():
        also = [f"{key} {run[key]:.4g}" for key in sorted(run) if re.match(WORTH_A_WORD, key)]
        if also or name not in shown:
            item = "" if "bytes_per_instance" in run else median(measured.seconds[name])
            lines.append(f"| `{name}` | {item} | {', '.join(also)} | {result_of(run)} |")
    return "\n".join(lines)


def result_of(run):
    return f"{run['result']:.0f}" if "result" in run else ""


def median(times):
    return readable(sorted(times)[len(times) // 2])


def gated(baseline):
    """The others are for the table alone: too large to run for each change."""
    return {name: ratio for name, ratio in baseline["ratios"].items() if ratio.get("gated", True)}


def needed(baseline):
    """A filter for each process. Benchmarks that leave threads behind, as a server's, would make others slower: they have one of
    their own."""
    names = sorted({ratio[side] for ratio in gated(baseline).values() for side in ("of", "to")})
    for served in (False, True):
        group = [re.escape(name).replace("\\-", "-") for name in names if name.startswith("watch/") == served]
        if group:
            yield "^(" + "|".join(group) + ")(/manual_time)?$"


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", nargs="*", type=Path, metavar="BENCH.json")
    parser.add_argument("--instructions", type=Path, metavar="COUNTS.json")
    parser.add_argument("--baseline", type=Path, default=BASELINE, metavar="FILE")
    what = parser.add_mutually_exclusive_group()
    for option in ("--update", "--filter", "--table"):
        what.add_argument(option, action="store_true")
    options = parser.parse_args(arguments)
    baseline = read(options.baseline)
    if options.filter:
        print("\n".join(needed(baseline)))
        return 0
    measured = Measured([read(path) for path in options.bench]) if options.bench else None
    counts = read(options.instructions) if options.instructions else None
    if not measured and not counts:
        parser.error("nothing to compare")
    if options.table:
        print(markdown(baseline, measured))
        return 0
    if options.update:
        update(baseline, measured, counts)
        options.baseline.write_text(json.dumps(baseline, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"wrote {options.baseline}")
        return 0
    return compare(baseline, measured, counts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
