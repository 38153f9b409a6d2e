#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "model/world.hpp"

namespace credsim::model {

/// The curves that a planner plots: at every `series_step` it samples gauges and running counts. A series begins with
/// the first sample that is not zero, gauges of the configuration at once; from then on every step has one.
class SeriesSampler {
 public:
  /// At World::now, a multiple of the step, before anything else of that instant.
  void sample(World& world);

  /// Every gauge's last and largest value.
  [[nodiscard]] std::vector<GaugeSummary> gauges() const;

 private:
  struct Series {
    bool defined = false;
    std::uint32_t id = 0;
    GaugeSummary summary;
  };

  void sample_resource(World& world, ResourceState& state);
  void sample_workloads(World& world, ResourceState& state);
  void sample_region(World& world, RegionState& region);
  void sample_faults(World& world);
  /// The next series of this sample; `label` is added to `labels` if it has a name.
  void emit(World& world, std::string_view metric, double value, const Labels& labels,
            std::pair<std::string_view, std::string_view> label = {});

  std::vector<Series> series_;  // in the order in which a sample visits them
  std::size_t cursor_ = 0;
  std::uint32_t defined_ = 0;
};

}  // namespace credsim::model
