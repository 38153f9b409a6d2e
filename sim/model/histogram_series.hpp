#pragma once

#include <string_view>
#include <vector>

#include "credsim/duration_histogram.hpp"

#include "model/series_writer.hpp"

namespace credsim::model {

/// A histogram as the series that SeriesPart names.
class HistogramSeries {
 public:
  /// Adds the series of `metric`, one of kMetrics with bounds, to `writer`.
  HistogramSeries(SeriesWriter& writer, std::string_view metric, const Labels& labels);

  void write(SeriesWriter& writer, const DurationHistogram& histogram) const;

 private:
  std::vector<SeriesHandle> buckets_;
  SeriesHandle sum_;
  SeriesHandle count_;
};

}  // namespace credsim::model
