#pragma once

#include <cstdint>

#include "credsim/time.hpp"

/// Times in 50 bits, for records of which there are millions: up to 35 years after the start, and never. A scenario
/// lasts ten years at most (README), and only what happens in it is kept this way.
namespace credsim::model {

inline constexpr unsigned kShortTimeBits = 50;
inline constexpr std::uint64_t kShortNever = (std::uint64_t{1} << kShortTimeBits) - 1;
/// What never reads as: later than all that happens.
inline constexpr SimTime kFarFuture{Duration{static_cast<Duration::rep>(kShortNever)}};

/// Precondition: `at` is not before the start. What is too late to be told from never is never.
constexpr std::uint64_t to_short(SimTime at) {
  const auto count = static_cast<std::uint64_t>(at.time_since_epoch().count());
  return count < kShortNever ? count : kShortNever;
}
constexpr SimTime from_short(std::uint64_t at) {
  return SimTime{Duration{static_cast<Duration::rep>(at)}};
}

}  // namespace credsim::model
