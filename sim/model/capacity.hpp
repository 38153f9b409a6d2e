#pragma once

#include "model/world.hpp"

/// How many instances a fleet has: as many as it says, or as its scaling policy wants.
namespace credsim::model {

/// Requests what is missing, ends what is idle and not wanted. In use ones are not replaced while there are too many.
void meet_capacity(World& world, ResourceState& state);

/// Schedules the minutes at which utilisation is looked at, and the entries of a scaling schedule.
void schedule_capacity(World& world, ResourceState& state);

/// Event: an entry of World::capacity_looks.
void look_at_capacity(World& world, std::uint32_t look);

/// Schedules the changes of the resource's role.
void schedule_role_changes(World& world, ResourceState& state);

/// Event, an entry of World::role_changes: a resource's role changes, for which the API demands a stopped fleet: all
/// instances end, all are requested anew.
void change_role(World& world, std::uint32_t change);

/// What a fleet's capacity was asked for, and its subnets, appended to `limits`.
void report_capacity_limits(World& world, std::vector<LimitUsage>& limits);

}  // namespace credsim::model
