#pragma once

#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "model/histogram_series.hpp"
#include "model/series_writer.hpp"
#include "model/world.hpp"

namespace credsim::model {

/// The curves that a planner plots, but for the calls': gauges and running counts, recorded at every `series_step`, and
/// looked at in between by whoever watches.
class SeriesSampler {
 public:
  /// Its series have the ids from `first_id` on. `world` outlives it, and its resources and regions stay where they
  /// are.
  SeriesSampler(World& world, std::uint32_t first_id);

  /// Records them at World::now, a multiple of the step, before anything else of that instant.
  void sample();
  /// Only looks. World::now is a multiple of the cell's grid, or its end.
  void look();

  [[nodiscard]] const SeriesWriter& writer() const { return writer_; }
  void forget_maxima() { writer_.forget_maxima(); }

 private:
  /// A series and where its value comes from.
  struct Source {
    SeriesHandle series;
    std::function<double()> value;
  };
  struct HistogramSource {
    HistogramSeries series;
    const DurationHistogram& histogram;
  };
  using Label = std::pair<std::string_view, std::string_view>;

  void add(std::string_view metric, const Labels& labels, Label label, std::function<double()> value);
  void add_resource(ResourceState& state, const Labels& labels);
  void add_failures(const ResourceCounters& counters, const Labels& labels);
  void add_histograms(const ResourceCounters& counters, const Labels& labels);
  void add_region(std::size_t region, const Labels& labels);
  void add_bucket(const RegionState& region, BucketKind kind, const Labels& labels);
  void add_run();
  void write_all();

  World& world_;
  SeriesWriter writer_;
  std::vector<Source> sources_;
  std::vector<HistogramSource> histograms_;
};

}  // namespace credsim::model
