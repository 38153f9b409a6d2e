#pragma once

#include <cstdint>

#include "credsim/time.hpp"

namespace credsim::model {

/// The client-side rate limit of the SDKs' `adaptive` mode: off until the first throttle, then a token bucket whose
/// rate follows CUBIC: cut to 0.7 of the measured rate at a throttle, grown again by 0.4·(t − k)³ + w, never above
/// twice the measured rate nor below 0.5/s. Source: botocore, `retries/adaptive.py`, `throttling.py`, `bucket.py`.
/// Doubles, but of IEEE operations only: the same on every compiler.
class AdaptiveLimiter {
 public:
  /// Of a client that is made now.
  explicit AdaptiveLimiter(SimTime now);

  /// How long the next attempt has to wait; takes its token, which is there by then.
  [[nodiscard]] Duration acquire(SimTime now);

  /// Whenever an attempt got an answer.
  void on_answer(SimTime now, bool throttled);

 private:
  void refill(double now);
  void set_rate(double now, double rate);
  double measure(double now);

  bool enabled_ = false;
  double capacity_ = 0;
  // Before the first throttle it fills at one token a second, unasked.
  double capacity_max_ = 1;
  double fill_rate_ = 1;
  double refilled_;
  double measured_rate_ = 0;
  double measured_until_;
  std::uint32_t answers_ = 0;  // since measured_until_
  double last_max_rate_ = 0;
  double last_throttle_;
};

}  // namespace credsim::model
