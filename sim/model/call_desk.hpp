#pragma once

#include <cstdint>
#include <vector>

#include "credsim/record.hpp"
#include "credsim/scenario.hpp"

#include "model/adaptive_limiter.hpp"
#include "model/call_counts.hpp"
#include "model/client.hpp"
#include "model/permission.hpp"
#include "model/pool.hpp"

namespace credsim::model {

/// Where calls are decided and counted. A cell has one for the calls that it makes in the order of the simulation clock
/// and one for each thread that runs timelines, so that no two threads share anything that changes.
struct CallDesk {
  CallDesk(const Scenario& scenario, std::size_t workloads, std::size_t window)
      : permissions(scenario),
        counts(workloads, scenario.series_step, window),
        warm_up_end(kSimulationStart + scenario.warm_up),
        failed_in_warm_up(workloads) {}

  /// What few clients need.
  struct Extension {
    std::uint32_t first_call = kNone;  ///< of its calls in progress
    std::uint32_t limiter = kNone;     ///< its adaptive rate limiter
  };

  Permissions permissions;
  CallCounts counts;
  SimTime warm_up_end;
  /// By workload: failed calls with their last attempt in the warm-up, though some end after it.
  std::vector<CountsByReason> failed_in_warm_up;
  std::vector<FailureRow> failures;
  std::uint64_t attempts = 0;

  Pool<CallInProgress> calls;
  Pool<Extension> extensions;
  Pool<AdaptiveLimiter> limiters;

  [[nodiscard]] std::uint32_t first_call(const Client& client) const {
    return client.extension == kNone ? kNone : extensions[client.extension].first_call;
  }
  Extension& extension_of(Client& client);
  AdaptiveLimiter& limiter_of(Client& client, SimTime now);

  /// Adds a call in progress to its client's. Returns its place.
  std::uint32_t put(Client& client, const CallInProgress& call);
  /// Takes it from its client's and frees its place.
  void take(Client& client, std::uint32_t place);

  /// The client's process dies, and with it its calls. Those that an event knows (`awaited`) keep their place, marked
  /// as abandoned, until it comes.
  void end_process(Client& client, bool awaited);
};

}  // namespace credsim::model
