#!/usr/bin/env python3
"""A real Prometheus answers every query of the dashboards, the alerts and the annotations, with data, over a backfilled run."""
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "dashboards"), str(HERE.parent / "end_to_end")]
import answers  # noqa: E402
import metrics  # noqa: E402
import sample_run  # noqa: E402
from program_harness import claim  # noqa: E402
from prometheus_server import PrometheusServer  # noqa: E402

START = 1_767_600_000  # 2026-01-05T08:00:00Z
END = START + sample_run.STEP * (sample_run.STEPS - 1)


def main():
    with tempfile.TemporaryDirectory(prefix="credsim-test-") as folder:
        openmetrics = Path(folder) / "run.om"
        openmetrics.write_text(sample_run.openmetrics(START), encoding="utf-8")
        prometheus = PrometheusServer(folder)
        prometheus.backfill(openmetrics)
        with prometheus:
            claim(prometheus.smallest_window(START, END) is None, "there are no rates before the rules are backfilled")
            prometheus.backfill_rates(START, END)
            window = prometheus.smallest_window(START, END)
            claim(window == "120", "with a sample a minute the smallest window with data is 120 s", str(window))

            empty = list(answers.empty(prometheus, window, START, END))
            claim(not empty, "every query of every dashboard and every recorded rate finds data", "; ".join(empty))

            # 30 in a minute, of two resources in each of two Regions
            rate = prometheus.query('sum(credsim:assume_role_requests:sim_rate{window_seconds="120", outcome="success"})', END)
            claim(abs(float(rate[0]["value"][1]) - 2.0) < 1e-9, "30 attempts a simulated minute of four fleets are 2 a simulated second", str(rate))
            for label in ("account", "region", "resource", "window_seconds"):
                claim(prometheus.get(f"/api/v1/label/{label}/values", start=START, end=END), f"the variable of {label} has values")
            for rule in metrics.rules_of((metrics.RULES / "alerts.yml").read_text(encoding="utf-8")):
                prometheus.query(rule["expr"], END)
                claim(True, f"Prometheus can evaluate {rule['alert']}")
            free = prometheus.query("(vector(1000000)) / (vector(+Inf) > 0 < +Inf) < 0.9", END)
            claim(free == [], "a run that was asked for no speed is never late")


if __name__ == "__main__":
    main()
