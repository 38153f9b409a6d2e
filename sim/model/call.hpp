#pragma once

#include "model/world.hpp"

namespace credsim::model {

/// Can the instance's scripts reach the network now?
[[nodiscard]] bool network_is_up(const World& world, const Instance& instance);

/// One attempt of a call, decided in the order of MODEL.md, "An API call". It spends a token of the service's bucket if
/// it comes that far, and the client may read its profile; nothing else changes. `draw` is the index of the attempt's
/// draws.
[[nodiscard]] CallOutcome decide_call(World& world, Slot slot, std::size_t workload, std::uint64_t draw);

}  // namespace credsim::model
