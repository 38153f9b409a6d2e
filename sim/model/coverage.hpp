#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "credsim/time.hpp"

#include "model/series_step.hpp"

namespace credsim::model {

/// Counts things that expire, exactly at each step of a grid, without an event for each: what expires is counted in the
/// step by whose end it has gone. O(1) each, and O(1) for a step; memory of one counter for each step of the longest
/// life.
class Coverage {
 public:
  /// `longest_life`: from the last step that was reached to what expires last.
  Coverage(Duration step, Duration longest_life) : step_(step), expiring_(step, longest_life, 0) {}

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
  /// Goes on to the last step at or before `now`, which never goes back.
  void reach(SimTime now) {
    while (now - reached_ >= step_) {
      reached_ += step_;
      count_ -= std::exchange(expiring_.at(reached_), 0);
    }
  }
  /// As of the last step and what was added since.
  [[nodiscard]] std::int64_t count() const { return count_; }

 private:
  Duration step_;
  StepRing<std::int64_t> expiring_;  // in each step
  std::int64_t count_ = 0;
  SimTime reached_{};
};

/// The age of the oldest credential that has not expired, at each step of a grid. Precondition: what is issued later
/// expires later, which one lifetime for all makes true.
class OldestLive {
 public:
  /// `longest_life` as above.
  OldestLive(Duration step, Duration longest_life) : step_(step), earliest_(step, longest_life, kNever) {}

  void add(SimTime issued, SimTime expires) {
    SimTime& earliest = earliest_.at(expires);
    earliest = std::min(earliest, issued);
  }

  /// Goes on to the last step at or before `now`, which never goes back.
  void reach(SimTime now) {
    while (now - reached_ >= step_) {
      reached_ += step_;
      earliest_.at(reached_) = kNever;
    }
  }
  /// At `now`, not before the last step: zero if there is none. O(steps of a lifetime).
  [[nodiscard]] Duration age(SimTime now) {
    for (std::size_t ahead = 1; ahead < earliest_.size(); ++ahead) {
      const SimTime issued = earliest_.at(reached_, ahead);
      if (issued != kNever) return now - issued;
    }
    return Duration{};
  }

 private:
  Duration step_;
  StepRing<SimTime> earliest_;  // issue among those that expire in each step
  SimTime reached_{};
};

}  // namespace credsim::model
