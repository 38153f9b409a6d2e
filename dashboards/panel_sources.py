"""Where the content of panels comes from: a Prometheus' answers, or a run's SQLite file."""
import re
import sqlite3

import grafana_panels
import numpy
from panel_drawing import moment

STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600)


class Line:
    """A series over the whole range; where it has no sample it is NaN."""

    def __init__(self, name, labels, values):
        self.name, self.labels, self.values = name, labels, values


def legend_of(target, labels):
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda match: labels.get(match.group(1), ""), target.get("legendFormat", ""))


def step_for(seconds, columns, most=10_000, least=1):
    """What Grafana would ask: about a point for each pixel of a panel, and as the panel limits it."""
    wanted = max(seconds / min(columns * 62, most), least)
    return next((step for step in STEPS if step >= wanted), STEPS[-1])


class PrometheusSource:
    def __init__(self, prometheus, window, begin, end):
        self.prometheus, self.window, self.begin, self.end = prometheus, window, begin, end
        self.says = f"window {window} s"

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
        """(begin, end, name) of each."""
        step = step_for(self.end - self.begin, 24)
        found = []
        for annotation in dashboard["annotations"]["list"]:
            for series in self.prometheus.query_range(annotation["expr"], self.begin, self.end, step):
                times = [at for at, _ in series["values"]]
                starts = [at for before, at in zip([0, *times], times) if at - before > 1.5 * step]
                ends = [at for at, after in zip(times, [*times[1:], 9e12]) if after - at > 1.5 * step]
                found += [(moment(begin), moment(end), series["metric"].get("name", "")) for begin, end in zip(starts, ends)]
        return found


class SqliteSource:
    def __init__(self, path, run):
        self.database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.run = str(run)
        self.begin, length, name = self.database.execute(
            "SELECT CAST(strftime('%s', sim_start_utc) AS INTEGER), sim_duration_us, scenario_name FROM run WHERE run_id = ?", (run,)).fetchone()
        self.end = self.begin + length / 1_000_000
        self.says = f"{name}, run {run}"

    def answer(self, panel):
        cursor = self.database.execute(panel["targets"][0]["rawQueryText"].replace("$run", self.run))
        return [column[0] for column in cursor.description], cursor.fetchall()

    def lines(self, panel):
        _, rows = self.answer(panel)
        times = sorted({time for time, _, _ in rows} | {self.begin, int(self.end)})
        places = {time: index for index, time in enumerate(times)}
        found = {}
        for time, name, value in rows:
            found.setdefault(name, Line(name, {}, numpy.full(len(times), numpy.nan))).values[places[time]] = value
        return list(found.values()), [moment(time) for time in times]

    def rows(self, panel):
        hidden = {each["matcher"]["options"] for each in panel["fieldConfig"]["overrides"]
                  if {"id": "custom.hidden", "value": True} in each["properties"]}
        columns, rows = self.answer(panel)
        times = panel["targets"][0]["timeColumns"]

        def shown(column, value):
            if value is None:
                return ""
            if column in times:
                return f"{moment(value):%m-%d %H:%M:%S}"
            return float(value) if isinstance(value, (int, float)) else value

        return [{column: shown(column, value) for column, value in zip(columns, row) if column not in hidden} for row in rows]

    def faults(self, dashboard):
        statement = dashboard["annotations"]["list"][0]["target"]["rawQueryText"]
        return [(moment(begin), moment(end), name) for begin, end, name, _ in self.database.execute(statement.replace("$run", self.run))]
