#pragma once

#include "credsim/resource.hpp"
#include "credsim/time.hpp"

/// When sessions arrive by chance: a Poisson process whose rate is constant in each hour.
namespace credsim::model {

/// The stretch of time in which arrivals come.
struct ArrivalSpan {
  Duration into_day{};  ///< from midnight, UTC, to the run's start
  SimTime end;          ///< of the run
};

/// The arrival after `from`: time runs until it has used up as many expected arrivals as `exponential` has hours.
/// kNever: none comes before the end. Precondition: `arrivals` is no list of times. O(hours until then).
[[nodiscard]] SimTime next_arrival(const Arrivals& arrivals, const ArrivalSpan& span, SimTime from,
                                   Duration exponential);

}  // namespace credsim::model
