#pragma once

#include <vector>

#include "model/histogram_series.hpp"
#include "model/series_writer.hpp"
#include "model/world.hpp"

namespace credsim::model {

/// The curves that a planner plots, but for the calls': gauges and running counts, recorded at every `series_step`, and
/// looked at in between by whoever watches.
class SeriesSampler {
 public:
  /// Its series have the ids from `first_id` on.
  SeriesSampler(const World& world, std::uint32_t first_id);

  /// Records them at World::now, a multiple of the step, before anything else of that instant.
  void sample(World& world);
  /// Only looks. World::now is a multiple of the cell's grid, or its end.
  void look(World& world);

  [[nodiscard]] const SeriesWriter& writer() const { return writer_; }
  void forget_maxima() { writer_.forget_maxima(); }

 private:
  void write_all(World& world);
  void write_resource(World& world, ResourceState& state, const Labels& labels);
  void write_histograms(const ResourceCounters& counters, const Labels& labels);
  void write_region(World& world, RegionState& region, const Labels& labels);
  void write_run(World& world);

  SeriesWriter writer_;
  std::vector<Labels> resource_labels_;  // as World::resources
  std::vector<Labels> region_labels_;    // as World::regions
  std::vector<Labels> workload_infos_;   // by resource, then workload
  HistogramSeries overlap_{"credential_overlap_seconds"};
  HistogramSeries gap_{"credential_gap_seconds"};
  HistogramSeries first_credential_{"first_credential_seconds"};
  HistogramSeries network_ready_{"network_ready_seconds"};
  HistogramSeries interface_wait_{"interface_wait_seconds"};
  HistogramSeries session_wait_{"session_wait_seconds"};
};

}  // namespace credsim::model
