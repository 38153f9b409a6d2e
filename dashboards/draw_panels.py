#!/usr/bin/env python3
"""Draws dashboards as Grafana would show them, from their JSON and a Prometheus' answers or a run's database: one picture each.

    dashboards/draw_panels.py --url http://127.0.0.1:9090 --from 1767600000 --to 1767686400 --out pictures fleet rotation
    dashboards/draw_panels.py --db quickstart.db --out pictures

Needs Debian's python3-matplotlib. Where no Grafana runs, this is how the dashboards are looked at, and how README's pictures of
them are made.
"""
import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import matplotlib  # noqa: E402

matplotlib.use("Agg")
import grafana_panels  # noqa: E402
import panel_drawing  # noqa: E402
from matplotlib import pyplot  # noqa: E402
from panel_drawing import LABEL, THEMES, Area, moment  # noqa: E402
from panel_sources import PrometheusSource, SqliteSource  # noqa: E402

WIDTH, ROW, GAP, HEAD = 12.0, 0.36, 0.07, 0.5  # inches
DPI = 100
KINDS = {"timeseries": panel_drawing.graph, "heatmap": panel_drawing.heat, "stat": panel_drawing.number, "table": panel_drawing.table}
FAULT = {"dark": "#F0E442", "light": "#b58900"}  # the annotations' yellow is not seen on white


def draw(dashboard, source, theme_name, path):
    theme = {**THEMES[theme_name], "fault": FAULT[theme_name]}
    bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"])
    figure = pyplot.figure(figsize=(WIDTH, HEAD + bottom * ROW + GAP), dpi=DPI, facecolor=theme["page"])
    faults = source.faults(dashboard)
    names = ", ".join(dict.fromkeys(name for _, _, name in faults))
    says = [f"fault: {names}"] if names else []
    says += [f"{moment(source.begin):%Y-%m-%d %H:%M} to {moment(source.end):%Y-%m-%d %H:%M} UTC", source.says]
    head = Area(figure, 0, 0, WIDTH, HEAD)
    head.text(0.12, HEAD / 2, dashboard["title"], color=theme["text"], fontsize=12, fontweight="bold", va="center")
    head.text(WIDTH - 0.12, HEAD / 2, "     ".join(says), color=theme["weak"], fontsize=LABEL, ha="right", va="center")
    column = (WIDTH - GAP) / 24
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        area = Area(figure, GAP + at["x"] * column, HEAD + at["y"] * ROW, at["w"] * column - GAP, at["h"] * ROW - GAP)
        content, times = (source.rows(panel), []) if panel["type"] == "table" else source.lines(panel)
        KINDS[panel["type"]](area, panel, theme, content, times, faults)
    figure.savefig(path, facecolor=theme["page"], metadata={"Date": None} if path.suffix == ".svg" else {"Software": None})
    pyplot.close(figure)
    print(path)


def main():
    dashboards = grafana_panels.prometheus_dashboards()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dashboards", nargs="*", choices=[*dashboards, []], metavar="DASHBOARD", help=f"of {', '.join(dashboards)}; all without")
    parser.add_argument("--db", type=Path, help="draws the dashboard review of this database instead")
    parser.add_argument("--run", type=int, default=1, help="which run of the database (%(default)s)")
    parser.add_argument("--url", default="http://127.0.0.1:9090", help="where Prometheus is (%(default)s)")
    parser.add_argument("--from", dest="begin", type=float, help="seconds since 1970")
    parser.add_argument("--to", dest="end", type=float, help="seconds since 1970")
    parser.add_argument("--window", help="seconds; the smallest that has data unless given")
    parser.add_argument("--theme", choices=sorted(THEMES), default="dark")
    parser.add_argument("--format", choices=["png", "svg"], default="png")
    parser.add_argument("--out", type=Path, default=Path("."), help="folder (%(default)s)")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)

    if arguments.db:
        review = grafana_panels.load(grafana_panels.FOLDER / "review.json")
        draw(review, SqliteSource(arguments.db, arguments.run), arguments.theme, arguments.out / f"review.{arguments.format}")
        return
    if arguments.begin is None or arguments.end is None:
        parser.error("--from and --to, or --db")
    prometheus = grafana_panels.Prometheus(arguments.url)
    window = arguments.window or prometheus.smallest_window(arguments.begin, arguments.end)
    if window is None:
        sys.exit("draw_panels.py: there is no recorded rate between those times; are the rules backfilled?")
    source = PrometheusSource(prometheus, window, arguments.begin, arguments.end)
    for name in arguments.dashboards or dashboards:
        draw(dashboards[name], source, arguments.theme, arguments.out / f"{name}.{arguments.format}")


if __name__ == "__main__":
    main()
