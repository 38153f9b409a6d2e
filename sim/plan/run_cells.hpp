#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "credsim/audit_store.hpp"
#include "credsim/cell.hpp"
#include "credsim/measurements.hpp"
#include "credsim/scenario.hpp"

namespace credsim {

// What running the cells of a replication needs, one after another or all together.

/// Hands rows on, and stops the simulation once the store has failed.
class GuardedSink : public CellSink {
 public:
  GuardedSink(std::unique_ptr<CellSink> sink, const AuditStore& store, std::atomic<bool>& stop)
      : sink_(std::move(sink)), store_(store), stop_(stop) {}

  void take(AuditBatch& batch) override {
    sink_->take(batch);
    if (store_.failed()) stop_ = true;
  }

 private:
  std::unique_ptr<CellSink> sink_;
  const AuditStore& store_;
  std::atomic<bool>& stop_;
};

/// How many threads may work on each of `cells` that are to be simulated by `threads`: more than one only where there
/// are fewer cells than threads.
[[nodiscard]] unsigned threads_per_cell(std::size_t threads, std::size_t cells);

/// A replication of which every cell has ended.
struct EndedRun {
  Measurements measurements;
  std::vector<ThresholdResult> judged;
  SimTime ended;     ///< the first of the cells' ends
  bool interrupted;  ///< one of them was
};

/// Measures and judges it, and closes it in the store.
[[nodiscard]] EndedRun end_run(const Scenario& scenario, AuditStore& store, std::int64_t run_id,
                               std::span<const CellResult> cells, double wall_seconds);

}  // namespace credsim
