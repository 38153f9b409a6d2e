#include "report/metric_points.hpp"

#include <algorithm>
#include <string_view>

#include "credsim/series_name.hpp"

namespace credsim::report {
namespace {

Labels without_bound(const Labels& labels) {
  Labels others = labels;
  std::erase_if(others, [](const auto& label) { return label.first == kBoundLabel; });
  return others;
}

Labels with_bound(const Labels& labels, const std::string& bound) {
  Labels all = labels;
  all.emplace_back(kBoundLabel, bound);
  std::sort(all.begin(), all.end());
  return all;
}

/// The place among `bounds` of what the label says.
std::optional<std::size_t> bucket_of(const Labels& labels, HistogramBounds bounds) {
  const auto label =
      std::find_if(labels.begin(), labels.end(), [](const auto& each) { return each.first == kBoundLabel; });
  if (label == labels.end()) return std::nullopt;
  const auto found =
      std::find_if(bounds.begin(), bounds.end(), [&](Duration bound) { return bound_text(bound) == label->second; });
  if (found == bounds.end()) return std::nullopt;
  return static_cast<std::size_t>(found - bounds.begin());
}

}  // namespace

MetricPoints::MetricPoints(const Metric& metric, const Labels& labels, const record::Steps& steps,
                           OpenMetricsText::Time start, OpenMetricsText& text)
    : metric_(metric), steps_(steps), start_(start), text_(text) {
  if (metric.kind != MetricKind::histogram) {
    lines_ = {{series_text(metric.name, labels), 0}};
    sources_.resize(1);
    return;
  }
  const Labels others = without_bound(labels);
  const std::size_t count = metric.bounds.size();
  const std::string bucket = series_name(metric.name, SeriesPart::bucket);
  for (std::size_t i = 0; i < count; ++i)
    lines_.push_back({series_text(bucket, with_bound(others, bound_text(metric.bounds[i]))), i});
  lines_.push_back({series_text(bucket, with_bound(others, "+Inf")), count});
  lines_.push_back({series_text(series_name(metric.name, SeriesPart::count), others), count});
  lines_.push_back({series_text(series_name(metric.name, SeriesPart::sum), others), count + 1});
  sources_.resize(count + 2);
}

const MetricPoints::Source* MetricPoints::find(std::int64_t series) const {
  const auto found =
      std::find_if(sources_.begin(), sources_.end(), [series](const Source& each) { return each.series == series; });
  return found == sources_.end() ? nullptr : &*found;
}

std::optional<std::size_t> MetricPoints::place_of(const record::SeriesReader::Series& name) const {
  switch (parse_series_name(name.metric)->part) {
    case SeriesPart::whole:
      return 0;
    case SeriesPart::bucket:
      return bucket_of(name.labels, metric_.bounds);
    case SeriesPart::count:
      return metric_.bounds.size();
    case SeriesPart::sum:
      return metric_.bounds.size() + 1;
  }
  return std::nullopt;
}

bool MetricPoints::introduce(std::int64_t series, const record::SeriesReader::Series& name) {
  const auto place = place_of(name);
  if (!place || sources_[*place].series != 0) return false;
  sources_[*place].series = series;
  return true;
}

bool MetricPoints::add(const record::SampleRun& samples) {
  const Duration since_start = samples.at - kSimulationStart;
  const std::int64_t first = since_start / steps_.length;
  const bool on_steps = since_start % steps_.length == Duration{} && first >= next_ &&
                        samples.repeats <= record::SampleRun::kMostRepeats &&
                        (samples.repeats == 0 || samples.interval == steps_.length);
  if (!on_steps) return false;
  write_until(first);
  Source& source = *std::find_if(sources_.begin(), sources_.end(),
                                 [&](const Source& each) { return each.series == samples.series; });
  source.first = first;
  source.samples = samples;
  end_ = std::max(end_, first + samples.repeats + 1);
  return true;
}

void MetricPoints::write_until(std::int64_t step) {
  for (; next_ < step && text_.taken(); ++next_) {
    const OpenMetricsText::Time time = start_ + (steps_.time(next_) - kSimulationStart);
    for (const Line& line : lines_) text_.sample(line.series, sources_[line.source].at(next_), time);
  }
}

}  // namespace credsim::report
