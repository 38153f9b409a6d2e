#include "plan/overview.hpp"

#include <algorithm>
#include <string_view>

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

/// A counter is 0 where it was not met; a quantile or a ratio is nothing there.
bool counts(std::size_t metric, std::string_view statistic) {
  return kMetrics[metric].kind == MetricKind::counter || statistic == "count" || statistic == "sum";
}

void merge(LimitOverview& into, const LimitUsage& usage) {
  LimitUsage& all = into.usage;
  all.peak_1s = std::max(all.peak_1s, usage.peak_1s);
  all.peak_60s = std::max(all.peak_60s, usage.peak_60s);
  all.peak_600s = std::max(all.peak_600s, usage.peak_600s);
  all.first_refused = std::min(all.first_refused, usage.first_refused);
  all.refused += usage.refused;
  if (usage.refused > 0) ++into.refused_in;
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
    const auto [place, added] = limits_.try_emplace(usage.name, LimitOverview{usage, usage.refused > 0 ? 1U : 0U});
    if (!added) merge(place->second, usage);
  }
}

std::optional<Estimate> Overview::estimate(const Samples& samples, bool missing_is_zero) const {
  std::vector<double> values;
  values.reserve(counted_);
  for (const auto& [replication, value] : samples) values.push_back(value);
  if (missing_is_zero) values.resize(counted_, 0.0);
  if (values.empty()) return std::nullopt;
  return estimate_mean(values);
}

void Overview::write_to(ReplicationsResult& result) const {
  if (empty()) return;
  result.counted = counted_;
  result.ended = ended_;
  for (const auto& [key, samples] : values_) {
    const auto found = estimate(samples, counts(key.metric, split(key.name).statistic));
    SummaryEstimate row{key.name, key.labels, found->mean, std::nullopt, std::nullopt};
    if (found->half_width) {
      row.ci_low = found->mean - *found->half_width;
      row.ci_high = found->mean + *found->half_width;
    }
    result.estimates.push_back(std::move(row));
  }
  for (std::size_t i = 0; i < judgements_.size(); ++i)
    result.thresholds.push_back(
        {&scenario_.thresholds[i], judgements_[i].missed, estimate(judgements_[i].observed, false)});
  for (const auto& [name, limit] : limits_) result.limits.push_back(limit);
  std::stable_sort(result.limits.begin(), result.limits.end(), [](const LimitOverview& a, const LimitOverview& b) {
    if (a.usage.first_refused != b.usage.first_refused) return a.usage.first_refused < b.usage.first_refused;
    return a.usage.utilisation() > b.usage.utilisation();
  });
}

}  // namespace credsim
