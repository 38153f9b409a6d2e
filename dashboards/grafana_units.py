"""Numbers as Grafana writes them, for the units that our dashboards have."""
import math

PER_SECOND = {"reqps": "req", "eps": "evt", "rowsps": "rows"}
SPANS = [(86400 * 7, "week"), (86400, "day"), (3600, "hour"), (60, "min")]


def trimmed(value, decimals):
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def digits(value):
    """Decimals that leave three significant digits."""
    size = abs(value)
    return 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3 if size >= 0.01 else 5


def short(value, suffix=""):
    for factor, letter in ((1e9, " B"), (1e6, " M"), (1e3, " K")):
        if abs(value) >= factor:
            return trimmed(value / factor, digits(value / factor)) + letter + suffix
    return trimmed(value, digits(value)) + suffix


def seconds(value):
    for span, name in SPANS:
        if abs(value) >= span:
            number = trimmed(value / span, 1)
            return f"{number} {name}{'' if number == '1' else 's'}"
    return f"{trimmed(value, digits(value))} s" if abs(value) >= 1 or value == 0 else f"{trimmed(value * 1000, 1)} ms"


def written(value, unit, decimals=None):
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if unit == "s":
        return seconds(value)
    if unit == "percentunit":
        return trimmed(value * 100, decimals if decimals is not None else digits(value * 100)) + "%"
    if unit in PER_SECOND:
        return short(value, f" {PER_SECOND[unit]}/s")
    if unit.startswith("suffix:"):
        return trimmed(value, digits(value)) + unit.removeprefix("suffix:")
    return short(value)
