#pragma once

#include "model/call_desk.hpp"
#include "model/host.hpp"
#include "model/world.hpp"

namespace credsim::model {

/// Can scripts on `host` reach the network now?
[[nodiscard]] bool network_is_up(const World& world, const Host& host);

/// One attempt of a call at `now`, decided in the order of MODEL.md, "An API call". It spends a token of the service's
/// bucket if it comes that far, and the client may read its profile; nothing else changes. `draw` is the index of the
/// attempt's draws.
[[nodiscard]] CallOutcome decide_call(World& world, CallDesk& desk, const Host& host, std::size_t workload,
                                      Client& client, WorkloadCounters& counters, SimTime now, std::uint64_t draw);

}  // namespace credsim::model
