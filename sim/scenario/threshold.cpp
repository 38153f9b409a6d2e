#include "credsim/threshold.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "credsim/metric.hpp"

#include "iam/spelling.hpp"
#include "scenario/values.hpp"

namespace credsim {

namespace {

using Comparison = Threshold::Comparison;

struct Operator {
  std::string_view text;
  Comparison comparison;
};

/// Longer ones first: "<=" is not "<" and something.
constexpr std::array kOperators = {
    Operator{"<=", Comparison::less_equal}, Operator{">=", Comparison::greater_equal},
    Operator{"==", Comparison::equal},      Operator{"!=", Comparison::not_equal},
    Operator{"<", Comparison::less},        Operator{">", Comparison::greater},
};

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

bool take_word(std::string_view& text, std::string_view prefix) {
  skip_blanks(text);
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// Takes what stands before the first of `ends`, without blanks around it.
std::string_view take_until(std::string_view& text, std::string_view ends) {
  skip_blanks(text);
  std::string_view word = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(word.size());
  while (!word.empty() && (word.back() == ' ' || word.back() == '\t')) word.remove_suffix(1);
  return word;
}

/// What to write instead of a name that no metric of the summary has.
std::string metric_advice(std::string_view name) {
  const auto is_named = [&name](const Metric& known) { return known.name == name; };
  if (std::any_of(kRunMetrics.begin(), kRunMetrics.end(), is_named))
    return "it is measured while a run goes on, not of the run as a whole; credsim metrics lists what thresholds can "
           "use";
  constexpr std::string_view kPrefix = "credsim_";
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  // Prometheus' series of a histogram.
  for (const std::string_view statistic : kHistogramStatistics)
    for (const Metric& known : kMetrics)
      if (known.kind == MetricKind::histogram && name == std::string(known.name) + "_" + std::string(statistic))
        return "did you mean " + iam::in_quotes(std::string(known.name) + "." + std::string(statistic)) +
               "? credsim metrics lists all";
  std::vector<std::string_view> names;
  for (const Metric& known : kMetrics) names.push_back(known.name);
  for (const Metric& known : kLimitMetrics) names.push_back(known.name);
  if (std::find(names.begin(), names.end(), name) != names.end())
    return "did you mean " + iam::in_quotes(name) + "? credsim metrics lists all";
  const std::string similar = iam::suggestion(name, names);
  return similar.starts_with("did you mean") ? similar + " credsim metrics lists all" : "credsim metrics lists them";
}

/// Reads "{label=value,…}".
bool read_selector(std::string_view& rest, const Metric& metric, Threshold& threshold, std::string& fault) {
  const std::vector<std::string_view> labels = label_names(metric);
  do {
    const std::string_view label = take_until(rest, "=,}");
    if (std::find(labels.begin(), labels.end(), label) == labels.end()) {
      fault = threshold.metric + " has no label " + iam::in_quotes(label) + "; " +
              (labels.empty() ? "it has none" : iam::suggestion(label, labels));
      return false;
    }
    const auto is_same = [label](const auto& pair) { return pair.first == label; };
    if (std::any_of(threshold.selector.begin(), threshold.selector.end(), is_same)) {
      fault = "label " + iam::in_quotes(label) + " is there twice; give it once";
      return false;
    }
    std::string_view value;
    if (take_word(rest, "=")) {
      const bool in_quotes = take_word(rest, "\"");
      value = take_until(rest, in_quotes ? "\"" : ",}");
      if (in_quotes && !take_word(rest, "\"")) value = {};
    }
    if (value.empty()) {
      fault = "label " + iam::in_quotes(label) + " has no value; write it as {" + std::string(label) + "=VALUE}";
      return false;
    }
    threshold.selector.emplace_back(label, value);
  } while (take_word(rest, ","));
  if (take_word(rest, "}")) return true;
  fault = "the labels of " + threshold.metric + " have no end; close them with }";
  return false;
}

bool read_statistic(std::string_view& rest, const Metric& metric, Threshold& threshold, std::string& fault) {
  if (take_word(rest, ".")) threshold.statistic = take_until(rest, "<>=! \t");
  const std::span<const std::string_view> statistics = statistics_of(metric.kind);
  if (std::find(statistics.begin(), statistics.end(), threshold.statistic) != statistics.end()) return true;
  if (threshold.statistic.empty())
    fault = threshold.metric + " is a histogram; add a statistic, such as " + threshold.metric + ".p99";
  else if (statistics.size() == 1)
    fault = threshold.metric + " has no statistics; leave " + iam::in_quotes("." + threshold.statistic) + " out";
  else
    fault = threshold.metric + " has no statistic " + iam::in_quotes(threshold.statistic) + "; " +
            iam::suggestion(threshold.statistic, statistics);
  return false;
}

bool read_value(std::string_view text, const Metric& metric, Threshold& threshold, std::string& fault) {
  const bool is_time = metric.name.ends_with("_seconds") && threshold.statistic != "count";
  const bool is_share = metric.is_share();
  std::string problem;
  auto value = parse_number(text, problem);
  if (!value && is_share) value = parse_share(text, problem);
  if (!value && is_time)
    if (const auto duration = parse_duration(text, problem)) value = std::chrono::duration<double>(*duration).count();
  if (value && *value >= 0) {
    threshold.value = *value;
    return true;
  }
  fault = iam::in_quotes(text) + " is no value to compare with; write a number of at least 0" +
          (is_share  ? " or a share such as 1%"
           : is_time ? " (seconds) or a duration such as 5m"
                     : "");
  return false;
}

}  // namespace

std::optional<Threshold> parse_threshold(std::string_view text, std::string& fault) {
  Threshold threshold;
  threshold.text = text;
  std::string_view rest = text;

  threshold.metric = take_until(rest, "{.<>=! \t");
  const Metric* metric = find_metric(threshold.metric);
  if (metric == nullptr) {
    fault = "there is no metric " + iam::in_quotes(threshold.metric) + " for thresholds; " +
            metric_advice(threshold.metric);
    return std::nullopt;
  }
  if (take_word(rest, "{") && !read_selector(rest, *metric, threshold, fault)) return std::nullopt;
  if (!read_statistic(rest, *metric, threshold, fault)) return std::nullopt;

  const auto* const op = std::find_if(kOperators.begin(), kOperators.end(),
                                      [&rest](const Operator& known) { return take_word(rest, known.text); });
  if (op == kOperators.end()) {
    fault = "a threshold needs a comparison after " + threshold.metric + "; write <, <=, >, >=, == or !=";
    return std::nullopt;
  }
  threshold.comparison = op->comparison;
  if (!read_value(take_until(rest, ""), *metric, threshold, fault)) return std::nullopt;
  return threshold;
}

bool Threshold::holds(double observed) const {
  switch (comparison) {
    case Comparison::less:
      return observed < value;
    case Comparison::less_equal:
      return observed <= value;
    case Comparison::greater:
      return observed > value;
    case Comparison::greater_equal:
      return observed >= value;
    case Comparison::equal:
      return observed == value;
    case Comparison::not_equal:
      break;
  }
  return observed != value;
}

}  // namespace credsim
