#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "credsim/metric.hpp"
#include "credsim/record.hpp"

#include "record/series_reader.hpp"
#include "record/stored_rows.hpp"
#include "report/openmetrics_text.hpp"

namespace credsim::report {

/// Writes one metric at one label set, step by step: a series, or a histogram with all its buckets, its count and its
/// sum side by side. Before its first sample each is 0, from the run's start on.
class MetricPoints {
 public:
  /// Of the label "le" among `labels` nothing is kept. Simulated time 0 is written as `start`.
  MetricPoints(const Metric& metric, const Labels& labels, const record::Steps& steps, OpenMetricsText::Time start,
               OpenMetricsText& text);

  [[nodiscard]] bool knows(std::int64_t series) const { return find(series) != nullptr; }
  /// Says which of the metric's series `series` is. False: none of them.
  [[nodiscard]] bool introduce(std::int64_t series, const record::SeriesReader::Series& name);

  /// The next samples of a series that it knows, by time over all series. False: they are not at the run's steps.
  [[nodiscard]] bool add(const record::SampleRun& samples);
  /// Writes the steps up to the last sample of any of the series.
  void finish() { write_until(end_); }

  /// How many series it writes.
  [[nodiscard]] std::size_t series() const { return lines_.size(); }

 private:
  /// What was read last of a series; of one that has not begun it is a 0.
  struct Source {
    std::int64_t series = 0;
    std::int64_t first = 0;  // step
    record::SampleRun samples{};

    [[nodiscard]] double at(std::int64_t step) const {
      return samples.value_after(static_cast<std::uint32_t>(std::min<std::int64_t>(step - first, samples.repeats)));
    }
  };
  struct Line {
    std::string series;
    std::size_t source;
  };

  [[nodiscard]] const Source* find(std::int64_t series) const;
  [[nodiscard]] std::optional<std::size_t> place_of(const record::SeriesReader::Series& name) const;
  void write_until(std::int64_t step);

  const Metric& metric_;
  const record::Steps& steps_;
  OpenMetricsText::Time start_;
  OpenMetricsText& text_;
  std::vector<Line> lines_;      // in the order of the format
  std::vector<Source> sources_;  // of a histogram: its buckets, its count, its sum
  std::int64_t next_ = 0;        // the first step that is not written
  std::int64_t end_ = 0;         // the one after the last sample
};

}  // namespace credsim::report
