#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "credsim/record.hpp"
#include "credsim/scenario.hpp"

namespace credsim {

/// The accounts and Regions that must be simulated together, since a workload of one calls the other: by far most often
/// one account in one Region. Nothing couples two cells.
struct CellPlan {
  struct Place {
    std::size_t account;
    std::size_t region;  ///< in the account
  };
  std::vector<Place> places;           ///< ascending
  std::vector<std::size_t> resources;  ///< indices in Scenario::resources, ascending
};

/// The cells of a scenario, in the order of their first Region; Regions without a resource make no cell.
[[nodiscard]] std::vector<CellPlan> plan_cells(const Scenario& scenario);

/// What a running cell shows to other threads. All relaxed: for progress bars, never for decisions.
struct CellProgress {
  std::atomic<std::int64_t> sim_time_us{0};
  std::atomic<std::uint64_t> events{0};
};

struct CellRun {
  std::uint64_t seed = 1;
  std::uint32_t replication = 0;
  std::uint32_t cell = 0;  ///< index in plan_cells()
  AuditLevel audit_level = AuditLevel::full;
  unsigned threads = 1;  ///< ≥ 1, the calling one included: how many may work on this cell
};

/// Simulates one cell of one replication from 0 to the scenario's end, on the calling thread, and hands its rows to
/// `sink`. With more threads than one, the others decide the calls that contend for nothing. The rows and their order
/// depend on the scenario, the seed, the replication and the cell alone. When `stop` becomes true it
/// ends within some thousand events, as a run that ended there would. Thread-safe for different sinks.
[[nodiscard]] CellResult simulate_cell(const Scenario& scenario, const CellPlan& plan, const CellRun& run,
                                       CellSink& sink, const std::atomic<bool>& stop, CellProgress& progress);

}  // namespace credsim
