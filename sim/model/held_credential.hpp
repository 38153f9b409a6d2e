#pragma once

#include "credsim/workload.hpp"

#include "model/client.hpp"
#include "model/host.hpp"

namespace credsim::model {

/// A new process of the client: it holds nothing, but a `once` client that names the profile reads it at once, whether
/// or not it finds something.
void start_holding(Client& client, const Workload& workload, bool names_profile, const Host& host,
                   WorkloadCounters& counters);

/// Before an attempt is signed: a client that holds nothing, or reads `per_call`, runs the credential helper, whether
/// or not it finds something. True if it did.
bool read_before_attempt(Client& client, const Workload& workload, const Host& host, WorkloadCounters& counters);

/// Step 5 of a call, before the service looks at it: a client that keeps its credential reads again as its
/// `credentials` say. `skew` is how much too early its clock sees credentials expire. False: the refresh failed and the
/// client gives up. Precondition: it holds a credential from an earlier attempt.
[[nodiscard]] bool refresh_held(Client& client, const Workload& workload, const Host& host, SimTime now, Duration skew,
                                WorkloadCounters& counters);

}  // namespace credsim::model
