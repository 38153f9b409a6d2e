#include "credsim/distribution.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "engine/contract.hpp"
#include "engine/exact_math.hpp"

namespace credsim {
namespace {

constexpr double kNormalQuantile99 = 2.3263478740408411;  // of the standard normal, at 0.99

double microseconds(Duration duration) {
  return static_cast<double>(duration.count());
}

/// To the nearest microsecond within [0, kLongest]. What is not a number (0 × ∞ in an extreme weibull) is longest.
Duration rounded(double value_us) {
  if (!(value_us < microseconds(Distribution::kLongest))) {
    return Distribution::kLongest;
  }
  return value_us > 0 ? Duration{static_cast<std::int64_t>(std::floor(value_us + 0.5))} : Duration{0};
}

}  // namespace

Distribution Distribution::constant(Duration value) {
  expect(value >= Duration{0}, "a constant duration is not negative");
  return {Kind::constant, std::min(value, kLongest), 0, 0};
}

Distribution Distribution::uniform(Duration low, Duration high) {
  expect(low >= Duration{0} && low <= high, "uniform takes 0 <= low <= high");
  low = std::min(low, kLongest);
  return {Kind::uniform, low, microseconds(std::min(high, kLongest) - low), 0};
}

Distribution Distribution::exponential(Duration mean) {
  expect(mean > Duration{0}, "exponential takes a positive mean");
  return {Kind::exponential, Duration{0}, microseconds(mean), 0};
}

Distribution Distribution::lognormal(Duration median, Duration p99) {
  expect(median > Duration{0} && median <= p99, "lognormal takes 0 < median <= p99");
  const double sigma = exact_log(microseconds(p99) / microseconds(median)) / kNormalQuantile99;
  return {Kind::lognormal, Duration{0}, microseconds(median), sigma};
}

Distribution Distribution::normal(Duration mean, Duration standard_deviation) {
  expect(mean >= Duration{0} && standard_deviation >= Duration{0}, "normal takes a mean and deviation >= 0");
  return {Kind::normal, Duration{0}, microseconds(mean), microseconds(standard_deviation)};
}

Distribution Distribution::weibull(double shape, Duration scale) {
  expect(shape > 0 && std::isfinite(shape), "weibull takes a positive, finite shape");
  expect(scale > Duration{0}, "weibull takes a positive scale");
  return {Kind::weibull, Duration{0}, microseconds(scale), 1 / shape};
}

Distribution Distribution::empirical(std::vector<Duration> values) {
  expect(!values.empty(), "empirical takes at least one value");
  std::sort(values.begin(), values.end());
  expect(values.front() >= Duration{0}, "empirical takes no negative value");
  for (Duration& value : values) {
    value = std::min(value, kLongest);
  }
  Distribution distribution(Kind::empirical, Duration{0}, 0, 0);
  distribution.values_ = std::make_shared<const std::vector<Duration>>(std::move(values));
  return distribution;
}

Duration Distribution::sample(RandomStream stream, std::uint64_t index) const {
  return quantile(stream.uniform(index));
}

Duration Distribution::quantile(double u) const {
  expect(u > 0 && u < 1, "a quantile is asked for a probability in (0, 1)");
  switch (kind_) {
    case Kind::constant:
      break;
    case Kind::uniform:
      return base_ + rounded(u * first_);
    case Kind::exponential:
      return rounded(first_ * -exact_log(1 - u));
    case Kind::lognormal:
      return rounded(first_ * exact_exp(second_ * exact_inverse_normal(u)));
    case Kind::normal:
      return rounded(first_ + second_ * exact_inverse_normal(u));
    case Kind::weibull:
      return rounded(first_ * exact_exp(second_ * exact_log(-exact_log(1 - u))));
    case Kind::empirical: {
      // The least value that a share of at least u of the values does not exceed.
      const double rank = std::ceil(u * static_cast<double>(values_->size()));
      return (*values_)[std::min(static_cast<std::size_t>(rank), values_->size()) - 1];
    }
  }
  return base_;
}

Duration Distribution::minimum() const {
  return quantile(RandomStream::kUniformMin);
}

Duration Distribution::mean() const {
  switch (kind_) {
    case Kind::constant:
      break;
    case Kind::uniform:
      return base_ + rounded(first_ / 2);
    case Kind::exponential:
    case Kind::normal:
      return rounded(first_);
    case Kind::lognormal:
      return rounded(first_ * exact_exp(second_ * second_ / 2));
    case Kind::weibull:
      return rounded(first_ * exact_gamma(1 + second_));
    case Kind::empirical: {
      double sum = 0;
      for (const Duration value : *values_) {
        sum += microseconds(value);
      }
      return rounded(sum / static_cast<double>(values_->size()));
    }
  }
  return base_;
}

bool Distribution::is_constant() const {
  return quantile(RandomStream::kUniformMin) == quantile(RandomStream::kUniformMax);
}

}  // namespace credsim
