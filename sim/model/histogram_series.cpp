#include "model/histogram_series.hpp"

#include "credsim/metric.hpp"
#include "credsim/series_name.hpp"

namespace credsim::model {

HistogramSeries::HistogramSeries(std::string_view metric)
    : bucket_(series_name(metric, SeriesPart::bucket)),
      sum_(series_name(metric, SeriesPart::sum)),
      count_(series_name(metric, SeriesPart::count)) {
  for (const Duration bound : find_metric(metric)->bounds) bounds_.push_back(bound_text(bound));
}

void HistogramSeries::write(SeriesWriter& writer, const DurationHistogram& histogram, const Labels& labels) const {
  std::uint64_t at_most = 0;
  for (std::size_t i = 0; i < bounds_.size(); ++i)
    writer.write(bucket_, static_cast<double>(at_most += histogram.counts()[i]), labels, {kBoundLabel, bounds_[i]});
  writer.write(sum_, histogram.samples().sum_seconds(), labels);
  writer.write(count_, static_cast<double>(histogram.samples().count()), labels);
}

}  // namespace credsim::model
