#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "credsim/audit_store.hpp"
#include "credsim/cell.hpp"
#include "credsim/estimate.hpp"
#include "credsim/finding.hpp"
#include "credsim/scenario.hpp"

namespace credsim {

struct ReplicationsOptions {
  std::uint32_t replications = 1;  ///< ≥ 1
  std::uint32_t threads = 1;       ///< ≥ 1; results do not depend on it
  AuditLevel audit_level = AuditLevel::full;
  std::vector<Finding> findings;  ///< of the configuration: stored with every run
};

/// How far the replications are: written by the workers, read by any thread, for progress bars alone.
class ReplicationsProgress {
 public:
  ReplicationsProgress(const Scenario& scenario, const ReplicationsOptions& options);

  [[nodiscard]] double share() const;  ///< of all simulated time that there is to simulate, in [0, 1]
  [[nodiscard]] std::uint64_t events() const;

  /// For run_replications(): the place of worker `worker`, below ReplicationsOptions::threads; for run_live() that of a
  /// cell.
  [[nodiscard]] CellProgress& place(std::size_t worker) { return running_[worker]; }
  void finish_cell(std::size_t worker, const CellResult& result);

 private:
  std::atomic<std::int64_t> finished_us_{0};
  std::atomic<std::uint64_t> finished_events_{0};
  std::vector<CellProgress> running_;
  double total_us_;
};

/// A limit over replications: its highest peaks, its earliest refusal, all of its refusals. Limits that tie lead
/// together.
struct LimitOverview {
  LimitUsage usage;
  std::uint32_t refused_in = 0;  ///< replications
  std::uint32_t first_in = 0;    ///< replications in which no other limit refused earlier
  std::uint32_t nearest_in = 0;  ///< replications in which no limit refused, and no other was nearer to it
};

/// A threshold over replications. One miss is a miss.
struct ThresholdOverview {
  const Threshold* threshold;
  std::uint32_t missed_in = 0;       ///< replications
  std::optional<Estimate> observed;  ///< over the replications with samples; none: "no samples" in any
};

struct ReplicationsResult {
  RunStatus status = RunStatus::complete;  ///< interrupted or failed if any replication was
  std::string fault;                       ///< of the program or the machine, when failed and the store is not to blame

  /// How many replications all that follows is over: the complete ones or, if none is, the first one alone, as far as
  /// it went. 0: not even that one began.
  std::uint32_t counted = 0;
  SimTime ended{};                            ///< of those
  std::vector<SummaryEstimate> estimates;     ///< in the order of kMetrics, then by labels
  std::vector<LimitOverview> limits;          ///< the one that broke first, or is nearest, in most of them, first
  std::vector<ThresholdOverview> thresholds;  ///< as Scenario::thresholds

  std::uint64_t events = 0;  ///< over everything that was simulated
  double wall_seconds = 0;
};

/// Simulates every cell of every replication on `threads` threads, stores the rows, and closes each run in `store` when
/// its last cell ends. Replications begin in order, so run_id = replication + 1 in a new store, and at most `threads`
/// of them are in memory at once.
///
/// A metric's mean is over the replications in which it has samples; a counter (or a histogram's count or sum) that one
/// of them did not meet counts as 0 there. A ratio's mean is over the ratios of the replications. When every
/// replication is complete, the estimates are stored too.
///
/// Precondition: the scenario has a cell, as every scenario that was read does.
///
/// Ends early, with what was simulated stored and marked `interrupted`, when `stop` becomes true; sets it itself when
/// the store fails. The store stays open.
[[nodiscard]] ReplicationsResult run_replications(const Scenario& scenario, const ReplicationsOptions& options,
                                                  AuditStore& store, std::atomic<bool>& stop,
                                                  ReplicationsProgress& progress);

}  // namespace credsim
