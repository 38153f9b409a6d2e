#!/usr/bin/env python3
"""Draws dashboards as Grafana would show them, from their JSON and a Prometheus' answers: one picture for each.

    dashboards/draw_panels.py --url http://127.0.0.1:9090 --from 1767600000 --to 1767686400 --out pictures fleet rotation

Needs Debian's python3-matplotlib. Where no Grafana runs, this is how the dashboards are looked at, and how README's pictures of
them are made.
"""
import argparse
import re
import sys
from pathlib import Path

import numpy

sys.path.insert(0, str(Path(__file__).resolve().parent))
import matplotlib  # noqa: E402

matplotlib.use("Agg")
import grafana_panels  # noqa: E402
import panel_drawing  # noqa: E402
from matplotlib import pyplot  # noqa: E402
from panel_drawing import LABEL, THEMES, Area, moment  # noqa: E402

WIDTH, ROW, GAP, HEAD = 12.0, 0.36, 0.07, 0.5  # inches
DPI = 150
STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600)


class Line:
    """A series of an answer over the whole range; where it has no sample it is NaN."""

    def __init__(self, name, labels, values):
        self.name, self.labels, self.values = name, labels, values


def legend_of(target, labels):
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda match: labels.get(match.group(1), ""), target.get("legendFormat", ""))


def step_for(seconds, columns, most=10_000, least=1):
    """What Grafana would ask: about a point for each pixel of a panel, and as the panel limits it."""
    wanted = max(seconds / min(columns * 62, most), least)
    return next((step for step in STEPS if step >= wanted), STEPS[-1])


class Drawing:
    def __init__(self, prometheus, window, begin, end, theme):
        self.prometheus, self.window, self.begin, self.end, self.theme = prometheus, window, begin, end, theme

    def expand(self, expression, step):
        return grafana_panels.expand(expression, self.window, int(self.end - self.begin), step)

    def lines(self, panel):
        step = step_for(self.end - self.begin, panel["gridPos"]["w"], panel.get("maxDataPoints", 10_000), int(self.window))
        count = int((self.end - self.begin) // step) + 1
        found = []
        for target in panel["targets"]:
            for series in self.prometheus.query_range(self.expand(target["expr"], step), self.begin, self.end, step):
                values = numpy.full(count, numpy.nan)
                for at, value in series["values"]:
                    values[round((at - self.begin) / step)] = float(value)
                values[numpy.isinf(values)] = numpy.nan
                if not numpy.isnan(values).all():
                    found.append(Line(legend_of(target, series["metric"]), series["metric"], values))
        return found, [moment(self.begin + index * step) for index in range(count)]

    def rows(self, panel):
        """The answers of a table's queries merged by their labels, and its columns named and sorted."""
        merged = {}
        for target in panel["targets"]:
            for series in self.prometheus.query(self.expand(target["expr"], 0), self.end):
                row = merged.setdefault(tuple(sorted(series["metric"].items())), dict(series["metric"]))
                row[f"Value #{target['refId']}"] = float(series["value"][1])
        names = panel["transformations"][-1]["options"]["renameByName"]
        rows = [{name: row.get(field, numpy.nan if field.startswith("Value") else "") for field, name in names.items()} for row in merged.values()]
        for by in panel["options"].get("sortBy", []):
            rows.sort(key=lambda row: row[by["displayName"]], reverse=by["desc"])
        return rows

    def faults(self, dashboard):
        step = step_for(self.end - self.begin, 24)
        found = []
        for annotation in dashboard["annotations"]["list"]:
            for series in self.prometheus.query_range(annotation["expr"], self.begin, self.end, step):
                times = [at for at, _ in series["values"]]
                starts = [at for before, at in zip([0, *times], times) if at - before > 1.5 * step]
                ends = [at for at, after in zip(times, [*times[1:], 9e12]) if after - at > 1.5 * step]
                found += [(moment(begin), moment(end), series["metric"].get("name", "")) for begin, end in zip(starts, ends)]
        return found

    def draw(self, dashboard, path):
        theme = {**THEMES[self.theme], "fault": dashboard["annotations"]["list"][0]["iconColor"]}
        if self.theme == "light":
            theme["fault"] = "#b58900"  # the annotation's yellow is not seen on white
        bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"])
        height = HEAD + bottom * ROW + GAP
        figure = pyplot.figure(figsize=(WIDTH, height), dpi=DPI, facecolor=theme["page"])
        head = Area(figure, 0, 0, WIDTH, HEAD)
        head.text(0.12, HEAD / 2, dashboard["title"], color=theme["text"], fontsize=12, fontweight="bold", va="center")
        faults = self.faults(dashboard)
        names = ", ".join(dict.fromkeys(name for _, _, name in faults))
        says = f"{'fault: ' + names + '     ' if names else ''}{moment(self.begin):%Y-%m-%d %H:%M} to {moment(self.end):%Y-%m-%d %H:%M} UTC     window {self.window} s"
        head.text(WIDTH - 0.12, HEAD / 2, says, color=theme["weak"], fontsize=LABEL, ha="right", va="center")
        column = (WIDTH - GAP) / 24
        kinds = {"timeseries": panel_drawing.graph, "heatmap": panel_drawing.heat, "stat": panel_drawing.number, "table": panel_drawing.table}
        for panel in dashboard["panels"]:
            at = panel["gridPos"]
            area = Area(figure, GAP + at["x"] * column, HEAD + at["y"] * ROW, at["w"] * column - GAP, at["h"] * ROW - GAP)
            content, times = (self.rows(panel), []) if panel["type"] == "table" else self.lines(panel)
            kinds[panel["type"]](area, panel, theme, content, times, faults)
        figure.savefig(path, facecolor=theme["page"], metadata={"Date": None} if path.suffix == ".svg" else {"Software": None})
        pyplot.close(figure)


def main():
    dashboards = grafana_panels.prometheus_dashboards()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dashboards", nargs="*", choices=[*dashboards, []], metavar="DASHBOARD", help=f"of {', '.join(dashboards)}; all without")
    parser.add_argument("--url", default="http://127.0.0.1:9090", help="where Prometheus is (%(default)s)")
    parser.add_argument("--from", dest="begin", type=float, required=True, help="seconds since 1970")
    parser.add_argument("--to", dest="end", type=float, required=True, help="seconds since 1970")
    parser.add_argument("--window", help="seconds; the smallest that has data unless given")
    parser.add_argument("--theme", choices=sorted(THEMES), default="dark")
    parser.add_argument("--format", choices=["png", "svg"], default="png")
    parser.add_argument("--out", type=Path, default=Path("."), help="folder (%(default)s)")
    arguments = parser.parse_args()

    prometheus = grafana_panels.Prometheus(arguments.url)
    window = arguments.window or prometheus.smallest_window(arguments.begin, arguments.end)
    if window is None:
        sys.exit("draw_panels.py: there is no recorded rate between those times; are the rules backfilled?")
    drawing = Drawing(prometheus, window, arguments.begin, arguments.end, arguments.theme)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in arguments.dashboards or dashboards:
        path = arguments.out / f"{name}.{arguments.format}"
        drawing.draw(dashboards[name], path)
        print(path)


if __name__ == "__main__":
    main()
