#include "model/series_writer.hpp"

#include <algorithm>

#include "credsim/metric.hpp"

namespace credsim::model {

namespace {

bool is_summarised(std::string_view name) {
  const Metric* metric = find_metric(name);
  return metric != nullptr && metric->kind == MetricKind::gauge;
}

}  // namespace

void SeriesWriter::write(std::string_view metric, double value, const Labels& labels,
                         std::pair<std::string_view, std::string_view> label) {
  if (cursor_ == series_.size()) series_.emplace_back();
  const std::uint32_t id = first_id_ + static_cast<std::uint32_t>(cursor_);
  Series& series = series_[cursor_++];
  series.value = value;
  if (recorder_ != nullptr && !series.begun && value == 0) return;
  GaugeSummary& summary = series.summary;
  if (summary.metric.empty()) {
    summary.metric = metric;
    summary.labels = labels;
    if (!label.first.empty()) {
      summary.labels.emplace_back(label);
      std::ranges::sort(summary.labels);
    }
  }
  if (recorder_ == nullptr) return;
  if (!series.begun) {
    series.begun = true;
    recorder_->series_definition({.id = id, .metric = summary.metric, .labels = summary.labels});
  }
  summary.last = value;
  summary.maximum = std::max(summary.maximum, value);
  recorder_->series({.at = at_, .series = id, .value = value});
}

void SeriesWriter::append_definitions(std::vector<SeriesDefinition>& definitions) const {
  for (const Series& series : series_)
    definitions.push_back({first_id_ + static_cast<std::uint32_t>(&series - series_.data()), series.summary.metric,
                           series.summary.labels});
}

void SeriesWriter::append_values(std::vector<double>& values) const {
  for (const Series& series : series_) values.push_back(series.value);
}

std::vector<GaugeSummary> SeriesWriter::gauges() const {
  std::vector<GaugeSummary> gauges;
  for (const Series& series : series_)
    if (series.begun && is_summarised(series.summary.metric)) gauges.push_back(series.summary);
  return gauges;
}

}  // namespace credsim::model
