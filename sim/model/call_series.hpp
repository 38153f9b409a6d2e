#pragma once

#include <cstdint>
#include <vector>

#include "model/series_writer.hpp"
#include "model/world.hpp"

namespace credsim::model {

/// What the workload's calls came to by now. Precondition: those before World::now are decided (Timelines::catch_up).
[[nodiscard]] WorkloadCounters calls_so_far(World& world, const ResourceState& state, std::size_t workload);

/// The running counts of the workloads' calls, and of events, to which their attempts belong. They are recorded some
/// steps late, a window of CallCounts at a time, when all calls of the window are decided.
class CallSeries {
 public:
  explicit CallSeries(const World& world);

  /// How many series ids it uses.
  [[nodiscard]] std::uint32_t ids() const;

  /// Call it at every step. Where a window ends, it decides what was called before and records the window's steps.
  void reach(World& world);
  /// The same at the end of the run, however few steps the window has by then.
  void finish(World& world);
  /// Decides what was called before World::now, and only looks.
  void look(World& world);

  [[nodiscard]] const SeriesWriter& writer() const { return writer_; }

 private:
  struct WorkloadLabels {
    Labels client;
    Labels calls;  ///< with the operation
  };

  void write_steps(World& world, std::size_t steps);
  void write_workload(const WorkloadCounters& counters, const WorkloadLabels& labels);

  SeriesWriter writer_{0};
  std::vector<WorkloadLabels> labels_;  // by CallCounts' index of the workload
  Labels cell_labels_;
  std::vector<std::uint64_t> events_;  // without attempts of calls, at the end of each step of the window
};

}  // namespace credsim::model
