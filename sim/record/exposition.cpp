#include "record/exposition.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <prometheus/metric_family.h>

#include "credsim/metric.hpp"

namespace credsim::record {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

constexpr std::size_t kAllMetrics = kMetrics.size() + kRunMetrics.size();

const Metric& metric_at(std::size_t index) {
  return index < kMetrics.size() ? kMetrics[index] : kRunMetrics[index - kMetrics.size()];
}

prometheus::MetricType type_of(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter:
      return prometheus::MetricType::Counter;
    case MetricKind::histogram:
      return prometheus::MetricType::Histogram;
    case MetricKind::gauge:
    case MetricKind::ratio:
      return prometheus::MetricType::Gauge;
  }
  return prometheus::MetricType::Untyped;
}

/// Series are handed in, families come out.
class Families {
 public:
  Families() : families_(kAllMetrics) {
    for (std::size_t i = 0; i < kAllMetrics; ++i) {
      const Metric& metric = metric_at(i);
      families_[i].name = "credsim_" + std::string(metric.name);
      families_[i].help = metric.help;
      families_[i].type = type_of(metric.kind);
    }
  }

  void add(std::string_view name, const Labels& labels, double value) {
    if (const auto index = find(name)) {
      ClientMetric& child = new_child(*index, labels);
      child.counter.value = child.gauge.value = value;
      return;
    }
    const std::size_t tail = name.rfind('_');
    if (const auto index = find(name.substr(0, tail))) add_part(*index, name.substr(tail + 1), labels, value);
  }

  /// In the order of kMetrics and kRunMetrics.
  std::vector<MetricFamily> take() {
    std::erase_if(families_, [](const MetricFamily& family) { return family.metric.empty(); });
    return std::move(families_);
  }

 private:
  static std::optional<std::size_t> find(std::string_view name) {
    for (std::size_t i = 0; i < kAllMetrics; ++i)
      if (metric_at(i).name == name) return i;
    return std::nullopt;
  }

  ClientMetric& new_child(std::size_t family, const Labels& labels) {
    ClientMetric& child = families_[family].metric.emplace_back();
    for (const auto& [label, text] : labels)
      if (label != "le") child.label.push_back({label, text});
    return child;
  }

  /// A histogram's buckets come in their order, then its sum and, last, its count.
  void add_part(std::size_t family, std::string_view part, const Labels& labels, double value) {
    if (complete_) {
      new_child(family, labels);
      complete_ = false;
    }
    ClientMetric::Histogram& histogram = families_[family].metric.back().histogram;
    if (part == "bucket") {
      const Duration bound = metric_at(family).bounds[histogram.bucket.size()];
      histogram.bucket.push_back({static_cast<std::uint64_t>(value), std::chrono::duration<double>(bound).count()});
    } else if (part == "sum") {
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
