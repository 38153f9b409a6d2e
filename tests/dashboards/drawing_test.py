#!/usr/bin/env python3
"""Numbers are written as Grafana writes them, and, where python3-matplotlib is, every dashboard can be drawn."""
import math
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "dashboards"), str(HERE.parent / "end_to_end")]
import grafana_panels  # noqa: E402
import sample_run  # noqa: E402
from grafana_units import written  # noqa: E402
from program_harness import busy_scenario, claim, need_program, run, write_scenario  # noqa: E402
from prometheus_server import SOURCE, PrometheusServer  # noqa: E402

START = 1_767_600_000  # 2026-01-05T08:00:00Z
END = START + sample_run.STEP * (sample_run.STEPS - 1)
NUMBERS = {
    (0, "short"): "0", (12.34, "short"): "12.3", (5000, "short"): "5 K", (1_234_567, "short"): "1.23 M", (0.017, "short"): "0.017",
    (600, "reqps"): "600 req/s", (13_120, "eps"): "13.1 K evt/s", (0.25, "percentunit"): "25%", (1, "percentunit"): "100%",
    (0, "s"): "0 s", (0.25, "s"): "250 ms", (30, "s"): "30 s", (60, "s"): "1 min", (900, "s"): "15 mins", (3600, "s"): "1 hour",
    (86400, "s"): "1 day", (1.5, "suffix:×"): "1.5×", (math.inf, "short"): "∞", (math.nan, "short"): "–",
}


def numbers():
    for (value, unit), text in NUMBERS.items():
        claim(written(value, unit) == text, f"{value} in {unit} is {text}", written(value, unit))


def pictures(place):
    def draw(*arguments):
        words = [sys.executable, "-B", SOURCE / "dashboards/draw_panels.py", "--out", place, *arguments]
        done = subprocess.run(list(map(str, words)), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
        claim(done.returncode == 0, f"draw_panels.py {' '.join(map(str, arguments[:1]))} ends well", done.stdout)

    openmetrics = Path(place) / "run.om"
    openmetrics.write_text(sample_run.openmetrics(START), encoding="utf-8")
    prometheus = PrometheusServer(place)
    prometheus.backfill(openmetrics)
    with prometheus:
        prometheus.backfill_rates(START, END)
        draw("--url", prometheus.url, "--from", START, "--to", END)
    run("run", write_scenario(place, busy_scenario(instances=30)), "--db", "busy.db", "--quiet", cwd=place)
    draw("--db", Path(place) / "busy.db", "--theme", "light")
    for name in [*grafana_panels.prometheus_dashboards(), "review"]:
        picture = Path(place) / f"{name}.png"
        claim(picture.stat().st_size > 20_000 and picture.read_bytes().startswith(b"\x89PNG"), f"{name} is drawn")


if __name__ == "__main__":
    need_program()
    numbers()
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        print("  without python3-matplotlib nothing is drawn")
        sys.exit(0)
    with tempfile.TemporaryDirectory(prefix="credsim-test-") as folder:
        pictures(folder)
