"""Which metrics there are, and which labels each has: include/credsim/metric.hpp, and what the recording rules add."""
import re
import sys
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
from promql import Query  # noqa: E402

SOURCE = Path(__file__).resolve().parents[2]
RULES = SOURCE / "dashboards/prometheus/rules"
HEADER = SOURCE / "include/credsim/metric.hpp"

#: Every scrape adds these; a backfill has none, which is a label that is empty.
OF_A_SCRAPE = {"job", "instance"}
#: In the summary events are of a run; their series is of a cell, and has its first account and Region.
OF_A_CELL = {"events_total": {"account", "region"}}

METRIC = re.compile(r'Metric\{"(\w+)",\s*MetricKind::(\w+),\s*((?:"[^"]*"\s*)+),\s*(?:"([\w,]*)"|kLimitLabels)')


def metrics_of(header):
    """{name: (kind, labels)} of the text of metric.hpp."""
    found = {name: (kind, set(filter(None, labels.split(",")))) for name, kind, _, labels in METRIC.findall(header)}
    if len(found) != header.count("Metric{\"") or len(found) < 30:
        raise RuntimeError(f"{HEADER} is not written as expected: {len(found)} metrics found")
    return found


def exposed(header=None):
    """{name of a series in Prometheus: its labels}."""
    found = {}
    for name, (kind, labels) in metrics_of(header if header is not None else HEADER.read_text(encoding="utf-8")).items():
        labels = labels | OF_A_CELL.get(name, set()) | OF_A_SCRAPE
        if kind == "histogram":
            found[f"credsim_{name}_bucket"] = labels | {"le"}
            found[f"credsim_{name}_sum"] = found[f"credsim_{name}_count"] = labels
        elif kind not in ("ratio", "limit") or name.endswith("speed_ratio"):
            found[f"credsim_{name}"] = labels
    return found


def rules_of(text):
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def recorded(text, labels_of):
    """{record: its labels} of a file of recording rules; each must be of metrics and labels that there are."""
    found = {}
    for rule in rules_of(text):
        labels = Query(rule["expr"], labels_of, raw=True).labels | set(rule["labels"])
        if found.setdefault(rule["record"], labels) != labels:
            raise RuntimeError(f"{rule['record']} has other labels in another window")
    return found
