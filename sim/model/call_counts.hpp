#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "credsim/record.hpp"
#include "credsim/time.hpp"

namespace credsim::model {

/// What the calls of a cell's workloads came to, by the step of the series in which it happened: calls that wait for
/// nobody are decided long after the simulation clock has passed them. Keeps a window of steps.
class CallCounts {
 public:
  CallCounts(std::size_t workloads, Duration step, std::size_t window)
      : workloads_(workloads),
        step_(step.count()),
        steps_per_us_(1 / static_cast<double>(step.count())),
        counts_(workloads * window) {}

  /// Precondition: `when` is in the window.
  [[nodiscard]] WorkloadCounters& at(std::size_t workload, SimTime when) {
    return counts_[(step_of(when) - first_) * workloads_ + workload];
  }

  /// Takes a step's counts away, `index` steps after the first of the window.
  WorkloadCounters take(std::size_t workload, std::size_t index) {
    return std::exchange(counts_[index * workloads_ + workload], {});
  }
  /// Precondition: all counts were taken.
  void move_window() { first_ += window(); }

  [[nodiscard]] std::size_t window() const { return workloads_ == 0 ? 0 : counts_.size() / workloads_; }
  [[nodiscard]] std::uint64_t first() const { return first_; }

 private:
  /// ⌊when / step⌋. The product may be off by one in either direction; a division would take three times as long.
  [[nodiscard]] std::uint64_t step_of(SimTime when) const {
    const std::int64_t us = when.time_since_epoch().count();
    auto step = static_cast<std::int64_t>(static_cast<double>(us) * steps_per_us_);
    if (step * step_ > us) --step;
    if ((step + 1) * step_ <= us) ++step;
    return static_cast<std::uint64_t>(step);
  }

  std::size_t workloads_;
  std::int64_t step_;
  double steps_per_us_;
  std::uint64_t first_ = 0;               // step of the window
  std::vector<WorkloadCounters> counts_;  // by step, then workload
};

}  // namespace credsim::model
