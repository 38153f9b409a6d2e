#include "model/series_writer.hpp"

#include <algorithm>

#include "credsim/metric.hpp"

namespace credsim::model {

namespace {

bool is_gauge(std::string_view metric) {
  return find_metric(metric)->kind == MetricKind::gauge;
}

}  // namespace

void SeriesWriter::write(Recorder& recorder, std::string_view metric, double value, const Labels& labels,
                         std::pair<std::string_view, std::string_view> label) {
  if (cursor_ == series_.size()) series_.emplace_back();
  const std::uint32_t id = first_id_ + static_cast<std::uint32_t>(cursor_);
  Series& series = series_[cursor_++];
  if (!series.begun) {
    if (value == 0) return;
    series.begun = true;
    series.summary.metric = metric;
    series.summary.labels = labels;
    if (!label.first.empty()) {
      series.summary.labels.emplace_back(label);
      std::ranges::sort(series.summary.labels);
    }
    recorder.series_definition({.id = id, .metric = series.summary.metric, .labels = series.summary.labels});
  }
  series.summary.last = value;
  series.summary.maximum = std::max(series.summary.maximum, value);
  recorder.series({.at = at_, .series = id, .value = value});
}

std::vector<GaugeSummary> SeriesWriter::gauges() const {
  std::vector<GaugeSummary> gauges;
  for (const Series& series : series_)
    if (series.begun && is_gauge(series.summary.metric)) gauges.push_back(series.summary);
  return gauges;
}

}  // namespace credsim::model
