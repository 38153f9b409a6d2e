#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "credsim/audit_store.hpp"

#include "record/database.hpp"

namespace credsim::record {

// What is written once for a scenario or a run. Each is false on failure, of which `database.message()` tells, and
// except for the first is part of the transaction that is open.

/// Scenario 1 of the database, and the names of its resources and workloads, in a transaction of its own.
[[nodiscard]] bool insert_scenario(Database& database, const Scenario& scenario);

/// A run of scenario 1 with the status `running`, and the findings about its configuration.
[[nodiscard]] bool insert_run(Database& database, std::int64_t run_id, const RunStart& start,
                              std::span<const Finding> findings);

/// A finished run's limits, summary and thresholds.
[[nodiscard]] bool insert_results(Database& database, std::int64_t run_id, const Measurements& measurements,
                                  std::span<const ThresholdResult> thresholds);
[[nodiscard]] bool finish_run(Database& database, std::int64_t run_id, RunStatus status, std::uint64_t events,
                              double wall_seconds);

/// Every run that is still `running` is `failed`: nothing finishes it any more.
[[nodiscard]] bool fail_unfinished_runs(Database& database);

[[nodiscard]] bool insert_estimates(Database& database, std::span<const SummaryEstimate> estimates);

}  // namespace credsim::record
