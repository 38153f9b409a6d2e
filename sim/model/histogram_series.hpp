#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "credsim/duration_histogram.hpp"

#include "model/series_writer.hpp"

namespace credsim::model {

/// Writes a histogram metric as the series that SeriesPart names.
class HistogramSeries {
 public:
  /// The names for `metric`, one of kMetrics with bounds.
  explicit HistogramSeries(std::string_view metric);

  /// The next series of `writer`; always as many.
  void write(SeriesWriter& writer, const DurationHistogram& histogram, const Labels& labels) const;

 private:
  std::string bucket_;
  std::string sum_;
  std::string count_;
  std::vector<std::string> bounds_;
};

}  // namespace credsim::model
