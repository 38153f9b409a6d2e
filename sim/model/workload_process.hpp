#pragma once

#include "model/world.hpp"

/// What scripts on an instance do: start, wait for the network, call, retry. MODEL.md, "An API call".
namespace credsim::model {

/// Starts every workload of the instance that starts at `when`, which is now.
void start_workloads(World& world, Slot slot, WorkloadStart when);

/// Event: the script's sleep before its first call is over.
void workload_starts(World& world, Slot slot, std::size_t workload);

/// Event: a polling script looks at the network.
void poll_network(World& world, Slot slot, std::size_t workload);

/// Event: a new call.
void make_call(World& world, Slot slot, std::size_t workload);

/// Event: the next attempt of a call in progress.
void next_attempt(World& world, std::uint32_t call);

/// Event: a slow attempt's result is there.
void attempt_result(World& world, std::uint32_t call);

}  // namespace credsim::model
