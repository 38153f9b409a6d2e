#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "credsim/time.hpp"

#include "model/series_step.hpp"

namespace credsim::model {

/// Counts things that expire, exactly at each step of the series, without an event for each: what expires is counted in
/// the step by whose end it has gone. O(1) each; memory of one counter for each step of the longest life.
class Coverage {
 public:
  Coverage(Duration step, Duration longest_life) : expiring_(step, longest_life, 0) {}

  /// Nothing if it has expired by the last step.
  void add(SimTime expires) {
    if (expires <= reached_) return;
    ++expiring_.at(expires);
    ++count_;
  }
  /// Takes back an add().
  void remove(SimTime expires) {
    if (expires <= reached_) return;
    --expiring_.at(expires);
    --count_;
  }
  /// Call at every step, in order.
  void reach(SimTime step) {
    reached_ = step;
    std::int64_t& expired = expiring_.at(step);
    count_ -= expired;
    expired = 0;
  }
  /// As of the last step and what was added since.
  [[nodiscard]] std::int64_t count() const { return count_; }

 private:
  StepRing<std::int64_t> expiring_;  // in each step
  std::int64_t count_ = 0;
  SimTime reached_{};
};

/// The age of the oldest credential that has not expired, at each step of the series. Precondition: what is issued
/// later expires later, which one lifetime for all makes true.
class OldestLive {
 public:
  OldestLive(Duration step, Duration lifetime) : earliest_(step, lifetime, kNever) {}

  void add(SimTime issued, SimTime expires) {
    SimTime& earliest = earliest_.at(expires);
    earliest = std::min(earliest, issued);
  }

  /// Call at every step, in order: the age, or zero if there is none.
  Duration reach(SimTime step) {
    earliest_.at(step) = kNever;
    for (std::size_t ahead = 1; ahead < earliest_.size(); ++ahead) {
      const SimTime issued = earliest_.at(step, ahead);
      if (issued != kNever) return step - issued;
    }
    return Duration{};
  }

 private:
  StepRing<SimTime> earliest_;  // issue among those that expire in each step
};

}  // namespace credsim::model
