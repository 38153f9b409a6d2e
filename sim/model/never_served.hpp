#pragma once

#include "model/world.hpp"

/// MODEL.md, "Never served": instances whose scripts could call and that never had a credential. Their StartUp keeps
/// track of them, since it lasts until the first credential.
namespace credsim::model {

/// The instance has booted, so its scripts can call.
void scripts_can_call(World& world, Slot slot);

/// It stops, and its scripts with it.
void scripts_stop(World& world, Slot slot);

/// The end of the warm-up: the time until now is not counted.
void forget_time_unserved(World& world, Slot slot);

/// Its agent has asked for a credential and was refused, or may not ask.
void asked_in_vain(World& world, Slot slot);

/// It ends (`over`), or the run does. Counts it if it was never served. Precondition: it was provisioned.
void count_if_never_served(World& world, Slot slot, bool over);

}  // namespace credsim::model
