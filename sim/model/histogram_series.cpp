#include "model/histogram_series.hpp"

#include "credsim/metric.hpp"
#include "credsim/series_name.hpp"

namespace credsim::model {

namespace {

std::vector<SeriesHandle> add_buckets(SeriesWriter& writer, std::string_view metric, const Labels& labels) {
  std::vector<SeriesHandle> buckets;
  for (const Duration bound : find_metric(metric)->bounds)
    buckets.push_back(writer.add(series_name(metric, SeriesPart::bucket), labels, {kBoundLabel, bound_text(bound)}));
  return buckets;
}

}  // namespace

HistogramSeries::HistogramSeries(SeriesWriter& writer, std::string_view metric, const Labels& labels)
    : buckets_(add_buckets(writer, metric, labels)),
      sum_(writer.add(series_name(metric, SeriesPart::sum), labels)),
      count_(writer.add(series_name(metric, SeriesPart::count), labels)) {}

void HistogramSeries::write(SeriesWriter& writer, const DurationHistogram& histogram) const {
  std::uint64_t at_most = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i)
    writer.write(buckets_[i], static_cast<double>(at_most += histogram.counts()[i]));
  writer.write(sum_, histogram.samples().sum_seconds());
  writer.write(count_, static_cast<double>(histogram.samples().count()));
}

}  // namespace credsim::model
