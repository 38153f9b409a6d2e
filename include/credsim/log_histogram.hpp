#pragma once

#include <cstdint>
#include <vector>

#include "credsim/time.hpp"

namespace credsim {

/// A histogram of durations in logarithmic buckets: any quantile within 0.4 % of the sample it stands for, in bounded
/// memory (40 KiB up to a year, 57 KiB for any duration), however many samples. Count, sum, minimum and maximum are
/// exact. Durations below 256 µs are kept exactly.
///
/// Recording is O(1) and allocates only when a larger power of two is met for the first time. Preconditions are checked
/// in every build.
class LogHistogram {
 public:
  /// Precondition: `value` ≥ 0.
  void record(Duration value) { record(value, 1); }
  void record(Duration value, std::uint64_t times);

  /// Adds all samples of `other`. Order does not matter.
  void merge(const LogHistogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] double sum_seconds() const;
  /// Precondition of the next four: count() > 0.
  [[nodiscard]] Duration minimum() const;
  [[nodiscard]] Duration maximum() const;
  [[nodiscard]] double mean_seconds() const;
  /// The smallest recorded value (its bucket's midpoint) that at least a share `q` of the samples does not exceed;
  /// 0 < q ≤ 1. Within [minimum(), maximum()].
  [[nodiscard]] Duration quantile(double q) const;
  /// How many samples are at most `bound`, interpolating nothing: a bucket that straddles `bound` counts as above it.
  /// The count is exact for a `bound` below 256 µs or outside [minimum(), maximum()).
  [[nodiscard]] std::uint64_t count_at_most(Duration bound) const;

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  Duration minimum_{};
  Duration maximum_{};
  __extension__ __int128 sum_ = 0;  // microseconds; a hundred million gaps of a day would overflow 64 bits
};

}  // namespace credsim
