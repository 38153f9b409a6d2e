"""The form that Grafana expects of a dashboard, and that we expect of ours. `faults_of` gives every violation as a sentence."""
import re

PANEL_TYPES = {"timeseries", "stat", "heatmap", "table"}
COLUMNS = 24
REQUIRED = {"title": str, "uid": str, "description": str, "schemaVersion": int, "tags": list, "time": dict, "panels": list,
            "templating": dict, "links": list, "timezone": str, "editable": bool}
DATASOURCES = {"prometheus", "frser-sqlite-datasource"}
PERIOD = re.compile(r"^\d+[smhd]$")


def faults_of(dashboard):
    faults = []

    def need(condition, message):
        if not condition:
            faults.append(message)

    for key, kind in REQUIRED.items():
        need(isinstance(dashboard.get(key), kind), f"the dashboard's {key} is no {kind.__name__}")
    if faults:
        return faults
    need(re.fullmatch(r"[a-z][a-z0-9-]{0,39}", dashboard["uid"]), f"uid {dashboard['uid']} is not of a-z, 0-9 and -, at most 40 long")
    need(dashboard["schemaVersion"] >= 39, "schemaVersion is older than the panels' form")
    need({"from", "to"} <= dashboard["time"].keys(), "time has no from and to")
    need("id" not in dashboard, "the dashboard has an id, which is the server's to give")
    need("refresh" not in dashboard or PERIOD.match(dashboard["refresh"]), "refresh is no period")
    for link in dashboard["links"]:
        need(link["type"] == "dashboards" and link["tags"], f"link {link['title']} has no tags")
    for each in [*dashboard["links"], *dashboard.get("annotations", {}).get("list", [])]:
        need("placement" not in each, "a link or annotation is hidden in a menu")
    variables(dashboard, need)
    panels(dashboard["panels"], need)
    return faults


def variables(dashboard, need):
    names = [each["name"] for each in dashboard["templating"]["list"]]
    need(len(names) == len(set(names)), "two variables have one name")
    need(names[:1] == ["datasource"], "the first variable is not the data source")
    for each in dashboard["templating"]["list"]:
        name = each["name"]
        if each["type"] == "datasource":
            need(each["query"] in DATASOURCES, f"${name} offers data sources of type {each['query']}")
            continue
        need(each["type"] == "query" and each["query"] and each["definition"], f"${name} has no query")
        datasource(each, f"${name}", need)
        need(each.get("description"), f"${name} has no description")
        need(each.get("refresh") in (1, 2), f"${name} never asks again")
        if name == "window":
            need(each.get("sort") == 3, "windows are not sorted as numbers")
            need("current" not in each and not each["includeAll"] and not each["multi"], "a window was chosen for the reader")
    known = set(names) | {"__range", "__interval"}
    for text in strings_of(dashboard["panels"], skip={"links"}):
        for name in re.findall(r"\$\{?(\w+)", text):
            need(name in known or name == "__field", f"${name} is no variable: {text[:80]}")


def datasource(owner, name, need):
    of = owner.get("datasource")
    need(isinstance(of, dict) and of.get("type") in DATASOURCES and of.get("uid") == "${datasource}", f"{name} does not name its data source by the variable")


def strings_of(value, skip=frozenset()):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        if value.get("id") in skip:
            return
        for key, each in value.items():
            if key not in ("matcher", "links"):
                yield from strings_of(each, skip)
    elif isinstance(value, list):
        for each in value:
            yield from strings_of(each, skip)


def panels(list_of, need):
    ids = [panel.get("id") for panel in list_of]
    need(len(ids) == len(set(ids)) and all(isinstance(each, int) and each > 0 for each in ids), "panels' ids are not unique")
    taken = {}
    for panel in list_of:
        name = panel.get("title") or f"panel {panel.get('id')}"
        need(panel.get("type") in PANEL_TYPES, f"{name}: type {panel.get('type')} is not one of ours")
        need(panel.get("title"), f"{name}: no title")
        need(len(panel.get("description", "")) >= 20 and panel["description"].endswith("."), f"{name}: the description is no sentence")
        need(panel["fieldConfig"]["defaults"].get("unit"), f"{name}: no unit")
        need(panel.get("targets"), f"{name}: no query")
        datasource(panel, name, need)
        at = panel["gridPos"]
        need(at["x"] >= 0 and at["y"] >= 0 and at["w"] > 0 and at["h"] > 0 and at["x"] + at["w"] <= COLUMNS, f"{name}: outside the grid")
        for cell in ((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])):
            need(cell not in taken, f"{name}: lies over {taken.get(cell)}")
            taken.setdefault(cell, name)
        targets(panel, name, need)
    rows = {at[1] for at in taken}
    need(rows == set(range(len(rows))), "there are empty rows between panels")


def targets(panel, name, need):
    ref_ids = [target.get("refId") for target in panel.get("targets", [])]
    need(len(ref_ids) == len(set(ref_ids)) and all(ref_ids), f"{name}: queries' refIds are not unique")
    for target in panel.get("targets", []):
        datasource(target, f"{name}, query {target.get('refId')}", need)
        need(target.get("datasource") == panel.get("datasource"), f"{name}: a query has another data source than its panel")
        if "expr" in target:
            need(target["expr"], f"{name}: a query without an expression")
            if panel["type"] in ("timeseries", "stat"):
                need(target.get("legendFormat"), f"{name}: a query without a legend")
            need(target.get("range") or target.get("instant"), f"{name}: a query that is neither of a range nor of an instant")
            need((target.get("format") == "heatmap") == (panel["type"] == "heatmap"), f"{name}: a heatmap's query is of the format heatmap")
        else:
            need(target.get("rawQueryText") and target.get("rawQueryText") == target.get("queryText"), f"{name}: the two texts of a statement differ")
            need(target.get("queryType") == ("time series" if panel["type"] == "timeseries" else "table"), f"{name}: a statement's type is not its panel's")
            need(isinstance(target.get("timeColumns"), list), f"{name}: no list of columns that are times")
            if panel["type"] == "timeseries":
                need(target["timeColumns"] == ["time"], f"{name}: its time is not in the column time")
