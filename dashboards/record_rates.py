#!/usr/bin/env python3
"""What the recording rules would have recorded of a backfilled run, as OpenMetrics: to be backfilled after it.

    dashboards/record_rates.py --url http://127.0.0.1:9090 --from 1767600000 --to 1767686400 --step 60 >rates.om

`promtool tsdb create-blocks-from rules` does the same, with a block for each rule and each two hours: 800 of a day, which take a
minute where this takes two seconds. Windows that do not reach two samples are left out. Needs python3-yaml.
"""
import argparse
import sys
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from grafana_panels import Prometheus  # noqa: E402

MOST_POINTS = 10_000  # Prometheus refuses more than 11,000 in an answer


def series_of(prometheus, rule, begin, end, step):
    """{labels as OpenMetrics has them: the samples} of one rule."""
    found = {}
    while begin <= end:
        last = min(end, begin + (MOST_POINTS - 1) * step)
        for series in prometheus.query_range(rule["expr"], begin, last, step):
            labels = {name: value for name, value in series["metric"].items() if name != "__name__"} | rule["labels"]
            text = ",".join(f'{name}="{escaped(value)}"' for name, value in sorted(labels.items()))
            found.setdefault(text, []).extend(series["values"])
        begin = last + step
    return found


def escaped(text):
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def rates(prometheus, rules, begin, end, step):
    """The text. The windows of one rate stand together, as OpenMetrics wants it."""
    by_record = {}
    for group in rules["groups"]:
        for rule in group["rules"]:
            if int(rule["labels"]["window_seconds"]) >= 2 * step:
                by_record.setdefault(rule["record"], []).append(rule)
    for record, windows in by_record.items():
        yield f"# TYPE {record} gauge\n"
        for rule in windows:
            for labels, samples in series_of(prometheus, rule, begin, end, step).items():
                yield "".join(f"{record}{{{labels}}} {value} {at}\n" for at, value in samples)
    yield "# EOF\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:9090", help="where Prometheus serves the run (%(default)s)")
    parser.add_argument("--from", dest="begin", type=float, required=True, help="seconds since 1970")
    parser.add_argument("--to", dest="end", type=float, required=True, help="seconds since 1970")
    parser.add_argument("--step", type=int, default=60, help="seconds between two samples of the run (%(default)s)")
    parser.add_argument("--rules", type=Path, default=HERE / "prometheus/rules/recording.yml", help="(%(default)s)")
    arguments = parser.parse_args()
    rules = yaml.safe_load(arguments.rules.read_text(encoding="utf-8"))
    sys.stdout.writelines(rates(Prometheus(arguments.url), rules, arguments.begin, arguments.end, arguments.step))


if __name__ == "__main__":
    main()
