#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>

namespace credsim {

/// Simulated time. It has no `now()`: only the engine moves it, so a model cannot read the wall clock by mistake.
struct SimulationClock {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<SimulationClock>;
  static constexpr bool is_steady = true;
};

/// A length of simulated time in whole microseconds.
using Duration = SimulationClock::duration;

/// Whole microseconds since the scenario's `start`. A run covers [0, duration).
using SimTime = SimulationClock::time_point;

/// The scenario's `start`.
inline constexpr SimTime kSimulationStart{};

/// Later than anything that a run can reach; stands for "not yet" and "never". About 146,000 years.
inline constexpr SimTime kNever{Duration{INT64_MAX / 2}};

}  // namespace credsim
