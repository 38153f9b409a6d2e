#pragma once

#include "credsim/scenario.hpp"

#include "scenario/diagnostics.hpp"

namespace credsim {

/// Refuses the scenario if an answer of IAM depends on what it does not give: on a condition key of a workload's call
/// or of AppStream's AssumeRole, or on the policy of a resource. Looks at the roles and policies that changes and
/// faults put in force, and at some of the instances and moments, where a policy looks at what differs between them.
/// Precondition: `scenario` is otherwise sound.
void refuse_undecided(const Scenario& scenario, Diagnostics& diagnostics);

}  // namespace credsim
