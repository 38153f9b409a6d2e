"""Reads PromQL as far as our dashboards and rules use it, and says which labels its answer has.

It is no judge of the grammar (a real Prometheus is, in prometheus_test.py) but of names: metrics, labels in matchers,
groupings and joins. A dashboard with a label that does not exist is valid PromQL and shows nothing.
"""
import re

TOKEN = re.compile(r"""\s*(?:
    (?P<number>\d[\d.]*(?:e[-+]?\d+)?|[+-]?Inf\b|NaN\b)
  | (?P<name>[A-Za-z_:][\w:]*)
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<duration>\[[^\]]*\])
  | (?P<operator>==|!=|=~|!~|>=|<=|[-+*/%^<>(){},=])
)""", re.VERBOSE)

AGGREGATIONS = {"sum", "min", "max", "avg", "count", "topk", "bottomk", "quantile", "stddev"}
RAW_RATES = {"rate", "irate", "increase", "delta", "idelta", "deriv"}
PRECEDENCE = [{"or"}, {"and", "unless"}, {"==", "!=", ">", "<", ">=", "<="}, {"+", "-"}, {"*", "/", "%"}, {"^"}]
SETS = {"or", "and", "unless"}


class WrongName(Exception):
    """A name that does not exist, or a form that our panels do not use."""


class Query:
    """`labels_of` maps each metric to its labels. `raw` allows rate() and its like (in recording rules only). A metric of
    `windowed` has a series for each window: who reads it has to say which."""

    def __init__(self, text, labels_of, raw=False, windowed=()):
        self.text, self.labels_of, self.raw, self.windowed = text, labels_of, raw, windowed
        self.tokens, position = [], 0
        text = text.rstrip()
        while position < len(text):
            match = TOKEN.match(text, position)
            if match is None:
                raise WrongName(f"cannot read {text[position:]!r}")
            self.tokens.append((match.lastgroup, match.group(match.lastgroup)))
            position = match.end()
        self.tokens.append(("end", ""))
        self.at = 0
        self.metrics = set()
        self.labels = self.binary(0)
        if self.peek()[0] != "end":
            raise WrongName(f"{self.peek()[1]!r} was not expected")

    def peek(self):
        return self.tokens[self.at]

    def next(self, wanted=None):
        kind, value = self.tokens[self.at]
        if wanted is not None and value != wanted:
            raise WrongName(f"{value!r} where {wanted!r} was expected")
        self.at += 1
        return kind, value

    def is_next(self, value):
        if self.peek()[1] == value and self.peek()[0] in ("name", "operator"):
            self.at += 1
            return True
        return False

    def label_list(self):
        self.next("(")
        labels = []
        while not self.is_next(")"):
            labels.append(self.next()[1])
            self.is_next(",")
        return labels

    def require(self, labels, known, what):
        for label in labels:
            if known is None or label not in known:
                raise WrongName(f"{what} {label}: it has {', '.join(sorted(known or ())) or 'no labels'}")

    def binary(self, level):
        """None is a number; else the set of labels that a series of the answer may have."""
        if level == len(PRECEDENCE):
            return self.primary()
        left = self.binary(level + 1)
        while self.peek()[1] in PRECEDENCE[level] and self.peek()[0] in ("name", "operator"):
            operator = self.next()[1]
            matching = grouped = None
            if self.peek()[1] == "bool":
                self.next()
            if self.peek()[1] in ("on", "ignoring"):
                form = self.next()[1]
                matching = self.label_list()
                if form == "ignoring":
                    raise WrongName("ignoring: say on which labels instead")
            if self.is_next("group_left"):
                grouped = self.label_list() if self.peek()[1] == "(" else []
            right = self.binary(level + 1)
            left = self.joined(operator, left, right, matching, grouped)
        return left

    def joined(self, operator, left, right, matching, grouped):
        if left is None or right is None:
            return left if right is None else right
        if matching is not None:
            self.require(matching, left, "the left side is joined on")
            self.require(matching, right, "the right side is joined on")
            if grouped is not None:
                self.require(grouped, right, "group_left takes")
                return left | set(grouped)
            return left if operator in SETS else set(matching)
        if left != right:
            raise WrongName(f"{operator} joins series of {sorted(left)} and of {sorted(right)}; say on what")
        return left

    def primary(self):
        labels = self.single()
        if self.peek()[0] == "duration":  # a range, or a subquery
            self.next()
        return labels

    def single(self):
        kind, value = self.next()
        if value == "(":
            inner = self.binary(0)
            self.next(")")
            return inner
        if value == "-":
            return self.single()
        if kind == "number":
            return None
        if kind != "name":
            if value == "{":
                raise WrongName("a selector without a metric")
            raise WrongName(f"{value!r} was not expected")
        if value in AGGREGATIONS and self.peek()[1] in ("(", "by"):
            return self.aggregation()
        if self.peek()[1] == "(":
            return self.function(value)
        return self.selector(value)

    def aggregation(self):
        by = self.label_list() if self.is_next("by") else []
        self.next("(")
        inner = self.binary(0)
        self.next(")")
        self.require(by, inner, "grouped by")
        return set(by)

    def function(self, name):
        if name in RAW_RATES and not self.raw:
            raise WrongName(f"{name}() is of the wall clock; use a recorded rate of simulated time")
        self.next("(")
        answers = [self.binary(0)]
        while self.is_next(","):
            answers.append(self.binary(0))
        self.next(")")
        labels = next((each for each in reversed(answers) if each is not None), None)
        if name == "histogram_quantile":
            self.require(["le"], labels, "histogram_quantile of")
            return labels - {"le"}
        return None if name == "scalar" else labels

    def selector(self, metric):
        if metric not in self.labels_of:
            raise WrongName(f"there is no metric {metric}")
        self.metrics.add(metric)
        known = self.labels_of[metric]
        matched = []
        if self.is_next("{"):
            while not self.is_next("}"):
                matched.append(self.next()[1])
                self.next()  # = != =~ !~
                if self.next()[0] != "string":
                    raise WrongName("a matcher without a string")
                self.is_next(",")
        self.require(matched, known, f"{metric} is matched by")
        if metric in self.windowed and "window_seconds" not in matched:
            raise WrongName(f"{metric} has a series for each window: match window_seconds")
        return set(known)
