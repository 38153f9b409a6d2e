#pragma once

#include <cstdint>

#include "credsim/time.hpp"

/// Times in 50 bits, for records of which there are millions: from 17 years before the start to 17 years after it, and
/// never. A scenario lasts ten years at most (README), and so does what it begins with.
namespace credsim::model {

inline constexpr unsigned kShortTimeBits = 50;
inline constexpr std::uint64_t kShortNever = (std::uint64_t{1} << kShortTimeBits) - 1;
inline constexpr SimTime kShortOrigin{Duration{-(std::int64_t{1} << (kShortTimeBits - 1))}};

/// What is too late to be told from never is never. Precondition: `at` is not before kShortOrigin.
constexpr std::uint64_t to_short(SimTime at) {
  const auto count = static_cast<std::uint64_t>((at - kShortOrigin).count());
  return count < kShortNever ? count : kShortNever;
}
constexpr SimTime from_short(std::uint64_t at) {
  return kShortOrigin + Duration{static_cast<Duration::rep>(at)};
}
/// What never reads as: later than all that happens.
inline constexpr SimTime kFarFuture = from_short(kShortNever);

}  // namespace credsim::model
