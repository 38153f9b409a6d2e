#include "credsim/token_bucket.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "engine/contract.hpp"

// Sizes. With periods up to a day (8.64·10¹⁰ µs) a unit is below 7.5·10²¹, and with 10¹⁵ tokens at most a full bucket
// is below 7.5·10³⁶ units. Until it is full less than two times that flows in, so that a level before the cut is below
// three times a full bucket: 2.3·10³⁷ < 2¹²⁷. Buckets of which three fit in 64 bits need no more: 600/s with a burst of
// 600 is 6·10⁸ units.

namespace credsim {
namespace {

__extension__ using Wide = __int128;

constexpr Wide kMostNarrow = INT64_MAX / 3;
constexpr std::int64_t kMostTokens = 1'000'000'000'000'000;

constexpr const char* kTimeWentBack = "a token bucket's time does not go back";

void expect_valid(const Rate& rate) {
  expect(rate.tokens >= 0 && rate.tokens <= kMostTokens, "a rate is from 0 to 10^15 tokens");
  expect(rate.per > Duration{0} && rate.per <= std::chrono::days{1}, "a rate's period is positive and at most a day");
}

template <typename Units>
Units divide_rounding_up(Units dividend, Units divisor) {
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

TokenBucket::TokenBucket(Options options) : options_(options), content_(narrowest(full_bucket(options))) {}

bool TokenBucket::try_take_wide(SimTime now) {
  expect(now >= updated_, kTimeWentBack);
  const Duration elapsed = now - updated_;
  updated_ = now;
  return std::get<Content<Wide>>(content_).try_take(elapsed);
}

SimTime TokenBucket::next_token(SimTime now) const {
  expect(now >= updated_, kTimeWentBack);
  return std::visit(
      [&](const auto& content) {
        const auto missing = content.unit - content.level_after(now - updated_);
        if (missing <= 0) {
          return now;
        }
        if (content.gain == 0) {
          return kNever;
        }
        const auto wait = divide_rounding_up(missing, content.gain);
        return wait < (kNever - now).count() ? now + Duration{static_cast<Duration::rep>(wait)} : kNever;
      },
      content_);
}

double TokenBucket::tokens(SimTime now) const {
  const Content<Wide> content = content_at(now);
  const Wide thousandths = content.level / content.unit * 1000 + content.level % content.unit * 1000 / content.unit;
  return static_cast<double>(thousandths) / 1000;
}

void TokenBucket::change(SimTime now, Options options) {
  const Content<Wide> before = content_at(now);
  Content<Wide> after = full_bucket(options);
  const Wide kept =
      before.level / before.unit * after.unit + multiply_divide(before.level % before.unit, after.unit, before.unit);
  after.level = std::min(kept, after.full);
  options_ = options;
  updated_ = now;
  content_ = narrowest(after);
}

TokenBucket::Content<Wide> TokenBucket::full_bucket(const Options& options) {
  expect_valid(options.rate);
  expect_valid(options.background);
  expect(options.burst >= 1 && options.burst <= kMostTokens, "a burst is from 1 to 10^15 tokens");
  const std::int64_t per = options.rate.per.count();
  const std::int64_t background_per = options.background.per.count();
  const Wide unit = Wide{per / std::gcd(per, background_per)} * background_per;
  const Wide full = options.burst * unit;
  // What fills the bucket in a microsecond is as good as anything faster.
  const Wide gain = std::clamp(options.rate.tokens * (unit / per) - options.background.tokens * (unit / background_per),
                               Wide{0}, full);
  constexpr Wide kLongest = Duration::max().count();
  const Wide fill_time = gain == 0 ? 0 : std::min(kLongest, divide_rounding_up(full, gain));
  return {.unit = unit,
          .full = full,
          .gain = gain,
          .level = full,
          .fill_time = Duration{static_cast<Duration::rep>(fill_time)}};
}

TokenBucket::Content<Wide> TokenBucket::content_at(SimTime now) const {
  expect(now >= updated_, kTimeWentBack);
  return std::visit(
      [&](const auto& content) {
        return Content<Wide>{.unit = content.unit,
                             .full = content.full,
                             .gain = content.gain,
                             .level = content.level_after(now - updated_),
                             .fill_time = content.fill_time};
      },
      content_);
}

auto TokenBucket::narrowest(const Content<Wide>& content) -> std::variant<Content<std::int64_t>, Content<Wide>> {
  if (content.full > kMostNarrow) {
    return content;
  }
  const auto narrow = [](Wide units) { return static_cast<std::int64_t>(units); };
  return Content<std::int64_t>{.unit = narrow(content.unit),
                               .full = narrow(content.full),
                               .gain = narrow(content.gain),
                               .level = narrow(content.level),
                               .fill_time = content.fill_time};
}

}  // namespace credsim
