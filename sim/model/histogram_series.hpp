#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "credsim/duration_histogram.hpp"

#include "model/series_writer.hpp"

namespace credsim::model {

/// A histogram metric as the series that Prometheus makes of one: NAME_bucket for each bound, cumulative and with the
/// bound in seconds as the label `le`, NAME_sum and NAME_count. The bucket of all samples is NAME_count.
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
