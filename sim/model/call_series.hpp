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

  /// Call it at every step. Where a window ends, it decides what was called before and records the window's steps.
  void reach(World& world);
  /// The same at the end of the run, however few steps the window has by then.
  void finish(World& world);
  /// Decides what was called before World::now, and only looks.
  void look(World& world);

  [[nodiscard]] const SeriesWriter& writer() const { return writer_; }

 private:
  struct WorkloadSeries {
    SeriesHandle helper_runs;
    SeriesHandle succeeded;
    SeriesHandle failed;
    SeriesHandle attempts;
    SeriesHandle first_with_network;
    SeriesHandle first_without_network;
    std::vector<SeriesHandle> failures;  ///< by reason
  };

  void write_steps(World& world, std::size_t steps);
  WorkloadSeries add_workload(const Labels& of_resource, const Workload& workload);
  void write_workload(const WorkloadCounters& counters, const WorkloadSeries& series);

  SeriesWriter writer_{0};
  std::vector<WorkloadSeries> workloads_;  // by CallCounts' index of the workload
  SeriesHandle events_total_{};
  std::vector<std::uint64_t> events_;  // without attempts of calls, at the end of each step of the window
};

}  // namespace credsim::model
