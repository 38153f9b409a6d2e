"""Draws one panel of each type that our dashboards have, as Grafana would, with matplotlib."""
import math
import re
from datetime import datetime, timedelta, timezone

import numpy
from grafana_units import written
from matplotlib import colormaps, colors, dates, ticker
from matplotlib.patches import FancyBboxPatch

PALETTE = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999"]
THEMES = {
    "dark": {"page": "#111217", "panel": "#181b1f", "border": "#2c2f36", "text": "#ccccdc", "weak": "#8e8e9c", "grid": "#2a2d34"},
    "light": {"page": "#f4f5f5", "panel": "#ffffff", "border": "#e3e4e6", "text": "#24292e", "weak": "#6e7178", "grid": "#e6e7ea"},
}
TITLE, LABEL, SMALL = 11, 9, 8.5  # points, of a picture 12 inches wide
CHARACTER, PIXELS_AN_INCH = 0.069, 125  # a letter of a label in inches; a browser's pixels


class Area:
    """A rectangle of the figure in inches from its upper left corner."""

    def __init__(self, figure, left, top, width, height):
        self.figure, self.left, self.top, self.width, self.height = figure, left, top, width, height

    def inside(self, left, top, right, bottom):
        return Area(self.figure, self.left + left, self.top + top, self.width - left - right, self.height - top - bottom)

    def fractions(self):
        wide, high = self.figure.get_size_inches()
        return self.left / wide, 1 - (self.top + self.height) / high, self.width / wide, self.height / high

    def axes(self):
        return self.figure.add_axes(self.fractions())

    def text(self, x, y, text, **style):
        """At x, y inches from the upper left corner."""
        wide, high = self.figure.get_size_inches()
        return self.figure.text((self.left + x) / wide, 1 - (self.top + y) / high, text, **style)

    def width_of(self, text):
        return text.get_window_extent(self.figure.canvas.get_renderer()).width / self.figure.dpi


def frame(area, panel, theme):
    """The panel's box and title; gives what is left for its content."""
    wide, high = area.figure.get_size_inches()
    left, bottom, width, height = area.fractions()
    area.figure.patches.append(FancyBboxPatch(
        (left * wide, bottom * high), width * wide, height * high, boxstyle="round,pad=0,rounding_size=0.03", linewidth=0.6,
        facecolor=theme["panel"], edgecolor=theme["border"], transform=area.figure.dpi_scale_trans, zorder=-1))
    words, size = panel["title"], TITLE
    title = area.text(0.1, 0.17, words, color=theme["text"], fontsize=size, fontweight="medium", va="center")
    while area.width_of(title) > area.width - 0.2 and size > 7.5:
        size -= 0.25
        title.set_fontsize(size)
    return area.inside(0.1, 0.34, 0.1, 0.08)


def matches(override, name):
    matcher, pattern = override["matcher"]["id"], override["matcher"]["options"]
    return (matcher == "byName" and pattern == name) or (matcher == "byRegexp" and re.search(pattern.strip("/"), name) is not None)


def properties(panel, name):
    """What the panel's overrides say of the line or column `name`."""
    found = {}
    for override in panel["fieldConfig"]["overrides"]:
        if matches(override, name):
            found.update({each["id"]: each["value"] for each in override["properties"]})
    return found


def order_in(panel, line):
    """Stacks and legends keep the order of the overrides, which is the same in every panel."""
    overrides = panel["fieldConfig"]["overrides"]
    return next((at for at, override in enumerate(overrides) if matches(override, line.name)), len(overrides))


def time_axis(axes, times, theme):
    axes.set_xlim(times[0], times[-1])
    axes.xaxis.set_major_locator(dates.AutoDateLocator(minticks=3, maxticks=7))
    axes.xaxis.set_major_formatter(dates.DateFormatter("%H:%M:%S" if times[-1] - times[0] < timedelta(minutes=10) else "%H:%M"))
    axes.tick_params(colors=theme["weak"], labelsize=SMALL, length=0, pad=3)
    for side in axes.spines.values():
        side.set_visible(False)


def mark_faults(axes, faults, colour):
    for begin, end, _ in faults:
        axes.axvspan(begin, end, color=colour, alpha=0.16, linewidth=0, zorder=0)
        axes.axvline(begin, color=colour, linewidth=0.8, linestyle=(0, (4, 3)), alpha=0.9)


def legend(area, entries, theme):
    """Colour, name and largest value of each line, in as many rows as they need; gives the rows' height."""
    placed, x, row = [], 0.0, 0
    for colour, dash, name, value in entries:
        label = area.text(0, 0, name, color=theme["text"], fontsize=SMALL)
        extra = area.text(0, 0, f"Max: {value}", color=theme["weak"], fontsize=SMALL)
        first, second = area.width_of(label), area.width_of(extra)
        if x > 0 and x + 0.22 + first + 0.08 + second > area.width:
            x, row = 0.0, row + 1
        placed.append((colour, dash, label, extra, x, row, first))
        x += 0.22 + first + 0.08 + second + 0.18
    rows = row + 1 if placed else 0
    wide, high = area.figure.get_size_inches()
    for colour, dash, label, extra, x, row, first in placed:
        y = area.top + area.height - 0.19 * (rows - row) + 0.12
        label.set_position(((area.left + x + 0.2) / wide, 1 - y / high))
        extra.set_position(((area.left + x + 0.2 + first + 0.08) / wide, 1 - y / high))
        from_, to = (area.left + x) / wide, (area.left + x + 0.15) / wide
        axes = area.figure.add_axes((from_, 1 - (y - 0.02) / high, to - from_, 0.05 / high))
        axes.plot([0, 1], [0, 0], color=colour, linewidth=2.4, linestyle=dash)
        axes.set_axis_off()
    return 0.19 * rows


def graph(area, panel, theme, lines, times, faults):
    content = frame(area, panel, theme)
    custom, unit = panel["fieldConfig"]["defaults"]["custom"], panel["fieldConfig"]["defaults"]["unit"]
    stacked = custom.get("stacking", {}).get("mode") == "normal"
    lines = sorted(lines, key=lambda line: order_in(panel, line))
    if any(each["matcher"]["id"] == "byValue" for each in panel["fieldConfig"]["overrides"]):
        lines = [line for line in lines if numpy.nanmax(line.values) > 0]  # the panels' one matcher of values
    if not lines:
        content.text(content.width / 2, content.height / 2, "No data", color=theme["weak"], fontsize=TITLE, ha="center", va="center")
        return
    entries = []
    for index, line in enumerate(lines):
        has = properties(panel, line.name)
        line.colour = has.get("color", {}).get("fixedColor", PALETTE[index % len(PALETTE)])
        dash = has.get("custom.lineStyle", {}).get("dash")
        line.dash = (0, [each / 3 for each in dash]) if dash else "-"
        entries.append((line.colour, line.dash, line.name, written(numpy.nanmax(line.values), unit)))
    below = legend(content, entries, theme)

    axes = content.inside(0.68, 0.06, 0.06, 0.26 + below).axes()
    axes.set_facecolor("none")
    if custom.get("drawStyle") == "bars":
        most = bars(axes, lines, times)
    elif stacked:
        axes.stackplot(times, [numpy.nan_to_num(line.values) for line in lines], colors=[line.colour for line in lines], alpha=0.85, linewidth=0)
        most = max(numpy.nansum([line.values for line in lines], axis=0).max(), 0)
    else:
        for line in lines:
            axes.plot(times, line.values, color=line.colour, linestyle=line.dash, linewidth=1.3, solid_joinstyle="round")
        most = max(numpy.nanmax(line.values) for line in lines)
    defaults = panel["fieldConfig"]["defaults"]
    axes.set_ylim(0, defaults.get("max", most * 1.06 if most > 0 else 1))
    axes.yaxis.set_major_locator(seconds_locator(axes.get_ylim()[1]) if unit == "s" else ticker.MaxNLocator(5))
    axes.yaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: written(value, unit)))
    axes.grid(True, color=theme["grid"], linewidth=0.6)
    axes.set_axisbelow(True)
    mark_faults(axes, faults, theme["fault"])
    time_axis(axes, times, theme)


def bars(axes, lines, times):
    """Stacked; gives the height of the highest."""
    base = numpy.zeros(len(times))
    width = min(after - before for before, after in zip(times, times[1:]))
    for line in lines:
        values = numpy.nan_to_num(line.values)
        axes.bar(times, values, width=width, bottom=base, color=line.colour, alpha=0.85, linewidth=0)
        base += values
    return base.max()


def seconds_locator(most):
    """Whole seconds, minutes or hours, about five of them."""
    for step in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14400, 28800, 86400):
        if most / step <= 6:
            return ticker.MultipleLocator(step)
    return ticker.MaxNLocator(5)


def bucket_name(text):
    return "∞" if text == "+Inf" else written(float(text), "s")


def heat(area, panel, theme, lines, times, faults):
    content = frame(area, panel, theme)
    lines = sorted((line for line in lines if line.labels.get("le")), key=lambda line: float(line.labels["le"].replace("+Inf", "inf")))
    if not lines:
        content.text(content.width / 2, content.height / 2, "No data", color=theme["weak"], fontsize=TITLE, ha="center", va="center")
        return
    cumulative = numpy.nan_to_num([line.values for line in lines])
    cells = numpy.diff(cumulative, axis=0, prepend=0)
    filled = numpy.where(cells.max(axis=1) > 1e-9)[0]
    first, last = (max(filled.min() - 1, 0), min(filled.max() + 1, len(lines) - 1)) if len(filled) else (0, len(lines) - 1)
    shown = numpy.ma.masked_less_equal(cells[first:last + 1], 1e-9)
    axes = content.inside(0.68, 0.06, 0.06, 0.26 + 0.22).axes()
    axes.set_facecolor("none")
    most = float(shown.max()) if shown.count() else 1.0
    norm = colors.PowerNorm(0.5, vmin=0, vmax=most)
    step = times[1] - times[0]
    edges = [time - step / 2 for time in times] + [times[-1] + step / 2]
    axes.pcolormesh(edges, numpy.arange(shown.shape[0] + 1), shown, cmap="viridis", norm=norm, shading="flat", rasterized=True)
    names = [bucket_name(line.labels["le"]) for line in lines[first:last + 1]]
    every = math.ceil(len(names) / 12)
    axes.set_yticks(numpy.arange(1, len(names) + 1)[::every], names[::every])
    axes.grid(True, axis="y", color=theme["grid"], linewidth=0.6)
    axes.set_axisbelow(True)
    mark_faults(axes, faults, theme["fault"])
    time_axis(axes, times, theme)
    scale = content.inside(0.68, content.height - 0.14, content.width * 0.45, 0.04).axes()
    scale.imshow(colormaps["viridis"](numpy.linspace(0, 1, 64))[None, :, :], aspect="auto")
    scale.set_axis_off()
    unit = panel["options"]["cellValues"]["unit"]
    content.text(0.63, content.height - 0.08, "0", color=theme["weak"], fontsize=SMALL, ha="right", va="center")
    content.text(content.width * 0.55 + 0.05, content.height - 0.08, written(most, unit), color=theme["weak"], fontsize=SMALL, va="center")


def number(area, panel, theme, lines, times, _faults):
    content = frame(area, panel, theme)
    defaults = panel["fieldConfig"]["defaults"]
    values = lines[0].values[~numpy.isnan(lines[0].values)] if lines else []
    value = float(values[-1]) if len(values) else None
    if panel["options"]["textMode"] == "name" and lines:
        text = lines[0].name
    else:
        text = written(value, defaults["unit"], defaults.get("decimals"))
    colour = theme["text"]
    for step in defaults["thresholds"]["steps"]:
        if step["value"] is None or (value is not None and value >= step["value"]):
            colour = step["color"]
    if panel["options"]["graphMode"] == "area" and len(values) > 1:
        axes = content.inside(-0.09, content.height * 0.62, -0.09, -0.06).axes()
        axes.fill_between(times, numpy.nan_to_num(lines[0].values), color=colour, alpha=0.22, linewidth=0)
        axes.plot(times, lines[0].values, color=colour, linewidth=0.8)
        axes.set_xlim(times[0], times[-1])
        axes.set_ylim(0, max(values.max(), 1e-12) * 1.1)
        axes.set_axis_off()
    content.text(content.width / 2, content.height * 0.38, text, color=colour, fontsize=21, fontweight="medium", ha="center", va="center")


def table(area, panel, theme, rows, _times, _faults):
    """`rows` are dictionaries by the columns' names, in their order."""
    content = frame(area, panel, theme)
    if not rows:
        content.text(content.width / 2, content.height / 2, "No data", color=theme["weak"], fontsize=TITLE, ha="center", va="center")
        return
    columns = list(rows[0])
    edges = edges_of(panel, columns, rows, content.width)
    axes = content.inside(0, 0, 0, 0).axes()
    axes.set_axis_off()
    axes.set_xlim(0, content.width)
    axes.set_ylim(content.height, 0)
    line = 0.27
    rows = rows[: int(content.height / line) - 1]
    for at, column in enumerate(columns):
        numeric = any(isinstance(row[column], float) for row in rows)
        x, side = (edges[at + 1] - 0.1, "right") if numeric else (edges[at] + 0.06, "left")
        room = int((edges[at + 1] - edges[at] - 0.1) / CHARACTER)
        axes.text(x, line / 2, cut(column, room), color=theme["text"], fontsize=LABEL, fontweight="bold", ha=side, va="center")
        for index, row in enumerate(rows):
            says = cut(cell(panel, column, row), room)
            axes.text(x, line * (index + 1.5), says, color=theme["text"], fontsize=LABEL, ha=side, va="center")
    for index in range(len(rows)):
        axes.axhline(line * (index + 1), color=theme["border"], linewidth=0.7)


def cell(panel, column, row):
    unit = properties(panel, column).get("unit", panel["fieldConfig"]["defaults"]["unit"])
    return written(row[column], unit) if isinstance(row[column], float) else row[column]


def cut(text, room):
    return text if len(text) <= room else text[: max(room - 1, 1)] + "…"


def edges_of(panel, columns, rows, width):
    """Where columns begin: as wide as the panel says, else shared out by the length of what they hold."""
    said = {column: properties(panel, column).get("custom.width") for column in columns}
    fixed = {column: pixels / PIXELS_AN_INCH for column, pixels in said.items() if pixels}
    lengths = {column: 3 + min(60, max(len(column), *(len(cell(panel, column, row)) for row in rows))) for column in columns if column not in fixed}
    rest = width - sum(fixed.values())
    edges = [0.0]
    for column in columns:
        edges.append(edges[-1] + (fixed[column] if column in fixed else rest * lengths[column] / sum(lengths.values())))
    return edges


def moment(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc)
