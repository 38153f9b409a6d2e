#!/usr/bin/env python3
"""What `credsim export --format openmetrics` writes, promtool makes blocks from and a real Prometheus serves: every sample of a run."""

import json
import signal
import subprocess
import time
from collections import defaultdict
from pathlib import Path

import live_harness as live
import program_harness as harness
from program_harness import claim, query, run
from prometheus_server import PrometheusServer

STEP = 60
HOURS = 3
BUCKETS = {  # of include/credsim/metric.hpp, and +Inf
    "credential_overlap_seconds": 16, "credential_gap_seconds": 15, "first_credential_seconds": 19, "network_ready_seconds": 19,
    "interface_wait_seconds": 13, "session_wait_seconds": 13,
}
TABLES = {"instance": "instance", "credential": "credential", "gap": "credential_gap", "failure": "failure", "session": "session",
          "sample": "timeseries"}


def key(name, labels):
    return name, tuple(sorted(labels.items()))


def scenario_start(database, run_id):
    return query(database, "select cast(strftime('%s', sim_start_utc) as integer) from run where run_id = "
                           f"{run_id}")[0][0]


def recorded(database, run_id):
    """Every series of the run as the database has it, {series: {step: value}}, with 0 before it begins."""
    series = defaultdict(dict)
    rows = query(database, f"select metric, labels_json, at_us, value from timeseries where run_id = {run_id}")
    for metric, labels, at_us, value in rows:
        series[key("credsim_" + metric, json.loads(labels))][at_us // (STEP * 1000000)] = value
    for points in series.values():
        for step in range(min(points)):
            points[step] = 0.0
    return dict(series)


def lines_of_samples(path):
    return sum(not line.startswith("#") for line in path.read_text(encoding="utf-8").splitlines())


def families_are_whole(path):
    """Each family's comments come once and in order, its samples follow them, each series' in time order; # EOF ends all."""
    lines = path.read_text(encoding="utf-8").splitlines()
    claim(lines[-1] == "# EOF" and lines.count("# EOF") == 1, "# EOF is the last line")
    kinds, family, last = {}, None, {}
    for line in lines[:-1]:
        if line.startswith("# "):
            _, comment, family, text = line.split(" ", 3)
            if comment == "TYPE":
                if family in kinds:
                    harness.fail(f"family {family} comes twice")
                kinds[family] = text
            if comment == "UNIT" and not (family.endswith("_" + text) and text == "seconds"):
                harness.fail(line)
            continue
        series, _, stamp = line.rsplit(" ", 2)
        name = series.split("{")[0]
        suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}.get(kinds[family], [""])
        if name not in [family + suffix for suffix in suffixes]:
            harness.fail(f"{name} is not of the family {family}")
        if float(stamp) <= last.get(series, -1):
            harness.fail(f"{series} goes back in time at {stamp}")
        last[series] = float(stamp)
    claim(len(kinds) > 30, f"{len(kinds)} families are whole, their series in time order")


def promtool_finds_nothing_to_mend(path):
    """`promtool check metrics` reads the older text format: a counter's family has its samples' name, and there is one time."""
    lines, kinds, samples = [], {}, {}
    for line in path.read_text(encoding="utf-8").splitlines()[:-1]:
        if not line.startswith("#"):
            series, value, _ = line.rsplit(" ", 2)
            if series not in samples:
                lines.append(series)
            samples[series] = value
        elif not line.startswith("# UNIT"):
            lines.append(line)
            if line.startswith("# TYPE"):
                kinds[line.split()[2]] = line.split()[3]
    text = ""
    for line in lines:
        if line.startswith("#"):
            words = line.split(" ", 3)
            words[2] += "_total" if kinds[words[2]] == "counter" else ""
            text += " ".join(words) + "\n"
        else:
            text += f"{line} {samples[line]}\n"
    done = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True,
                          timeout=harness.DEADLINE_SECONDS, check=False)
    claim(done.returncode == 0 and done.stdout + done.stderr == "", "promtool check metrics finds nothing to mend",
          done.stdout + done.stderr)


def number(server, expression, at):
    """The only value of the only series."""
    found = server.query(expression, at)
    if len(found) != 1:
        harness.fail(f"{expression} has {len(found)} series")
    return float(found[0]["value"][1])


def stored(server, start, end):
    """Every sample of credsim's that the server has from `start` to `end`: {series: {step: value}}."""
    series = {}
    for each in server.query(f'{{__name__=~"credsim_.*"}}[{end - start + 1}s]', end):
        labels = dict(each["metric"])
        points = {}
        for stamp, value in each["values"]:
            if (stamp - start) % STEP != 0:
                harness.fail(f"{labels} has a sample at {stamp}")
            points[int(stamp - start) // STEP] = float(value)
        series[key(labels.pop("__name__"), labels)] = points
    return series


def all_samples_agree(database, run_id, served, last):
    """Every sample that Prometheus serves is the database's or, where the export adds it, what it should be."""
    known = recorded(database, run_id)
    missing = known.keys() - served.keys()
    claim(not missing, f"all {len(known)} series of the database are served", str(sorted(missing)[:3]))
    differing = [series for series in known if served[series] != known[series]]
    claim(not differing, f"each with all its {sum(map(len, known.values()))} values", str(differing[:3]))

    added = {series: served[series] for series in served.keys() - known.keys()}
    histograms = defaultdict(dict)
    for (name, labels), points in served.items():
        if name.endswith("_bucket"):
            others = tuple(label for label in labels if label[0] != "le")
            histograms[name.removesuffix("_bucket"), others][dict(labels)["le"]] = points
    for (name, labels), buckets in histograms.items():
        count = served[name + "_count", labels]
        if len(buckets) != BUCKETS[name.removeprefix("credsim_")] or buckets["+Inf"] != count:
            harness.fail(f"{name}{labels}: buckets {sorted(buckets)}")
        for bound, points in buckets.items():
            if points.keys() != count.keys():
                harness.fail(f"{name}{labels} has not all samples of le={bound}")
    claim(len(histograms) >= 6, f"{len(histograms)} histograms have all their buckets, 0 until they begin, and +Inf is their count")
    for (name, labels), points in list(added.items()):
        if name.endswith(("_bucket", "_sum", "_count")):
            if dict(labels).get("le") != "+Inf" and set(points.values()) != {0.0}:
                harness.fail(f"{name}{labels} is not in the database, but not 0")
            del added[name, labels]

    steps = set(range(last + 1))
    version = query(database, f"select version from run where run_id = {run_id}")[0][0]
    for name, labels, value in (("credsim_simulation_speed_ratio", {}, 1), ("credsim_simulation_target_speed_ratio", {}, 1),
                                ("credsim_audit_queue_depth", {}, 0), ("credsim_build_info", {"version": version}, 1)):
        points = added.pop(key(name, labels))
        claim(points == dict.fromkeys(steps, value), f"{name} is {value} at each step")
    for table, view in TABLES.items():
        points = added.pop(key("credsim_audit_rows_total", {"table": table}))
        rows = query(database, f"select count(*) from {view} where run_id = {run_id}")[0][0]
        counts = [points[step] for step in sorted(points)]
        claim(points.keys() == steps and counts == sorted(counts) and counts[-1] == rows,
              f"audit_rows_total of {table} grows to the {rows} rows of its view")
    claim(not added, "nothing else is served", str(sorted(added)[:3]))


def questions_of_dashboards(server, database, end):
    """Functions of PromQL over the same samples."""
    for metric in ("credential_overlap_seconds", "credential_gap_seconds"):
        median = number(server, f"histogram_quantile(0.5, sum by (le) (credsim_{metric}_bucket))", end)
        known = query(database, f"select value from summary where metric = '{metric}.p50' and labels_json = '{{}}' and run_id = 1")[0][0]
        bounds = [float(each["metric"]["le"]) for each in server.query(f"count by (le) (credsim_{metric}_bucket)", end)]
        low = max([bound for bound in bounds if bound < known * 0.996], default=0)
        high = min(bound for bound in bounds if bound >= known * 0.996)
        claim(low <= median <= high, f"the median of {metric}, {median:.1f} s, is in the bucket of {known:.1f} s", f"({low}, {high}]")
    issued = dict(query(database, "select at_us / 1000000, sum(value) from timeseries where metric = 'credentials_issued_total' "
                                  "and run_id = 1 group by at_us"))
    duration = HOURS * 3600
    rate = number(server, "sum(rate(credsim_credentials_issued_total[10m]))", end)
    # Prometheus 2 sees eleven samples in ten minutes, Prometheus 3 ten and extrapolates.
    nearly = {(issued[duration] - issued[duration - seconds]) / seconds for seconds in (540, 600)}
    claim(0.99 * min(nearly) <= rate <= 1.01 * max(nearly) and rate > 0, f"rate() is {rate:.3f} credentials a second", str(nearly))
    claim(number(server, "sum(changes(credsim_fault_active[3h]))", end) == 2, "an outage begins and ends")


def written(done, place, name):
    claim(done.returncode == 0 and done.stderr == "", f"credsim export writes {name}", f"{done.returncode}: {done.stderr}")
    samples = lines_of_samples(place / name)
    claim(f"{name}: {samples:,} samples of " in done.stdout and done.stdout.count("\n") == 1, f"and says so: {done.stdout.strip()}",
          f"{samples} lines")
    return samples


def a_watched_run_shows_the_same():
    """A dashboard made for one works for the other: names, labels, types and help."""
    def described(text):
        kinds = {line.split(" ")[2]: line.split(" ")[3] for line in text.splitlines() if line.startswith("# TYPE credsim_")}
        names = {name: name + "_total" if kind == "counter" and not name.endswith("_total") else name for name, kind in kinds.items()}
        helps = {name: line.split(" ", 3)[3] for line in text.splitlines() if line.startswith("# HELP credsim_")
                 for name in [line.split(" ")[2]]}
        return {names[name]: (kind, helps[name]) for name, kind in kinds.items()}

    with harness.folder() as place, live.Run(place, "--speed", "600") as watched:
        watched.scrape_until(lambda samples: live.simulated(samples) > 1800, "half an hour is over")
        shown = watched.text()
        watched.stop(signal.SIGINT)
        text = run("export", "watched.db", "--format", "openmetrics", "-o", "-", cwd=place).stdout
        differing = described(text).items() - described(shown).items()
        claim(len(described(text)) > 30 and not differing, f"{len(described(text))} families are described as in a watched run",
              str(sorted(differing)[:3]))
        series = {line.rsplit(" ", 2)[0] for line in text.splitlines() if not line.startswith("#")}
        last = "\n".join(f"{each} 0" for each in sorted(series)) + "\n"
        strange = live.parse(last).keys() - live.parse(shown).keys()
        claim(len(series) > 100 and not strange, f"and its {len(series)} series are series there", str(sorted(strange)[:3]))


def main():
    harness.need_program()
    a_watched_run_shows_the_same()
    with harness.folder() as name:
        place = Path(name)
        harness.write_scenario(place, harness.busy_scenario(f"{HOURS}h"))
        claim(run("run", "busy.yaml", "--replications", 2, "--quiet", cwd=place).returncode == 0, "two replications ran")
        database, server = place / "busy.db", PrometheusServer(place)
        last = HOURS * 3600 // STEP
        start = scenario_start(database, 1)
        end = start + HOURS * 3600

        samples = written(run("export", "busy.db", "--format", "openmetrics", "-o", "busy.om", cwd=place), place, "busy.om")
        families_are_whole(place / "busy.om")
        promtool_finds_nothing_to_mend(place / "busy.om")
        claim(server.backfill(place / "busy.om") == samples, f"promtool takes it as it is, and the blocks hold all {samples} samples")

        before = int(time.time())
        done = run("export", "busy.db", "--format", "openmetrics", "-o", "now.om", "--run", 2, "--shift-to-now", cwd=place)
        after = int(time.time())
        shifted = written(done, place, "now.om")
        claim(server.backfill(place / "now.om") == samples + shifted, f"the blocks hold its {shifted} samples too")
        moved = int(done.stdout.split("moved by ")[1].split(" s")[0].replace(",", ""))
        claim(before <= end + moved <= after, "--shift-to-now moves the end to now, and says by how much", f"{before} {moved} {after}")

        with server:
            served = stored(server, start, end)
            claim(sum(map(len, served.values())) == samples, f"Prometheus serves {samples} samples")
            all_samples_agree(database, 1, served, last)
            questions_of_dashboards(server, database, end)
            print("the other run, now")
            served = stored(server, start + moved, end + moved)
            claim(sum(map(len, served.values())) == shifted, f"Prometheus serves {shifted} samples")
            all_samples_agree(database, 2, served, last)
            claim(number(server, "max(credsim_simulation_time_seconds)", time.time()) == HOURS * 3600, "who asks for now gets the run's end")


if __name__ == "__main__":
    main()
