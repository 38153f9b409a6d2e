#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "model/series_writer.hpp"
#include "model/world.hpp"

namespace credsim::model {

/// The curves that a planner plots, but for the calls': at every `series_step` it samples gauges and running counts.
class SeriesSampler {
 public:
  /// Its series have the ids from `first_id` on.
  SeriesSampler(const World& world, std::uint32_t first_id);

  /// At World::now, a multiple of the step, before anything else of that instant.
  void sample(World& world);

  [[nodiscard]] std::vector<GaugeSummary> gauges() const { return writer_.gauges(); }

 private:
  void sample_resource(World& world, ResourceState& state, const Labels& labels);
  void sample_region(World& world, RegionState& region, const Labels& labels);
  void sample_faults(World& world);
  void write(World& world, std::string_view metric, double value, const Labels& labels,
             std::pair<std::string_view, std::string_view> label = {}) {
    writer_.write(world.recorder, metric, value, labels, label);
  }

  SeriesWriter writer_;
  std::vector<Labels> resource_labels_;  // as World::resources
  std::vector<Labels> region_labels_;    // as World::regions
};

}  // namespace credsim::model
