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
  explicit DurationHistogram(std::span<const Duration> bounds) : bounds_(bounds), counts_(bounds.size() + 1) {}

  /// O(log(bounds)). As LogHistogram::record().
  void record(Duration value) {
    samples_.record(value);
    ++counts_[below(value)];
  }

  /// Adds all samples of `other`, which has the same bounds. Order does not matter.
  void merge(const DurationHistogram& other) {
    samples_.merge(other.samples_);
    std::transform(counts_.begin(), counts_.end(), other.counts_.begin(), counts_.begin(), std::plus<>{});
  }

  /// As LogHistogram::mark().
  [[nodiscard]] DurationHistogram mark() {
    DurationHistogram marked(bounds_);
    marked.counts_ = counts_;
    marked.samples_ = samples_.mark();
    return marked;
  }
  /// As LogHistogram::take_off().
  void take_off(const DurationHistogram& marked) {
    samples_.take_off(marked.samples_);
    std::transform(counts_.begin(), counts_.end(), marked.counts_.begin(), counts_.begin(), std::minus<>{});
  }

  [[nodiscard]] const LogHistogram& samples() const { return samples_; }
  /// How many samples belong to each bound, in their order.
  [[nodiscard]] std::span<const std::uint64_t> counts() const { return {counts_.data(), bounds_.size()}; }

 private:
  /// How many bounds are below `value`. Like std::lower_bound, but without a jump that samples around a bound would
  /// make the processor guess wrong every other time.
  [[nodiscard]] std::size_t below(Duration value) const {
    std::size_t first = 0;
    for (std::size_t left = bounds_.size(); left > 0;) {
      const std::size_t half = (left + 1) / 2;
      first += half * static_cast<std::size_t>(bounds_[first + half - 1] < value);
      left -= half;
    }
    return first;
  }

  std::span<const Duration> bounds_;
  std::vector<std::uint64_t> counts_;  // by bound; last, what is above all of them
  LogHistogram samples_;
};

}  // namespace credsim
