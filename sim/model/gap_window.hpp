#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "credsim/time.hpp"

namespace credsim::model {

/// Counts a resource's instances that can be spoken of together with its gaps: those that had a credential and were
/// alive at some time from the first gap's opening to the last one's closing. Without a gap, all that had a credential.
/// Memory of a time for each instance that ended before the first gap.
class GapWindow {
 public:
  /// An instance gets its first credential. `now` never goes back, here and below.
  void first_credential(SimTime now) {
    ++with_credential_;
    if (now > last_closed_) ++too_late_;
  }
  /// An instance with a credential ends.
  void ends(SimTime now) {
    if (now <= first_opened_) ended_before_.push_back(now);
  }
  /// A gap that opened at `opened` closes now.
  void gap(SimTime opened, SimTime now) {
    first_opened_ = std::min(first_opened_, opened);
    while (!ended_before_.empty() && ended_before_.back() > first_opened_) ended_before_.pop_back();
    last_closed_ = now;
    too_late_ = 0;
  }

  [[nodiscard]] std::uint64_t instances() const {
    const bool no_gap = first_opened_ == kNever;
    return no_gap ? with_credential_ : with_credential_ - ended_before_.size() - too_late_;
  }

 private:
  SimTime first_opened_ = kNever;
  SimTime last_closed_ = kSimulationStart - Duration{1};
  std::vector<SimTime> ended_before_;  // when, ascending: instances that ended before the first gap opened
  std::uint64_t with_credential_ = 0;
  std::uint64_t too_late_ = 0;  // instances whose first credential came after the last gap closed
};

}  // namespace credsim::model
