"""Verdicts on a quantity that a real client and credsim both have."""

import math

LIMIT = 4.5  # chance goes beyond once in some 10,000 comparisons of a dozen samples each


class Row:
    """A line of the table."""

    def __init__(self, case, quantity, real, credsim, verdict, right=True):
        self.case, self.quantity, self.real, self.credsim, self.verdict, self.right = case, quantity, real, credsim, verdict, right


def exact(case, quantity, real, credsim):
    right = real == credsim
    return Row(case, quantity, str(real), str(credsim), "equal" if right else "DIFFERS", right)


def measured(case, quantity, real):
    """What credsim has nothing to set against."""
    return Row(case, quantity, str(real), "–", "measured")


def refused(case, said):
    return Row(case, "the scenario", "runs", str(said), "DIFFERS", False)


def mean_and_error(samples):
    mean = sum(samples) / len(samples)
    variance = sum((sample - mean) ** 2 for sample in samples) / (len(samples) - 1)
    return mean, variance / len(samples)


def welch(case, quantity, real, credsim):
    """Two means, each of independent samples; equal within what chance does."""
    (real_mean, real_error), (mean, error) = mean_and_error(real), mean_and_error(credsim)
    deviation = math.sqrt(real_error + error)
    difference = real_mean - mean
    z = difference / deviation if deviation > 0 else (0.0 if abs(difference) < 1e-9 else math.inf)
    right = abs(z) < LIMIT
    return Row(case, quantity, f"{real_mean:.4g}", f"{mean:.4g}", f"z = {z:+.1f}" if right else f"DIFFERS, z = {z:+.1f}", right)


def table(rows):
    """The rows as text, in columns."""
    lines = [("case", "quantity", "real client", "credsim", "verdict")]
    lines += [(row.case, row.quantity, row.real, row.credsim, row.verdict) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)
