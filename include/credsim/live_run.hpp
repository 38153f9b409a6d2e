#pragma once

#include <atomic>

#include "credsim/audit_store.hpp"
#include "credsim/pace.hpp"
#include "credsim/replications.hpp"
#include "credsim/run_snapshot.hpp"
#include "credsim/scenario.hpp"

namespace credsim {

/// run_replications() for one replication that somebody watches: all cells go on together, piece by piece as `pace`
/// wants it, and between two pieces `watch` is shown all series as they are then. The rows are the same. All cells are
/// in memory at once.
///
/// Precondition: `options.replications` is 1. The rest is as for run_replications().
[[nodiscard]] ReplicationsResult run_live(const Scenario& scenario, const ReplicationsOptions& options,
                                          AuditStore& store, std::atomic<bool>& stop, ReplicationsProgress& progress,
                                          Pace& pace, RunWatch& watch);

}  // namespace credsim
