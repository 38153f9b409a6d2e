#!/usr/bin/env python3
"""A paced run is scraped by a Prometheus with dashboards/prometheus/prometheus.yml: every query of the dashboards and every
recorded rate has data, and while the run is paused there is no rate."""
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "dashboards"), str(HERE.parent / "end_to_end")]
import answers  # noqa: E402
from live_harness import Run  # noqa: E402
from program_harness import claim, need_program  # noqa: E402
from prometheus_server import PrometheusServer, live_config  # noqa: E402

WINDOW = "5"


def main():
    need_program()
    with tempfile.TemporaryDirectory(prefix="credsim-test-") as place, Run(place, "--speed", 120) as run, \
            PrometheusServer(place, live_config(f"127.0.0.1:{run.port}")) as prometheus:
        begin = time.time()
        first_empty = [None]

        def all_have_data():
            first_empty[0] = next(answers.empty(prometheus, WINDOW, begin, time.time()), None)
            return first_empty[0] is None

        try:
            prometheus.wait_until(all_have_data, "every query has data")
        except RuntimeError as error:
            claim(False, "every query of a live run has data", f"{error}: {first_empty[0]}")
        claim(prometheus.smallest_window(begin, time.time()) == WINDOW, "every query of a live run has data, in the smallest window")
        failed = [rule for group in prometheus.get("/api/v1/rules")["groups"] for rule in group["rules"] if rule["health"] == "err"]
        claim(not failed, "Prometheus evaluates every rule and alert", str(failed))

        rate = f'credsim:assume_role_requests:sim_rate{{window_seconds="{WINDOW}"}}'
        claim(prometheus.query(rate, time.time()), "there are rates while the run goes on")
        run.say("pause")
        prometheus.wait_until(lambda: not prometheus.query(rate, time.time()), "a paused run has no rate")
        claim(True, "a paused run has no rate, and no division by zero")


if __name__ == "__main__":
    main()
