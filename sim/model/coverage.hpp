#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "credsim/time.hpp"

namespace credsim::model {

/// Counts things that expire, exactly at each step of the series, without an event for each: what expires is counted in
/// the step by whose end it has gone. O(1) each; memory of one counter for each step of the longest life.
class Coverage {
 public:
  Coverage(Duration step, Duration longest_life)
      : step_(step.count()), ring_(static_cast<std::size_t>(longest_life / step) + 3) {}

  /// Nothing if it has expired by the last step.
  void add(SimTime expires) {
    if (expires <= reached_) return;
    ++ring_[place(expires)];
    ++count_;
  }
  /// Takes back an add().
  void remove(SimTime expires) {
    if (expires <= reached_) return;
    --ring_[place(expires)];
    --count_;
  }
  /// Call at every step, in order.
  void reach(SimTime step) {
    reached_ = step;
    std::int64_t& expired = ring_[place(step)];
    count_ -= expired;
    expired = 0;
  }
  /// As of the last step and what was added since.
  [[nodiscard]] std::int64_t count() const { return count_; }

 private:
  [[nodiscard]] std::size_t place(SimTime expires) const {
    const std::int64_t step = (expires.time_since_epoch().count() + step_ - 1) / step_;
    return static_cast<std::size_t>(step) % ring_.size();
  }

  std::int64_t step_;
  std::vector<std::int64_t> ring_;
  std::int64_t count_ = 0;
  SimTime reached_{};
};

/// The age of the oldest credential that has not expired, at each step of the series. Precondition: what is issued
/// later expires later, which one lifetime for all makes true.
class OldestLive {
 public:
  OldestLive(Duration step, Duration lifetime)
      : step_(step.count()), ring_(static_cast<std::size_t>(lifetime / step) + 3, kNever) {}

  void add(SimTime issued, SimTime expires) {
    SimTime& earliest = ring_[place(expires)];
    earliest = std::min(earliest, issued);
  }

  /// Call at every step, in order: the age, or zero if there is none.
  Duration reach(SimTime step) {
    ring_[place(step)] = kNever;
    for (std::size_t ahead = 1; ahead < ring_.size(); ++ahead) {
      const SimTime issued = ring_[(place(step) + ahead) % ring_.size()];
      if (issued != kNever) return step - issued;
    }
    return Duration{};
  }

 private:
  [[nodiscard]] std::size_t place(SimTime expires) const {
    const std::int64_t step = (expires.time_since_epoch().count() + step_ - 1) / step_;
    return static_cast<std::size_t>(step) % ring_.size();
  }

  std::int64_t step_;
  std::vector<SimTime> ring_;  // the earliest issue among those that expire in a step
};

}  // namespace credsim::model
