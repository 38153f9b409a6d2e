#pragma once

#include <cstdint>

#include "model/call_desk.hpp"
#include "model/host.hpp"
#include "model/world.hpp"

/// The steps of a call, MODEL.md, "An API call", that most calls pass without a look.
namespace credsim::model {

/// Step 4: does a fault keep the scripts on `host` from the network now?
[[nodiscard]] bool network_is_out(const World& world, const Host& host);
/// Step 4: can they reach it now?
[[nodiscard]] inline bool network_is_up(const World& world, const Host& host) {
  return host.network_ready && !(world.faults.concern_calls() && network_is_out(world, host));
}
/// Step 4: without a network an attempt fails at once, or its packets are lost and it waits for a path. `draw`: the
/// index of its draws.
[[nodiscard]] bool waits_for_path(const Host& host, const Workload& workload, const WorkloadState& target,
                                  std::uint64_t draw);

/// Step 0: does AWS refuse the signature for its time? A tool that corrects its clock does so now: its next signature
/// is right, until the clock changes again.
[[nodiscard]] bool clock_is_refused(const World& world, const Host& host, const WorkloadState& target, Client& client);

/// Step 7, where the answer is not the same for every instance and all the time. `workload`: its index in the resource.
[[nodiscard]] bool permitted(const World& world, CallDesk& desk, const Host& host, std::size_t workload, Client& client,
                             SimTime now);

/// Step 8: a fault of the called service; what makes STS fail for the agent makes it fail for scripts.
[[nodiscard]] bool service_fails(const World& world, const Host& host, const Workload& workload,
                                 const WorkloadState& target, std::uint64_t draw);

}  // namespace credsim::model
