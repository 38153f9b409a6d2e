// The summary of a replication: every metric of metric.hpp with every statistic that has samples.
#include <string>
#include <utility>

#include "credsim/measurements.hpp"
#include "credsim/metric.hpp"

#include "record/statistic.hpp"

namespace credsim {

std::vector<SummaryValue> Measurements::summary() const {
  std::vector<SummaryValue> values;
  const auto add = [&](const Metric& metric, std::string_view statistic, const Labels& labels,
                       std::optional<double> value) {
    if (!value) return;
    std::string name{metric.name};
    if (!statistic.empty()) name.append(".").append(statistic);
    values.push_back({std::move(name), labels, *value});
  };
  const auto add_histogram = [&](const Metric& metric, const Labels& labels, const LogHistogram& samples) {
    for (const std::string_view statistic : kHistogramStatistics)
      add(metric, statistic, labels, record::statistic_of(samples, statistic));
  };

  for (const Metric& metric : kMetrics) {
    switch (metric.kind) {
      case MetricKind::counter:
      case MetricKind::tally:
        for (const Counter& each : counters_)
          if (each.metric == metric.name) add(metric, "", each.labels, each.value);
        if (!metric.labels.empty()) add(metric, "", {}, value(metric.name, "", {}));
        break;
      case MetricKind::gauge: {
        std::size_t label_sets = 0;
        for (const GaugeSummary& each : gauges_) {
          if (each.metric != metric.name) continue;
          add(metric, "", each.labels, each.last);
          add(metric, "max", each.labels, each.maximum);
          ++label_sets;
        }
        add(metric, "", {}, value(metric.name, "", {}));
        // Largest values of different moments add up to nothing that ever was.
        if (label_sets == 1) add(metric, "max", {}, value(metric.name, "max", {}));
        break;
      }
      case MetricKind::histogram:
        for (const Histogram& each : histograms_)
          if (each.metric == metric.name) add_histogram(metric, each.labels, each.samples);
        add_histogram(metric, {}, merged(metric.name, {}));
        break;
      case MetricKind::ratio:
        for (const Ratio& each : ratios_)
          if (each.metric == metric.name && each.denominator > 0)
            add(metric, "", each.labels, each.numerator / each.denominator);
        add(metric, "", {}, value(metric.name, "", {}));
        break;
      case MetricKind::limit:  // in limits()
        break;
    }
  }
  return values;
}

}  // namespace credsim
