#include "plan/overview.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "credsim/metric.hpp"

namespace credsim {
namespace {

struct MetricName {
  std::size_t index;  ///< in kMetrics
  std::string_view statistic;
};

MetricName split(std::string_view name) {
  const std::size_t dot = std::min(name.find('.'), name.size());
  const auto found = std::find_if(kMetrics.begin(), kMetrics.end(),
                                  [&](const Metric& metric) { return metric.name == name.substr(0, dot); });
  return {static_cast<std::size_t>(found - kMetrics.begin()), name.substr(std::min(dot + 1, name.size()))};
}

bool counts_things(const Metric& metric) {
  return metric.kind == MetricKind::counter || metric.kind == MetricKind::tally || metric.name.ends_with("_total");
}

/// A counter is 0 where it was not met; a quantile or a ratio is nothing there.
bool counts(std::size_t metric, std::string_view statistic) {
  return counts_things(kMetrics[metric]) || statistic == "count" || statistic == "sum";
}

Quantity quantity(const Metric& metric, std::string_view statistic) {
  if (metric.kind == MetricKind::ratio || metric.name.ends_with("_headroom")) return Quantity::share;
  return counts_things(metric) || statistic == "count" ? Quantity::count : Quantity::amount;
}

void merge(LimitUsage& all, const LimitUsage& usage) {
  all.peak_1s = std::max(all.peak_1s, usage.peak_1s);
  all.peak_60s = std::max(all.peak_60s, usage.peak_60s);
  all.peak_600s = std::max(all.peak_600s, usage.peak_600s);
  all.first_refused = std::min(all.first_refused, usage.first_refused);
  all.refused += usage.refused;
}

/// `leader` is the first of the replication's limits.
void count(LimitOverview& into, const LimitUsage& usage, const LimitUsage& leader) {
  if (usage.refused > 0) ++into.refused_in;
  const bool some_broke = leader.first_refused != kNever;
  if (some_broke && usage.first_refused == leader.first_refused) ++into.first_in;
  if (!some_broke && usage.utilisation() > 0 && usage.utilisation() == leader.utilisation()) ++into.nearest_in;
}

/// With one replication the order of LimitUsage::comes_before().
bool comes_before(const LimitOverview& a, const LimitOverview& b) {
  const auto led = [](const LimitOverview& limit) {
    return std::tuple{-static_cast<std::int64_t>(limit.first_in), limit.usage.first_refused,
                      -static_cast<std::int64_t>(limit.nearest_in)};
  };
  return led(a) != led(b) ? led(a) < led(b) : a.usage.comes_before(b.usage);
}

}  // namespace

Overview::Overview(const Scenario& scenario) : scenario_(scenario), judgements_(scenario.thresholds.size()) {}

void Overview::add(std::uint32_t replication, const Measurements& measurements, std::span<const ThresholdResult> judged,
                   SimTime ended) {
  ++counted_;
  ended_ = std::min(ended_, ended);
  for (SummaryValue& value : measurements.summary()) {
    const std::size_t metric = split(value.metric).index;
    values_[Key{metric, std::move(value.labels), std::move(value.metric)}][replication] = value.value;
  }
  for (std::size_t i = 0; i < judged.size(); ++i) {
    if (judged[i].observed) judgements_[i].observed[replication] = *judged[i].observed;
    if (!judged[i].passed) ++judgements_[i].missed;
  }
  for (const LimitUsage& usage : measurements.limits()) {
    const auto [place, added] = limits_.try_emplace(usage.name, LimitOverview{usage});
    if (!added) merge(place->second.usage, usage);
    count(place->second, usage, measurements.limits().front());
  }
}

std::vector<double> Overview::values_of(const Samples& samples, bool missing_is_zero) const {
  std::vector<double> values;
  values.reserve(counted_);
  for (const auto& [replication, value] : samples) values.push_back(value);
  if (missing_is_zero) values.resize(counted_, 0.0);
  return values;
}

void Overview::write_to(ReplicationsResult& result) const {
  if (empty()) return;
  result.counted = counted_;
  result.ended = ended_;
  Estimator estimator(scenario_.seed);
  for (const auto& [key, samples] : values_) {
    const std::string_view statistic = split(key.name).statistic;
    result.estimates.push_back(
        {key.name, key.labels,
         estimator.mean(values_of(samples, counts(key.metric, statistic)), quantity(kMetrics[key.metric], statistic))});
  }
  for (std::size_t i = 0; i < judgements_.size(); ++i) {
    const Threshold& threshold = scenario_.thresholds[i];
    ThresholdOverview judged{&threshold, judgements_[i].missed, std::nullopt};
    if (const auto observed = values_of(judgements_[i].observed, false); !observed.empty())
      judged.observed = estimator.mean(observed, quantity(*find_metric(threshold.metric), threshold.statistic));
    result.thresholds.push_back(judged);
  }
  for (const auto& [name, limit] : limits_) result.limits.push_back(limit);
  std::sort(result.limits.begin(), result.limits.end(), comes_before);
}

}  // namespace credsim
