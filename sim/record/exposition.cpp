#include "record/exposition.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <string_view>

#include <prometheus/metric_family.h>

#include "credsim/series_name.hpp"

namespace credsim::record {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

prometheus::MetricType type_of(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter:
      return prometheus::MetricType::Counter;
    case MetricKind::histogram:
      return prometheus::MetricType::Histogram;
    case MetricKind::tally:
    case MetricKind::gauge:
    case MetricKind::ratio:
    case MetricKind::limit:
      return prometheus::MetricType::Gauge;
  }
  return prometheus::MetricType::Untyped;
}

/// Series are handed in, families come out.
class Families {
 public:
  Families() : families_(kAllMetrics.size()) {
    for (std::size_t i = 0; i < kAllMetrics.size(); ++i) {
      const Metric& metric = kAllMetrics[i];
      families_[i].name = "credsim_" + std::string(metric.name);
      families_[i].help = metric.help;
      families_[i].type = type_of(metric.kind);
    }
  }

  void add(std::string_view name, const Labels& labels, double value) {
    const SeriesName series = *parse_series_name(name);
    if (series.part != SeriesPart::whole) return add_part(series, labels, value);
    ClientMetric& child = new_child(series.metric, labels);
    child.counter.value = child.gauge.value = value;
  }

  /// In the order of kAllMetrics.
  std::vector<MetricFamily> take() {
    std::erase_if(families_, [](const MetricFamily& family) { return family.metric.empty(); });
    return std::move(families_);
  }

 private:
  ClientMetric& new_child(std::size_t family, const Labels& labels) {
    ClientMetric& child = families_[family].metric.emplace_back();
    for (const auto& [label, text] : labels)
      if (label != kBoundLabel) child.label.push_back({label, text});
    return child;
  }

  /// A histogram's buckets come in their order, then its sum and, last, its count.
  void add_part(SeriesName series, const Labels& labels, double value) {
    if (complete_) {
      new_child(series.metric, labels);
      complete_ = false;
    }
    ClientMetric::Histogram& histogram = families_[series.metric].metric.back().histogram;
    if (series.part == SeriesPart::bucket) {
      const Duration bound = kAllMetrics[series.metric].bounds[histogram.bucket.size()];
      histogram.bucket.push_back({static_cast<std::uint64_t>(value), std::chrono::duration<double>(bound).count()});
    } else if (series.part == SeriesPart::sum) {
      histogram.sample_sum = value;
    } else {
      histogram.sample_count = static_cast<std::uint64_t>(value);
      histogram.bucket.push_back({histogram.sample_count, std::numeric_limits<double>::infinity()});
      complete_ = true;
    }
  }

  std::vector<MetricFamily> families_;
  bool complete_ = true;  // the last histogram
};

}  // namespace

std::vector<MetricFamily> exposition(const RunSnapshot* snapshot) {
  Families families;
  families.add("build_info", {{"version", CREDSIM_VERSION}}, 1);
  if (snapshot == nullptr) return families.take();
  for (std::size_t i = 0; i < snapshot->series->size(); ++i) {
    const SeriesDefinition& series = (*snapshot->series)[i];
    families.add(series.metric, series.labels, snapshot->values[i]);
  }
  families.add("simulation_speed_ratio", {}, snapshot->speed_ratio);
  families.add("simulation_target_speed_ratio", {}, snapshot->target_speed_ratio);
  for (std::size_t i = 0; i < kAuditTables.size(); ++i)
    families.add("audit_rows_total", {{"table", std::string(kAuditTables[i])}},
                 static_cast<double>(snapshot->audit.written[i]));
  families.add("audit_queue_depth", {}, static_cast<double>(snapshot->audit.waiting));
  return families.take();
}

}  // namespace credsim::record
