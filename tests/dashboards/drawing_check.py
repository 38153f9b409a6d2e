#!/usr/bin/env python3
"""Grafana's own code draws every dashboard from a Prometheus and a database that have all there is to show: nothing is empty, has an
error, or is called by a name that Grafana does not know. Copies with mistakes in them show that a mistake would be found.

`./dev dashboards --check` runs this, and no test of ctest: it needs a browser.
"""
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "dashboards"), str(HERE.parent / "end_to_end")]
import grafana_panels  # noqa: E402
import sample_run  # noqa: E402
from program_harness import busy_scenario, claim, folder, need_program, run, write_scenario  # noqa: E402
from prometheus_server import SOURCE, PrometheusServer  # noqa: E402

START = 1_767_600_000  # 2026-01-05T08:00:00Z
END = START + sample_run.STEP * (sample_run.STEPS - 1)
#: What is done to copies of race.json, by the title of the panel or, without one, to the dashboard; and what is to be said of it.
MISTAKES = [
    {
        "First calls without a network": (lambda panel: panel["fieldConfig"]["defaults"].update(unit="parsecs"), 'knows no unit "parsecs"'),
        "Calls lost without a network": (lambda panel: panel["targets"][0].update(expr="sum("), "parse error"),
        "Network ready for 99 % after": (lambda panel: panel["options"]["reduceOptions"].update(calcs=["latest"]), 'knows no calcs "latest"'),
        "First credential for 99 % after": (
            lambda panel: panel["fieldConfig"]["defaults"]["color"].update(mode="threshold"), 'knows no colour mode "threshold"'),
        "Which is first, the network or the credential?": (lambda panel: panel["targets"][0].update(legendFormat=""), 'is called "{}"'),
        "Who is too early? First calls per simulated second": (
            lambda panel: panel["fieldConfig"]["overrides"][0]["matcher"].update(options="nowhere"), "no field is called nowhere"),
        "Who loses? Calls lost per simulated second": (lambda panel: panel["targets"][0].update(expr='up{job="none"}'), "No data"),
        "Which workloads lose calls, and how do they wait?": (
            lambda panel: panel["transformations"][0].update(id="merged"), 'knows no transformation "merged"'),
    },
    {
        "First calls without a network": (lambda panel: panel.update(title=panel["title"] + ", of all that there were"), "the title is cut off"),
        "Which is first, the network or the credential?": (
            lambda panel: panel["fieldConfig"]["overrides"][0]["matcher"].update(id="byTitle"), 'knows no matcher "byTitle"'),
        "Who is too early? First calls per simulated second": (
            lambda panel: panel["fieldConfig"]["defaults"]["custom"].update(lineBreadth=2), 'knows no property "custom.lineBreadth"'),
        "Who loses? Calls lost per simulated second": (lambda panel: panel.update(type="pie"), "type pie cannot be drawn"),
        "Which workloads lose calls, and how do they wait?": (lambda panel: panel["fieldConfig"].update(overrides=[]), "columns are cut off"),
    },
    {"": (lambda dashboard: dashboard["annotations"]["list"][0].update(expr="sum("), "parse error")},
]


def draw(place, *arguments):
    words = ["node", SOURCE / "dashboards/drawing/out/draw.js", "--check", "--out", place, *arguments]
    return subprocess.run(list(map(str, words)), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)


def sound(place, names, *arguments):
    done = draw(place, *arguments)
    claim(done.returncode == 0 and not done.stderr, f"{', '.join(names)}: drawn whole, by names that Grafana knows", done.stderr)
    for name in names:
        picture = (Path(place) / f"{name}.png").read_bytes()
        claim(len(picture) > 20_000 and picture.startswith(b"\x89PNG"), f"{name}.png is a picture")


def found(place, of_prometheus, mistakes):
    """A copy of race.json with all of the mistakes is refused for each."""
    copy = grafana_panels.load(grafana_panels.FOLDER / "race.json")
    for title, (change, _) in mistakes.items():
        change(next((panel for panel in copy["panels"] if panel["title"] == title), copy))
    wrong = Path(place) / "wrong"
    wrong.mkdir(exist_ok=True)
    (wrong / "race.json").write_text(json.dumps(copy), encoding="utf-8")
    done = draw(wrong, *of_prometheus, "--dashboards", wrong)
    claim(done.returncode == 1, "a dashboard with mistakes is refused", done.stderr)
    for title, (_, says) in mistakes.items():
        said = any(line.startswith(f"race: {title}") and says in line for line in done.stderr.splitlines())
        claim(said, f"{title or 'the faults'}: {says}", done.stderr)


def main():
    need_program()
    with folder() as place:
        openmetrics = Path(place) / "run.om"
        openmetrics.write_text(sample_run.openmetrics(START), encoding="utf-8")
        prometheus = PrometheusServer(place)
        prometheus.backfill(openmetrics)
        with prometheus:
            prometheus.backfill_rates(START, END)
            of_prometheus = ["--url", prometheus.url, "--from", START, "--to", END]
            sound(place, grafana_panels.prometheus_dashboards(), *of_prometheus)
            for mistakes in MISTAKES:
                found(place, of_prometheus, mistakes)
        run("run", write_scenario(place, busy_scenario(instances=30)), "--db", "busy.db", "--quiet", cwd=place)
        sound(place, ["review"], "--db", Path(place) / "busy.db", "--theme", "light")


if __name__ == "__main__":
    main()
