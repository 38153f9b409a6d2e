#!/usr/bin/env python3
"""Draws what a run's series say of one fleet as a picture for a page: draw_day.py RUN.db RESOURCE OUT.svg

Three panels over simulated time: AssumeRole attempts a minute, running instances without a live credential, and credentials
live. Faults are bands. Python's standard library only.
"""
import json
import sqlite3
import sys

WIDTH, LEFT, RIGHT, TOP, PANEL, SPACE = 960, 74, 16, 34, 120, 44
BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#888888"  # Okabe and Ito: told apart by everybody


def series(database, metric, **labels):
    rows = database.execute("SELECT at_us, labels_json, value FROM timeseries WHERE run_id = 1 AND metric = ? ORDER BY at_us", (metric,))
    return [(at, value) for at, text, value in rows if labels.items() <= json.loads(text).items()]


def per_step(points):
    return [(at, value - before) for (_, before), (at, value) in zip([(0, 0)] + points, points)]


def spans(points):
    """The times during which a 0/1 series is 1."""
    begin = None
    for at, value in points:
        if value and begin is None:
            begin = at
        if not value and begin is not None:
            yield begin, at
            begin = None


class Picture:
    def __init__(self, panels, duration_us, title):
        self.duration = duration_us
        self.height = TOP + panels * (PANEL + SPACE)
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{self.height}" '
            f'viewBox="0 0 {WIDTH} {self.height}" font-family="sans-serif" font-size="12">',
            f"<title>{title}</title>", f'<rect width="{WIDTH}" height="{self.height}" fill="white"/>']

    def x(self, at_us):
        return LEFT + (WIDTH - LEFT - RIGHT) * at_us / self.duration

    def panel(self, index, title, lines, faults):
        top = TOP + index * (PANEL + SPACE)
        bottom = top + PANEL
        most = max([value for _, points in lines for _, value in points] + [1])
        y = lambda value: bottom - PANEL * value / most
        for begin, end in faults:
            self.parts.append(f'<rect x="{self.x(begin):.1f}" y="{top}" width="{max(1, self.x(end) - self.x(begin)):.1f}" '
                              f'height="{PANEL}" fill="#f0e442" opacity="0.45"/>')
        for value in (0, most / 2, most):
            self.parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="#dddddd"/>')
            self.parts.append(f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end" fill="{GREY}">{value:,.0f}</text>')
        hours = self.duration // 3_600_000_000
        for hour in range(0, hours + 1, 3):
            self.parts.append(f'<text x="{self.x(hour * 3_600_000_000):.1f}" y="{bottom + 16}" text-anchor="middle" '
                              f'fill="{GREY}">{hour} h</text>')
        self.parts.append(f'<text x="{LEFT}" y="{top - 8}" font-weight="bold">{title}</text>')
        for colour, points in lines:
            path = " ".join(f"{self.x(at):.1f},{y(value):.1f}" for at, value in points)
            self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.3"/>')

    def text(self):
        return "\n".join(self.parts) + "\n</svg>\n"


def main(path, resource, out):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    duration, scenario = database.execute("SELECT sim_duration_us, scenario_name FROM run WHERE run_id = 1").fetchone()
    granted = per_step(series(database, "assume_role_requests_total", resource=resource, outcome="success"))
    failed = per_step(series(database, "assume_role_requests_total", resource=resource, outcome="failure"))
    without = series(database, "instances_without_credential", resource=resource)
    live = series(database, "credentials_live", resource=resource)
    if not live:
        sys.exit(f"draw_day.py: {path} has no series of a resource named {resource}")
    faults = list(spans(series(database, "fault_active")))
    picture = Picture(3, duration, f"{scenario}, {resource}")
    picture.panel(0, "AssumeRole attempts a minute: granted (blue), failed (orange); the band is a fault",
                  [(BLUE, granted), (ORANGE, failed)], faults)
    picture.panel(1, "Running instances without a live credential", [(ORANGE, without)], faults)
    picture.panel(2, "Credentials live", [(BLUE, live)], faults)
    with open(out, "w", encoding="utf-8") as file:
        file.write(picture.text())


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
