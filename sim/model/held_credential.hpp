#pragma once

#include "credsim/workload.hpp"

#include "model/client.hpp"
#include "model/instance.hpp"

namespace credsim::model {

/// A new process of the client: it holds nothing, but a `once` client reads the profile at once if there is something
/// in it.
void start_holding(Client& client, const Workload& workload, const Instance& instance, WorkloadCounters& counters);

/// Step 5 of a call, before the service looks at it: the client decides which credential it signs with, reading the
/// profile as its `credentials` say. `skew` is how much too early its clock sees credentials expire. False: the refresh
/// failed and the client gives up. Precondition: the profile holds a credential.
[[nodiscard]] bool choose_credential(Client& client, const Workload& workload, const Instance& instance, SimTime now,
                                     Duration skew, WorkloadCounters& counters);

}  // namespace credsim::model
