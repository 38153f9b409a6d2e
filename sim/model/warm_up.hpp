#pragma once

#include <vector>

#include "credsim/record.hpp"

#include "model/world.hpp"

namespace credsim::model {

/// The end of the warm-up. The counters go on as before it, for the series that show them; what they had counted by
/// then is kept here, and taken off the result. Limits forget it at once.
class WarmUp {
 public:
  /// At the end of the warm-up, before anything else of that instant, once all calls before it are decided. What is
  /// alive then counts from then on; a limit that keeps somebody waiting refuses him then. O(instances), once.
  explicit WarmUp(World& world);

  /// At the end of the run: leaves in `result` what was counted since.
  void take_off(const World& world, CellResult& result);

 private:
  void carry_instances_over(World& world);

  std::vector<ResourceCounters> resources_;               // as CellResult
  std::vector<std::vector<WorkloadCounters>> workloads_;  // as CellResult
};

}  // namespace credsim::model
