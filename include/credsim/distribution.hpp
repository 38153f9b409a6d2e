#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "credsim/random.hpp"
#include "credsim/time.hpp"

namespace credsim {

/// A distribution of durations. Every sample is one draw put through the inverse distribution function, so a larger
/// draw is never a shorter time, and equal draws stay comparable when a parameter changes (common random numbers).
///
/// Samples are rounded to the nearest microsecond, are never negative and never longer than `kLongest`. The algorithms
/// are ours and use only IEEE operations that are exact to the bit (`exact_math.hpp`), so every compiler gives the same
/// samples. Preconditions are checked in every build.
class Distribution {
 public:
  /// The longest sample, to which longer ones are cut: a SimTime takes a few of them in a row without overflow. About
  /// 36,000 years.
  static constexpr Duration kLongest = kNever.time_since_epoch() / 4;

  /// Always `value` ≥ 0.
  static Distribution constant(Duration value);
  /// Between `low` and `high`, 0 ≤ low ≤ high.
  static Distribution uniform(Duration low, Duration high);
  /// `mean` > 0.
  static Distribution exponential(Duration mean);
  /// Given by two quantiles, as planners know them: 0 < `median` ≤ `p99`.
  static Distribution lognormal(Duration median, Duration p99);
  /// Cut at 0 (a negative sample becomes 0). `mean` ≥ 0, `standard_deviation` ≥ 0.
  static Distribution normal(Duration mean, Duration standard_deviation);
  /// `shape` > 0 and finite, `scale` > 0.
  static Distribution weibull(double shape, Duration scale);
  /// Drawn with replacement from `values`, which are not empty and not negative.
  static Distribution empirical(std::vector<Duration> values);

  /// Zero, always.
  Distribution() = default;

  /// The sample that belongs to the `index`-th draw of `stream`: quantile(stream.uniform(index)). No allocation.
  [[nodiscard]] Duration sample(RandomStream stream, std::uint64_t index) const {
    return kind_ == Kind::constant ? base_ : at(stream.uniform(index));
  }

  /// The sample that belongs to `u` in (0, 1): the u-quantile.
  [[nodiscard]] Duration quantile(double u) const;

  /// The shortest possible sample, that of the least draw; 0 for most. A retry delay that "can be zero" is one whose
  /// minimum is 0.
  [[nodiscard]] Duration minimum() const;

  /// The expected sample, before rounding and (for `normal`) before the cut at 0; saturates at `kLongest`.
  [[nodiscard]] Duration mean() const;

  /// True if every sample is the same.
  [[nodiscard]] bool is_constant() const;

  /// True if both give the same sample for every draw because they were made alike.
  [[nodiscard]] bool operator==(const Distribution& other) const {
    return kind_ == other.kind_ && base_ == other.base_ && first_ == other.first_ && second_ == other.second_ &&
           (values_ == other.values_ || (values_ && other.values_ && *values_ == *other.values_));
  }

 private:
  enum class Kind : std::uint8_t { constant, uniform, exponential, lognormal, normal, weibull, empirical };
  Distribution(Kind kind, Duration base, double first, double second)
      : kind_(kind), base_(base), first_(first), second_(second) {}

  [[nodiscard]] Duration at(double u) const {
    return kind_ == Kind::uniform ? base_ + nearest(u * first_) : at_curve(u);
  }
  [[nodiscard]] Duration at_curve(double u) const;
  // To the nearest microsecond: the first of a number in [0, kLongest], the second of any, cut to that. What is not a
  // number (0 × ∞ in an extreme weibull) is kLongest. That the double just below ½ becomes 1 is no harm; std::lround
  // is right there and takes longer than a sample.
  static Duration nearest(double value_us) {
    // NOLINTNEXTLINE(bugprone-incorrect-roundings): see above.
    return Duration{static_cast<std::int64_t>(value_us + 0.5)};
  }
  static Duration nearest_sample(double value_us) {
    if (!(value_us < static_cast<double>(kLongest.count()))) [[unlikely]] {
      return kLongest;
    }
    return nearest(value_us > 0 ? value_us : 0);
  }

  Kind kind_ = Kind::constant;
  Duration base_{};  // constant: the value; uniform: low
  double first_ = 0;  // microseconds. uniform: high − low; exponential, normal: mean; lognormal: median; weibull: scale
  double second_ = 0;  // normal: deviation in microseconds; lognormal: sigma; weibull: 1 / shape
  std::shared_ptr<const std::vector<Duration>> values_;  // sorted; empirical only
};

}  // namespace credsim
