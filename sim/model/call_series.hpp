#pragma once

#include <vector>

#include "model/series_writer.hpp"
#include "model/world.hpp"

namespace credsim::model {

/// The running counts of the workloads' calls. They are written down some steps late, a window of CallCounts at a time,
/// when all calls of the window are decided.
class CallSeries {
 public:
  explicit CallSeries(const World& world);

  /// How many series ids it uses.
  [[nodiscard]] std::uint32_t ids() const;

  /// Decides what was called before `now` and writes the steps that are over. Call it at every step.
  void reach(World& world);
  /// The same at the end of the run, however few steps the window has by then.
  void finish(World& world);

 private:
  struct WorkloadLabels {
    Labels client;
    Labels calls;  ///< with the operation
  };

  void write_steps(World& world, std::size_t steps);
  void write_workload(World& world, const ResourceState& state, std::size_t workload, const WorkloadLabels& labels);

  SeriesWriter writer_{0};
  std::vector<WorkloadLabels> labels_;  // by CallCounts' index of the workload
};

}  // namespace credsim::model
