#pragma once

#include "model/world.hpp"

/// What scripts on an instance do: start, wait for the network, call. MODEL.md, "An API call".
namespace credsim::model {

/// Starts every workload of the instance that starts at `when`, which is now.
void start_workloads(World& world, Slot slot, WorkloadStart when);

/// Of an instance that has been up for long when the run begins: what would have started with it is somewhere between
/// two calls, and what calls once has called.
void start_running_workloads(World& world, Slot slot);

/// All processes of the instance die.
void end_workloads(World& world, Slot slot);

/// What the instance's scripts look at changes now: call it before the change.
void log_segment(World& world, Slot slot);

/// Event: a script's sleep is over, it looks at the network, or it makes a call.
void script_is_due(World& world, Slot slot, std::size_t workload);

/// Event: the next attempt of a call in progress, or the result of a slow one.
void call_is_due(World& world, std::uint32_t place);

}  // namespace credsim::model
