#pragma once

#include <cmath>
#include <cstdint>

#include "credsim/random.hpp"
#include "credsim/time.hpp"

namespace credsim::test {

inline SimTime at(Duration since_start) {
  return kSimulationStart + since_start;
}
inline SimTime at(std::int64_t microseconds) {
  return at(Duration{microseconds});
}

/// A source of random numbers for tests that read many from one place.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : stream_(RandomStream::root(seed, 0)) {}
  double uniform() { return stream_.uniform(next_++); }
  std::uint64_t below(std::uint64_t bound) { return stream_.bits(next_++) % bound; }

 private:
  RandomStream stream_;
  std::uint64_t next_ = 0;
};

inline Duration exponential(Draws& draws, Duration mean) {
  return Duration{static_cast<std::int64_t>(-std::log(draws.uniform()) * static_cast<double>(mean.count()))};
}

}  // namespace credsim::test
