#pragma once

#include <cstdint>

#include "credsim/time.hpp"

#include "model/event.hpp"

namespace credsim::model {

/// A piece of an instance's timeline, up to `until`, in which nothing changes that its scripts look at; and what
/// happens to its scripts at the end of it. A segment begins where the one before it ended.
struct Segment {
  enum class Then : std::uint8_t {
    goes_on,
    script_starts,  ///< `workload`'s process does
    scripts_end,    ///< all processes die
  };

  SimTime until;
  SimTime issued;  ///< the newest credential's issue; kFarFuture: none yet
  Slot slot;
  std::uint16_t workload;
  Then then;
  bool network_ready;
};

}  // namespace credsim::model
