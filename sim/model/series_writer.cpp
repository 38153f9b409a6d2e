#include "model/series_writer.hpp"

#include <algorithm>

#include "credsim/metric.hpp"

#include "engine/contract.hpp"

namespace credsim::model {

namespace {

bool is_summarised(std::string_view name) {
  const Metric* metric = find_metric(name);
  return metric != nullptr && metric->kind == MetricKind::gauge;
}

}  // namespace

SeriesHandle SeriesWriter::add(std::string_view metric, const Labels& labels,
                               std::pair<std::string_view, std::string_view> label) {
  expect(round_ == 0, "all series are added before one is written");
  GaugeSummary& summary = series_.emplace_back().summary;
  summary.metric = metric;
  summary.labels = labels;
  if (!label.first.empty()) {
    summary.labels.emplace_back(label);
    std::ranges::sort(summary.labels);
  }
  return SeriesHandle{size() - 1};
}

void SeriesWriter::begin(Recorder& recorder, SimTime at) {
  begin_round();
  recorder_ = &recorder;
  at_ = at;
}

void SeriesWriter::begin_look() {
  begin_round();
  recorder_ = nullptr;
}

void SeriesWriter::begin_round() {
  expect(round_ == 0 || written_ == series_.size(), "every series has a value at every step");
  ++round_;
  written_ = 0;
}

void SeriesWriter::write(SeriesHandle handle, double value) {
  const auto place = static_cast<std::uint32_t>(handle);
  expect(place < size() && series_[place].round != round_, "a series has one value at a step");
  Series& series = series_[place];
  series.round = round_;
  ++written_;
  series.value = value;
  if (recorder_ == nullptr || (!series.begun && value == 0)) return;
  GaugeSummary& summary = series.summary;
  if (!series.begun) {
    series.begun = true;
    recorder_->series_definition({.id = first_id_ + place, .metric = summary.metric, .labels = summary.labels});
  }
  summary.last = value;
  summary.maximum = std::max(summary.maximum, value);
  recorder_->series({.at = at_, .series = first_id_ + place, .value = value});
}

void SeriesWriter::append_definitions(std::vector<SeriesDefinition>& definitions) const {
  for (std::uint32_t place = 0; place < size(); ++place)
    definitions.push_back({first_id_ + place, series_[place].summary.metric, series_[place].summary.labels});
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
