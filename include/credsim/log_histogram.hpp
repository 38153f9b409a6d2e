#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
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
  void record(Duration value) {
    const std::size_t index = bucket_of(value);
    if (index >= buckets_.size()) [[unlikely]] {
      make_room(index);
    }
    ++buckets_[index];
    minimum_ = std::min(minimum_, value);
    maximum_ = std::max(maximum_, value);
    ++count_;
    sum_ += value.count();
  }
  void record(Duration value, std::uint64_t times);

  /// Adds all samples of `other`. Order does not matter.
  void merge(const LogHistogram& other);

  /// Returns all samples up to now, and begins anew to look for the minimum and maximum: until take_off() these are
  /// those of the later samples alone.
  [[nodiscard]] LogHistogram mark();
  /// Leaves only the samples since `marked` was made by mark() of this histogram.
  void take_off(const LogHistogram& marked);

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
  // An octave [2^k, 2^(k+1)) has 128 buckets of equal width. Values below 256 have a bucket each: index and value agree
  // there, and each further octave doubles the width: value = significand << scale with a significand in [128, 256).
  static constexpr int kSignificandBits = 8;
  static constexpr std::uint64_t kBucketsPerOctave = 128;

  /// Of a negative value, one beyond all buckets.
  static std::size_t bucket_of(Duration value) {
    const auto number = static_cast<std::uint64_t>(value.count());
    const int scale = static_cast<int>(std::bit_width(number | kBucketsPerOctave)) - kSignificandBits;
    return static_cast<std::size_t>(scale) * kBucketsPerOctave + static_cast<std::size_t>(number >> scale);
  }
  struct Bounds {
    std::int64_t first;
    std::int64_t last;
  };
  static Bounds bounds_of(std::size_t index);
  void make_room(std::size_t index);

  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  Duration minimum_ = Duration::max();
  Duration maximum_{};
  __extension__ __int128 sum_ = 0;  // microseconds; a hundred million gaps of a day would overflow 64 bits
};

}  // namespace credsim
