#pragma once

#include "model/world.hpp"

/// What faults do when they begin and end. What they do in between is asked of FaultSchedule.
namespace credsim::model {

/// Schedules the beginning and the end of every fault.
void schedule_faults(World& world);

/// Event: the fault begins, or ends if `ending`. Buckets change; the rest looks at the schedule.
void fault_changes(World& world, std::size_t fault, bool ending);

/// Event, after all changes of that instant: instances are lost or restarted, paused attempts are made.
void fault_acts(World& world, std::size_t fault);

}  // namespace credsim::model
