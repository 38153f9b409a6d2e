"""What a Grafana dashboard asks of Prometheus: its panels, their queries with the variables filled in, and the answers.

For record_rates.py and for tests; draw.ts asks by itself. Python's standard library only.
"""
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "grafana"
EVERYTHING = {"account": ".*", "region": ".*", "resource": ".*"}


def load(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def prometheus_dashboards():
    """The dashboards that read Prometheus, by file name without .json."""
    return {path.stem: load(path) for path in sorted(FOLDER.glob("*.json")) if path.stem != "review"}


def expand(expression, window, range_seconds, interval_seconds, **choices):
    """The expression as Grafana would send it, where a point stands for `interval_seconds`. An account, Region or resource that is
    not chosen stands for all."""
    values = {**EVERYTHING, **choices, "window": str(window), "__range": f"{range_seconds}s", "__interval": f"{interval_seconds}s"}
    return re.sub(r"\$\{?(\w+)\}?", lambda match: values[match.group(1)], expression)


def queries(dashboard):
    """(panel, target) of every query of a dashboard."""
    return [(panel, target) for panel in dashboard["panels"] for target in panel["targets"]]


class QueryError(Exception):
    """What Prometheus has against a query."""


class Prometheus:
    """A Prometheus that runs at `url`."""

    def __init__(self, url):
        self.url = url.rstrip("/")

    def get(self, path, **parameters):
        """The `data` of an answer of its API."""
        address = f"{self.url}{path}?{urllib.parse.urlencode(parameters, doseq=True)}"
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise QueryError(f"{json.load(error).get('error')}: {parameters.get('query', address)}") from None

    def query(self, expression, at):
        return self.get("/api/v1/query", query=expression, time=at)["result"]

    def query_range(self, expression, start, end, step):
        return self.get("/api/v1/query_range", query=expression, start=start, end=end, step=step)["result"]

    def smallest_window(self, start, end):
        """What the dashboards' variable `window` comes to: the smallest window with data. None if there is none."""
        found = self.get("/api/v1/label/window_seconds/values", start=start, end=end,
                         **{"match[]": "credsim:simulation_time_seconds:rate"})
        return min(found, key=int, default=None)
