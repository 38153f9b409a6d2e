#pragma once

#include <cstdint>

#include "credsim/scenario.hpp"

namespace credsim::bench {

/// Whether somebody watches a run, and how.
enum class Watching : std::uint8_t {
  nobody,     ///< the cell goes to its end in one piece
  unscraped,  ///< it pauses at every step of the series, is looked at, and hands the snapshot to a metrics server
  scraped,    ///< as before, while ten clients a second get the page over HTTP
};

struct WatchedRun {
  std::uint64_t events = 0;
  std::uint64_t result = 0;  ///< a hash of the last look: the same for all who look
  std::uint64_t locks = 0;   ///< that the simulating thread took
  std::uint64_t pieces = 0;
  std::uint64_t scrapes = 0;
};

/// Simulates the scenario's only cell on this thread.
[[nodiscard]] WatchedRun simulate_watched(const Scenario& scenario, Watching watching);

}  // namespace credsim::bench
