#!/usr/bin/env python3
"""What a real Prometheus has scraped of a paced run is what the run's database says of the same simulated time; and a rate is the
same number at speed 1, at speed 60 and backfilled."""
import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "dashboards"), str(HERE.parent / "end_to_end")]
import live_harness as live  # noqa: E402
from live_harness import Run  # noqa: E402
from program_harness import PROGRAM, claim, need_program, query  # noqa: E402
from prometheus_server import PrometheusServer, live_config  # noqa: E402

# A hundred instances that each call every other second: 50 calls a second, whatever second.
STEADY = """\
version: 1
name: watched
start: 2026-01-05T08:30:00Z
duration: 2h
seed: 42
accounts:
  - id: "123456789012"
    regions: [{name: us-east-1, sts: {service: {rate: 600/s, burst: 600}}}]
roles:
  - name: Machine
    account: "123456789012"
    trust_policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: appstream.amazonaws.com}, Action: "sts:AssumeRole"}]}
    policies: [{Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:PutObject", Resource: "*"}]}]
images: [{name: win2019, agent_released: 2024-05-01}]
fleets:
  - name: steady
    account: "123456789012"
    region: us-east-1
    type: always_on
    image: win2019
    role: Machine
    subnets: [10.0.0.0/16]
    instances: 100
    provisioning: {start: {uniform: [0s, 4s]}, boot: 0s, agent: 0s, eni: 0s}
    workloads:
      - name: upload
        client: {tool: boto3}
        profile: appstream_machine_role
        starts: boot
        calls: {action: "s3:PutObject", every: 2s}
"""
CALLS_A_SECOND = 50
SECOND_US = 1_000_000


def scraped_at(prometheus, begin):
    """{simulated microseconds: {(name, labels): value}}, of every scrape since `begin` that met a run."""
    by_stamp = {}
    seconds = int(time.time() - begin) + 1
    for series in prometheus.query(f'{{__name__=~"credsim_.*"}}[{seconds}s]', time.time()):
        labels = {name: value for name, value in series["metric"].items() if name not in ("job", "instance", "__name__")}
        key = series["metric"]["__name__"], tuple(sorted(labels.items()))
        for stamp, value in series["values"]:
            by_stamp.setdefault(stamp, {})[key] = float(value)
    return {round(live.simulated(samples) * SECOND_US): samples for samples in by_stamp.values()}


def scrapes_equal_the_database():
    with tempfile.TemporaryDirectory(prefix="credsim-test-") as place, \
            Run(place, "--speed", 60, "--set", "series_step=15s") as run, \
            PrometheusServer(place, live_config(f"127.0.0.1:{run.port}")) as prometheus:
        begin = time.time()
        overlaps = "sum(credsim_credential_overlap_seconds_count) > 30"
        prometheus.wait_until(lambda: prometheus.query(overlaps, time.time()), "overlaps of all fleets were scraped")
        scraped = scraped_at(prometheus, begin)
        run.stop(signal.SIGINT)
        steps = sorted(at for at in scraped if at > 0 and at % (15 * SECOND_US) == 0)
        claim(len(steps) > 5, f"{len(steps)} of {len(scraped)} scrapes are of a step of the series")
        compared = 0
        for at in steps:
            for metric, labels, value in query(run.database, f"select metric, labels_json, value from timeseries where at_us = {at}"):
                key = "credsim_" + metric, tuple(sorted(json.loads(labels).items()))
                shown = scraped[at].get(key)
                if shown != value:
                    claim(False, f"{key} at {at / SECOND_US:g} s is {value} in the database", f"scraped: {shown}")
                compared += 1
        claim(compared > 100 * len(steps), f"all {compared} values that Prometheus scraped at those are the database's")


def rate(prometheus, window):
    """Calls a simulated second, as the recorded rate has them; None without data."""
    found = prometheus.query(f'sum(credsim:api_calls:sim_rate{{window_seconds="{window}"}})', time.time())
    return float(found[0]["value"][1]) if found else None


def limit(prometheus, at):
    return float(prometheus.query('credsim_bucket_refill_rate{bucket="sts.service"}', at)[0]["value"][1])


def live_rate(speed):
    """The rate of a run at `speed` once its window lies in steady time, and the limit beside it."""
    with tempfile.TemporaryDirectory(prefix="credsim-test-") as place, Run(place, "--speed", speed, text=STEADY) as run, \
            PrometheusServer(place, live_config(f"127.0.0.1:{run.port}")) as prometheus:
        steady = f'credsim_simulation_time_seconds > {6 + 8 * speed} and on() credsim:simulation_time_seconds:rate{{window_seconds="5"}}'
        prometheus.wait_until(lambda: prometheus.query(steady, time.time()), "its window lies in steady time")
        now = time.time()
        return rate(prometheus, 5), limit(prometheus, now)


def backfilled_rate():
    with tempfile.TemporaryDirectory(prefix="credsim-test-") as place:
        (Path(place) / "steady.yaml").write_text(STEADY, encoding="utf-8")
        subprocess.run([PROGRAM, "run", "steady.yaml", "--quiet"], cwd=place, check=True)
        subprocess.run([PROGRAM, "export", "watched.db", "--format", "openmetrics", "--shift-to-now", "-o", "run.om"], cwd=place, check=True,
                       stdout=subprocess.DEVNULL)
        now = int(time.time())
        stored = query(Path(place) / "watched.db", "select sum(value) from timeseries where metric = 'api_calls_total' and at_us in (3600000000, 3660000000) group by at_us")
        claim(stored[1][0] - stored[0][0] == 60 * CALLS_A_SECOND, f"the database counts {CALLS_A_SECOND} calls a second")
        prometheus = PrometheusServer(place)
        prometheus.backfill(Path(place) / "run.om")
        with prometheus:
            prometheus.backfill_rates(now - 3600, now - 60)
            found = prometheus.query('sum(credsim:api_calls:sim_rate{window_seconds="120"})', now - 120)
            return float(found[0]["value"][1]), limit(prometheus, now - 120)


def rates_are_the_same():
    for what, (calls, refill) in {"at speed 1": live_rate(1), "at speed 60": live_rate(60), "backfilled": backfilled_rate()}.items():
        claim(calls is not None and abs(calls - CALLS_A_SECOND) < 0.05 * CALLS_A_SECOND,
              f"{what}, {CALLS_A_SECOND} calls a simulated second are recorded as that", str(calls))
        claim(refill == 600, f"{what}, beside the same 600/s", str(refill))


def main():
    need_program()
    scrapes_equal_the_database()
    rates_are_the_same()


if __name__ == "__main__":
    main()
