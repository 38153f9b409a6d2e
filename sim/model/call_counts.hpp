#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "credsim/record.hpp"
#include "credsim/time.hpp"

#include "model/series_step.hpp"

namespace credsim::model {

/// What the calls of a cell's workloads came to, by the step of the series in which it happened: calls that wait for
/// nobody are decided long after the simulation clock has passed them. Keeps a window of steps.
class CallCounts {
 public:
  CallCounts(std::size_t workloads, Duration step, std::size_t window)
      : workloads_(workloads), window_(window), step_(step), counts_(workloads * window) {}

  /// Precondition: `when` is in the window.
  [[nodiscard]] WorkloadCounters& at(std::size_t workload, SimTime when) {
    return counts_[(step_.at_or_before(when) - first_) * workloads_ + workload];
  }

  /// A step's counts, `index` steps after the first of the window.
  [[nodiscard]] const WorkloadCounters& of_step(std::size_t workload, std::size_t index) const {
    return counts_[index * workloads_ + workload];
  }
  /// Takes them away.
  WorkloadCounters take(std::size_t workload, std::size_t index) {
    return std::exchange(counts_[index * workloads_ + workload], {});
  }
  /// Precondition: all counts were taken.
  void move_window() { first_ += window(); }

  [[nodiscard]] std::size_t window() const { return window_; }
  [[nodiscard]] std::uint64_t first() const { return first_; }

 private:
  std::size_t workloads_;
  std::size_t window_;
  SeriesStep step_;
  std::uint64_t first_ = 0;               // step of the window
  std::vector<WorkloadCounters> counts_;  // by step, then workload
};

}  // namespace credsim::model
