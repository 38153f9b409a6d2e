#pragma once

#include "credsim/workload.hpp"

#include "model/client.hpp"
#include "model/instance.hpp"

namespace credsim::model {

/// A new process of the client: it holds nothing, but a `once` client reads the profile at once if there is something
/// in it.
void start_holding(Client& client, const Workload& workload, const Instance& instance, WorkloadCounters& counters);

/// Before an attempt is signed: a client that holds nothing, or reads `per_call`, runs the credential helper, whether
/// or not it finds something. True if it did.
bool read_before_attempt(Client& client, const Workload& workload, const Instance& instance,
                         WorkloadCounters& counters);

/// Step 5 of a call, before the service looks at it: a client that keeps its credential reads again as its
/// `credentials` say. `skew` is how much too early its clock sees credentials expire. False: the refresh failed and the
/// client gives up. Precondition: it holds a credential from an earlier attempt.
[[nodiscard]] bool refresh_held(Client& client, const Workload& workload, const Instance& instance, SimTime now,
                                Duration skew, WorkloadCounters& counters);

}  // namespace credsim::model
