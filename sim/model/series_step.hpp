#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "credsim/time.hpp"

namespace credsim::model {

/// Numbers the steps of the series, without a division. Precondition: the step is not zero.
///
/// A quotient n / d is n·m / 2^(63 + l), rounded down, with l = ⌈log₂ d⌉ and m = 2^(63 + l) / d, rounded up: exact for
/// every n below 2⁶³ (T. Granlund and P. Montgomery, "Division by Invariant Integers using Multiplication", PLDI 1994,
/// theorem 4.2). m fits in 64 bits, for d is above 2^(l − 1). Below, 2n takes the place of n: its product is cut at
/// 2⁶⁴.
class SeriesStep {
 public:
  explicit SeriesStep(Duration length)
      : most_(static_cast<std::uint64_t>(length.count()) - 1),
        shift_(static_cast<int>(std::bit_width(most_))),
        multiplier_(static_cast<std::uint64_t>(((Wide{1} << (63 + shift_)) + most_) / (most_ + 1))) {}

  /// The first step at or after `time`, 0 at the start.
  [[nodiscard]] std::uint64_t at_or_after(SimTime time) const {
    return quotient(static_cast<std::uint64_t>(time.time_since_epoch().count()) + most_);
  }
  /// The last step at or before `time`.
  [[nodiscard]] std::uint64_t at_or_before(SimTime time) const {
    return quotient(static_cast<std::uint64_t>(time.time_since_epoch().count()));
  }

 private:
  __extension__ using Wide = unsigned __int128;

  [[nodiscard]] std::uint64_t quotient(std::uint64_t dividend) const {
    return static_cast<std::uint64_t>(Wide{2 * dividend} * multiplier_ >> 64) >> shift_;
  }

  std::uint64_t most_;  // d − 1: the most that a time can be short of a step
  int shift_;           // l
  std::uint64_t multiplier_;
};

/// A value for each step of the series, of those from now to the longest life away: one per step in a circle.
template <typename Value>
class StepRing {
 public:
  StepRing(Duration step, Duration longest_life, Value initial)
      : step_(step),
        mask_(std::bit_ceil(static_cast<std::size_t>(longest_life / step) + 3) - 1),
        values_(mask_ + 1, initial) {}

  /// That of the step `ahead` steps after the first one at or after `time`.
  [[nodiscard]] Value& at(SimTime time, std::size_t ahead = 0) {
    return values_[(step_.at_or_after(time) + ahead) & mask_];
  }
  [[nodiscard]] std::size_t size() const { return values_.size(); }

 private:
  SeriesStep step_;
  std::size_t mask_;  // the circle's length is a power of two
  std::vector<Value> values_;
};

}  // namespace credsim::model
