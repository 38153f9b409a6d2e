#include "credsim/token_bucket.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "engine/contract.hpp"

// Sizes. With periods up to a day (8.64·10¹⁰ µs) a unit is below 7.5·10²¹, and with 10¹⁵ tokens at most a full bucket
// is below 7.5·10³⁶ units and a gain below 8.7·10²⁵: sums of two of these stay below 2¹²⁷ ≈ 1.7·10³⁸.

namespace credsim {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t kMostTokens = 1'000'000'000'000'000;

void expect_valid(const Rate& rate) {
  expect(rate.tokens >= 0 && rate.tokens <= kMostTokens, "a rate is from 0 to 10^15 tokens");
  expect(rate.per > Duration{0} && rate.per <= std::chrono::days{1}, "a rate's period is positive and at most a day");
}

Wide divide_rounding_up(Wide dividend, Wide divisor) {
  return (dividend + divisor - 1) / divisor;
}

/// ⌊a·b/c⌋ for 0 ≤ a < c < 2¹²⁵ and 0 ≤ b, by long multiplication: a·b itself may not fit.
Wide multiply_divide(Wide a, Wide b, Wide c) {
  Wide quotient = 0;
  Wide remainder = 0;
  for (int bit = 126; bit >= 0; --bit) {
    quotient *= 2;
    remainder *= 2;
    if ((b >> bit & 1) != 0) {
      remainder += a;
    }
    quotient += remainder / c;
    remainder %= c;
  }
  return quotient;
}

}  // namespace

TokenBucket::TokenBucket(Options options) {
  adopt(options);
  level_ = options_.burst * unit_;
}

bool TokenBucket::try_take(SimTime now) {
  level_ = level_at(now);
  updated_ = now;
  if (level_ < unit_) {
    return false;
  }
  level_ -= unit_;
  return true;
}

SimTime TokenBucket::next_token(SimTime now) const {
  const Wide missing = unit_ - level_at(now);
  if (missing <= 0) {
    return now;
  }
  if (gain_ == 0) {
    return kNever;
  }
  const Wide wait = divide_rounding_up(missing, gain_);
  return wait < (kNever - now).count() ? now + Duration{static_cast<Duration::rep>(wait)} : kNever;
}

double TokenBucket::tokens(SimTime now) const {
  const Wide level = level_at(now);
  const Wide thousandths = level / unit_ * 1000 + level % unit_ * 1000 / unit_;
  return static_cast<double>(thousandths) / 1000;
}

void TokenBucket::change(SimTime now, Options options) {
  const Wide level = level_at(now);
  const Wide old_unit = unit_;
  adopt(options);
  updated_ = now;
  const Wide kept = level / old_unit * unit_ + multiply_divide(level % old_unit, unit_, old_unit);
  level_ = std::min(kept, options_.burst * unit_);
}

void TokenBucket::adopt(const Options& options) {
  expect_valid(options.rate);
  expect_valid(options.background);
  expect(options.burst >= 1 && options.burst <= kMostTokens, "a burst is from 1 to 10^15 tokens");
  options_ = options;
  const std::int64_t per = options.rate.per.count();
  const std::int64_t background_per = options.background.per.count();
  unit_ = Wide{per / std::gcd(per, background_per)} * background_per;
  gain_ = std::max(Wide{0}, options.rate.tokens * (unit_ / per) - options.background.tokens * (unit_ / background_per));
  if (gain_ > 0) {
    constexpr Wide kLongest = Duration::max().count();
    fill_time_ =
        Duration{static_cast<Duration::rep>(std::min(kLongest, divide_rounding_up(options.burst * unit_, gain_)))};
  }
}

TokenBucket::Wide TokenBucket::level_at(SimTime now) const {
  expect(now >= updated_, "a token bucket's time does not go back");
  if (gain_ == 0) {
    return level_;
  }
  const Duration elapsed = now - updated_;
  const Wide full = options_.burst * unit_;
  return elapsed >= fill_time_ ? full : std::min(full, level_ + gain_ * elapsed.count());
}

}  // namespace credsim
