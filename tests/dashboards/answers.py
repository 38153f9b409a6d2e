"""What a Prometheus answers to everything that the dashboards and the recording rules may ask."""
import itertools

import grafana_panels
import metrics


def of_dashboards(prometheus, window, begin, end):
    """(where it stands, the series) of every query and annotation, with a point for each window."""
    step = int(window)
    for name, dashboard in grafana_panels.prometheus_dashboards().items():
        asked = [(f"{name}, {panel['title']}, {target['refId']}", target["expr"], target.get("instant"))
                 for panel, target in grafana_panels.queries(dashboard)]
        asked += [(f"{name}, {annotation['name']}", annotation["expr"], False) for annotation in dashboard["annotations"]["list"]]
        for where, expression, instant in asked:
            expression = grafana_panels.expand(expression, window, max(1, int(end - begin)), step)
            yield where, prometheus.query(expression, end) if instant else prometheus.query_range(expression, begin, end, step)


def of_rates(prometheus, window, begin, end):
    """(record, the series) of every recorded rate."""
    rules = metrics.rules_of((metrics.RULES / "recording.yml").read_text(encoding="utf-8"))
    for record in sorted({rule["record"] for rule in rules}):
        yield record, prometheus.query_range(f'{record}{{window_seconds="{window}"}}', begin, end, int(window))


def empty(prometheus, window, begin, end):
    """Those of both without data, as they are found."""
    for where, series in itertools.chain(of_rates(prometheus, window, begin, end), of_dashboards(prometheus, window, begin, end)):
        if not series:
            yield where
