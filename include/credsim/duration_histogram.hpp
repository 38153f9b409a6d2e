#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "credsim/log_histogram.hpp"
#include "credsim/time.hpp"

namespace credsim {

/// What a histogram metric measured: a LogHistogram for its quantiles, and beside it how many samples each of a few
/// fixed bounds covers, exactly, for those who can read no other histogram (Prometheus).
class DurationHistogram {
 public:
  /// `bounds` ascends, stays where it is as long as this lives, and may be empty. A sample belongs to the first bound
  /// that it does not exceed, or to none.
  explicit DurationHistogram(std::span<const Duration> bounds) : bounds_(bounds), counts_(bounds.size()) {}

  /// O(log(bounds)). As LogHistogram::record().
  void record(Duration value) {
    samples_.record(value);
    const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
    if (bound != bounds_.end()) ++counts_[static_cast<std::size_t>(bound - bounds_.begin())];
  }

  /// Adds all samples of `other`, which has the same bounds. Order does not matter.
  void merge(const DurationHistogram& other) {
    samples_.merge(other.samples_);
    std::transform(counts_.begin(), counts_.end(), other.counts_.begin(), counts_.begin(), std::plus<>{});
  }

  [[nodiscard]] const LogHistogram& samples() const { return samples_; }
  [[nodiscard]] std::span<const Duration> bounds() const { return bounds_; }
  /// As bounds(): how many samples belong to each.
  [[nodiscard]] std::span<const std::uint64_t> counts() const { return counts_; }

 private:
  std::span<const Duration> bounds_;
  std::vector<std::uint64_t> counts_;
  LogHistogram samples_;
};

}  // namespace credsim
