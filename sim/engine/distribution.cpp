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

Duration Distribution::quantile(double u) const {
  expect(u > 0 && u < 1, "a quantile is asked for a probability in (0, 1)");
  return at(u);
}

Duration Distribution::at_curve(double u) const {
  switch (kind_) {
    case Kind::constant:
    case Kind::uniform:
      break;
    case Kind::exponential:
      return nearest_sample(first_ * -exact_log(1 - u));
    case Kind::lognormal:
      return nearest_sample(first_ * exact_exp(second_ * exact_inverse_normal(u)));
    case Kind::normal:
      return nearest_sample(first_ + second_ * exact_inverse_normal(u));
    case Kind::weibull:
      return nearest_sample(first_ * exact_exp(second_ * exact_log(-exact_log(1 - u))));
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
      return base_ + nearest_sample(first_ / 2);
    case Kind::exponential:
    case Kind::normal:
      return nearest_sample(first_);
    case Kind::lognormal:
      return nearest_sample(first_ * exact_exp(second_ * second_ / 2));
    case Kind::weibull:
      return nearest_sample(first_ * exact_gamma(1 + second_));
    case Kind::empirical: {
      double sum = 0;
      for (const Duration value : *values_) {
        sum += microseconds(value);
      }
      return nearest_sample(sum / static_cast<double>(values_->size()));
    }
  }
  return base_;
}

bool Distribution::is_constant() const {
  return quantile(RandomStream::kUniformMin) == quantile(RandomStream::kUniformMax);
}

}  // namespace credsim
