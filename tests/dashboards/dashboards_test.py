#!/usr/bin/env python3
"""The dashboards have Grafana's form, and every metric, label and recorded rate that they, the rules and the alerts name exists.

Copies with a mistake in them show that a mistake would be found.
"""
import copy
import json
import re
import sys
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "dashboards"), str(HERE.parent / "end_to_end")]
import grafana_form  # noqa: E402
import grafana_panels  # noqa: E402
import metrics  # noqa: E402
from metrics import HEADER, RULES, SOURCE  # noqa: E402
from program_harness import claim  # noqa: E402
from prometheus_server import promtool  # noqa: E402
from promql import Query, WrongName  # noqa: E402

DASHBOARDS = grafana_panels.prometheus_dashboards()
REVIEW = grafana_panels.load(grafana_panels.FOLDER / "review.json")
RECORDING = (RULES / "recording.yml").read_text(encoding="utf-8")
#: Okabe and Ito's eight, and a brown and a dark green for a ninth and a tenth.
PALETTE = {"#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#999999", "#6B4423", "#004D40"}
ALERTS = (RULES / "alerts.yml").read_text(encoding="utf-8")


def expressions(dashboard):
    """(where it stands, the expression) of every query, annotation and variable of a dashboard."""
    for panel, target in grafana_panels.queries(dashboard):
        yield panel["title"], target["expr"]
    for annotation in dashboard["annotations"]["list"]:
        yield annotation["name"], annotation["expr"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            series, label = variable["definition"].removeprefix("label_values(").removesuffix(")").rsplit(", ", 1)
            # A grouping, so that the label is held to exist; a window is what is asked for here, not a matcher.
            yield f"${variable['name']}", f"count by ({label}) ({series})"


def wrong_names(dashboards, recording, alerts, header=None):
    """(every name that does not exist, as a sentence; the metrics that are read)."""
    labels_of = metrics.exposed(header)
    wrong, read = [], set()
    try:
        rates = metrics.recorded(recording, labels_of)
    except WrongName as error:
        return [f"recording rules: {error}"], read
    known = labels_of | rates

    def look(where, expression, windowed):
        try:
            read.update(Query(expression, known, windowed=windowed).metrics)
        except WrongName as error:
            wrong.append(f"{where}: {error}")

    for name, dashboard in dashboards.items():
        for title, expression in expressions(dashboard):
            look(f"{name}, {title}", expression, () if title == "$window" else rates)
    for rule in metrics.rules_of(alerts):
        look(rule["alert"], rule["expr"], rates)
    for unused in sorted(rates.keys() - read):
        wrong.append(f"{unused} is recorded and neither shown nor alerted on")
    return wrong, read


def changed(dashboards, name, old, new):
    """The dashboards with one expression changed."""
    found = copy.deepcopy(dashboards)
    for _, target in grafana_panels.queries(found[name]):
        if old in target["expr"]:
            target["expr"] = target["expr"].replace(old, new, 1)
            return found
    raise RuntimeError(f"no expression of {name} has {old}")


def form():
    for name, dashboard in [*DASHBOARDS.items(), ("review", REVIEW)]:
        faults = grafana_form.faults_of(dashboard)
        claim(not faults, f"{name}.json has Grafana's form", "; ".join(faults))
        datasource = dashboard["panels"][0]["datasource"]["type"]
        claim(datasource == dashboard["templating"]["list"][0]["query"], f"{name}.json offers the data source that it reads")
    uids = [dashboard["uid"] for dashboard in [*DASHBOARDS.values(), REVIEW]]
    claim(len(set(uids)) == 6, "there are six dashboards with six uids")


def form_is_held():
    def broken(change):
        dashboard = copy.deepcopy(DASHBOARDS["rotation"])
        change(dashboard)
        return grafana_form.faults_of(dashboard)

    first = lambda dashboard: dashboard["panels"][0]  # noqa: E731
    for what, change in {
        "panels over one another": lambda d: d["panels"][1]["gridPos"].update(x=6),
        "a panel outside the grid": lambda d: d["panels"][1]["gridPos"].update(w=13),
        "two panels of one id": lambda d: d["panels"][1].update(id=1),
        "a panel without a description": lambda d: first(d).pop("description"),
        "a panel without a unit": lambda d: first(d)["fieldConfig"]["defaults"].pop("unit"),
        "a data source by its name": lambda d: first(d).update(datasource="Prometheus"),
        "a variable that is not there": lambda d: first(d)["targets"][0].update(expr='up{a="$accounts"}'),
        "a window that was chosen": lambda d: d["templating"]["list"][1].update(current={"text": "30", "value": "30"}),
        "two queries of one refId": lambda d: first(d)["targets"][1].update(refId="A"),
    }.items():
        claim(broken(change), f"{what} would be found")


def colours():
    """Each line's colour is said, is one that colour-blind readers tell apart, and is of a name that there is."""
    reasons = set(re.findall(r'return "(\w+)";', (SOURCE / "sim/record/names.cpp").read_text(encoding="utf-8")))
    for name, dashboard in DASHBOARDS.items():
        for panel, target in grafana_panels.queries(dashboard):
            if panel["type"] != "timeseries":
                continue
            coloured = {each["matcher"]["options"] for each in panel["fieldConfig"]["overrides"]
                        if any(of["id"] == "color" for of in each["properties"])}
            labels = re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])
            claim(len(coloured) > 1 if labels else target["legendFormat"] in coloured,
                  f"{name}, {panel['title']}: the colour of {target['legendFormat']} is fixed")
            if labels == ["reason"]:
                claim(coloured <= reasons, f"{name}, {panel['title']}: its colours are of reasons that there are", str(coloured - reasons))
    used = set(re.findall(r"#[0-9A-F]{6}", json.dumps([*DASHBOARDS.values(), REVIEW]), re.IGNORECASE))
    claim(used <= PALETTE, "all colours are of the palette", str(used - PALETTE))


def names():
    wrong, _ = wrong_names(DASHBOARDS, RECORDING, ALERTS)
    claim(not wrong, "every metric and label of the dashboards, rules and alerts exists, and each recorded rate is used", "; ".join(wrong))


def names_are_held():
    def claim_found(what, needle, **change):
        sound = {"dashboards": DASHBOARDS, "recording": RECORDING, "alerts": ALERTS}
        wrong, _ = wrong_names(**{**sound, **change})
        claim(any(needle in each for each in wrong), f"{what} would be found", "; ".join(wrong))

    header = HEADER.read_text(encoding="utf-8")
    claim_found("a metric that was renamed", "credsim_credentials_live", header=header.replace('"credentials_live"', '"live_credentials"'))
    claim_found("a counter that was renamed", "credsim_api_calls_total", header=header.replace('"api_calls_total"', '"calls_total"'))
    claim_found("a label that was renamed", "retry_mode", header=header.replace("wait,retry_mode,", "wait,retries,"))
    claim_found("a matcher of no label", "zone", dashboards=changed(DASHBOARDS, "fleet", 'region=~"$region"', 'zone=~"$region"'))
    claim_found("a grouping by no label", "colour", dashboards=changed(DASHBOARDS, "fleet", "sum by (reason)", "sum by (colour)"))
    claim_found("a join on no label", "fleet", dashboards=changed(DASHBOARDS, "race", "on (account, region, resource, workload)", "on (fleet)"))
    claim_found("a quantile without le", "histogram_quantile", dashboards=changed(DASHBOARDS, "capacity", "sum by (le)", "sum by (region)"))
    claim_found("a raw rate()", "rate() is of the wall clock",
                dashboards=changed(DASHBOARDS, "rotation", 'max_over_time(sum(', 'rate(sum('))
    claim_found("a raw rate() in an alert", "rate() is of the wall clock",
                alerts=ALERTS.replace("credsim_simulation_speed_ratio /", "rate(credsim_simulation_time_seconds[1m]) /"))
    claim_found("a rate of all windows at once", "match window_seconds", dashboards=changed(DASHBOARDS, "fleet", ', window_seconds="$window"', ""))
    claim_found("a rate that nobody looks at", "neither shown nor alerted on",
                recording=RECORDING.replace(
                    "    rules:\n", "    rules:\n      - record: credsim:credential_helper_runs:sim_rate\n"
                    "        expr: credsim_credential_helper_runs_total\n        labels: {window_seconds: \"5\"}\n", 1))


def rules():
    config = SOURCE / "dashboards/prometheus/prometheus.yml"
    for check in (["check", "config", config], ["check", "rules", *sorted(RULES.glob("*.yml"))], ["test", "rules", HERE / "rules_test.yml"]):
        promtool(*check)
        claim(True, f"promtool {' '.join(check[:2])} passes")
    tested = yaml.safe_load((HERE / "rules_test.yml").read_text(encoding="utf-8"))["tests"]
    alerts = {rule["alert"] for rule in metrics.rules_of(ALERTS)}
    cases = [(each["alertname"], bool(each.get("exp_alerts"))) for test in tested for each in test.get("alert_rule_test", [])]
    claim({(name, fires) for name in alerts for fires in (True, False)} == set(cases), "each alert has a test where it fires and one where it is silent")
    text = (HERE / "rules_test.yml").read_text(encoding="utf-8")
    missing = {rule["record"] for rule in metrics.rules_of(RECORDING)} - set(re.findall(r"credsim:\w+:\w+", text))
    claim(not missing, "each recorded rate has a test", ", ".join(sorted(missing)))
    for rule in metrics.rules_of(ALERTS):
        claim({"summary", "description"} <= rule["annotations"].keys(), f"{rule['alert']} says what to do")


def containers():
    """What can be said of compose.yaml and Grafana's provisioning without containers."""
    folder = SOURCE / "dashboards"
    services = yaml.safe_load((folder / "compose.yaml").read_text(encoding="utf-8"))["services"]
    for name, service in services.items():
        claim(re.fullmatch(r"[\w/.-]+:v?\d+\.\d+\.\d+", service["image"]), f"the image of {name} is pinned", service["image"])
        bound = [volume.split(":")[0] for volume in service["volumes"] if volume.startswith("./")]
        claim(bound and all((folder / source).is_dir() for source in bound), f"the folders that {name} mounts are there", str(bound))
    provisioning = grafana_panels.FOLDER / "provisioning"
    sources = yaml.safe_load((provisioning / "datasources/credsim.yml").read_text(encoding="utf-8"))["datasources"]
    claim({source["type"] for source in sources} == grafana_form.DATASOURCES, "there is a data source for each kind of dashboard")
    provider = yaml.safe_load((provisioning / "dashboards/credsim.yml").read_text(encoding="utf-8"))["providers"][0]
    mounts = [volume.split(":")[1] for volume in services["grafana"]["volumes"]]
    claim(provider["options"]["path"] in mounts, "Grafana looks for dashboards where they are mounted")
    database = next(source["jsonData"]["path"] for source in sources if "path" in source["jsonData"])
    claim(any(f":{database}:ro" in volume for volume in services["grafana"]["volumes"]), "and for the run's database", database)


if __name__ == "__main__":
    for each in (form, form_is_held, colours, names, names_are_held, rules, containers):
        each()
