#include "model/adaptive_limiter.hpp"

#include <algorithm>
#include <cmath>

#include "engine/exact_math.hpp"

namespace credsim::model {

namespace {

constexpr double kBeta = 0.7;
constexpr double kScale = 0.4;
constexpr double kRateMin = 0.5;
constexpr double kMeasuredRateFactorMax = 2;
constexpr double kSmoothing = 0.8;
constexpr double kMeasureStep = 0.5;  // seconds

double seconds(SimTime time) {
  return static_cast<double>(time.time_since_epoch().count()) / 1e6;
}

double cube_root(double value) {
  return value > 0 ? exact_exp(exact_log(value) / 3) : 0;
}

}  // namespace

AdaptiveLimiter::AdaptiveLimiter(SimTime now)
    : refilled_(seconds(now)), measured_until_(std::floor(seconds(now))), last_throttle_(seconds(now)) {}

Duration AdaptiveLimiter::acquire(SimTime now) {
  if (!enabled_) return Duration{};
  refill(seconds(now));
  capacity_ -= 1;
  if (capacity_ >= 0) return Duration{};
  // The bucket owes: the token comes when the debt is filled.
  return Duration{static_cast<std::int64_t>(std::ceil(-capacity_ / fill_rate_ * 1e6))};
}

void AdaptiveLimiter::on_answer(SimTime now, bool throttled) {
  const double at = seconds(now);
  const double measured = measure(at);
  double rate;
  if (throttled) {
    const double used = enabled_ ? std::min(measured, fill_rate_) : measured;
    last_max_rate_ = used;
    last_throttle_ = at;
    rate = used * kBeta;
    enabled_ = true;
  } else {
    const double inflection = cube_root(last_max_rate_ * (1 - kBeta) / kScale);
    const double distance = at - last_throttle_ - inflection;
    rate = kScale * distance * distance * distance + last_max_rate_;
  }
  set_rate(at, std::min(rate, kMeasuredRateFactorMax * measured));
}

void AdaptiveLimiter::refill(double now) {
  capacity_ = std::min(capacity_max_, capacity_ + (now - refilled_) * fill_rate_);
  refilled_ = now;
}

void AdaptiveLimiter::set_rate(double now, double rate) {
  refill(now);
  fill_rate_ = std::max(rate, kRateMin);
  capacity_max_ = std::max(rate, 1.0);
  capacity_ = std::min(capacity_, capacity_max_);
}

double AdaptiveLimiter::measure(double now) {
  ++answers_;
  const double step = std::floor(now / kMeasureStep) * kMeasureStep;
  if (step > measured_until_) {
    const double current = answers_ / (step - measured_until_);
    measured_rate_ = kSmoothing * current + (1 - kSmoothing) * measured_rate_;
    measured_until_ = step;
    answers_ = 0;
  }
  return measured_rate_;
}

}  // namespace credsim::model
