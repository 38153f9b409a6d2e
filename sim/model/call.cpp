#include "model/call.hpp"

#include <algorithm>
#include <cctype>

#include "model/held_credential.hpp"
#include "model/purpose.hpp"

namespace credsim::model {

namespace {

CallOutcome refused(Reason reason) {
  return {.reason = reason};
}
CallOutcome answered(Reason reason, bool retryable) {
  return {.reason = reason, .retryable = retryable, .reached_service = true};
}

/// Step 7, with what faults did to the role and to sessions.
bool allowed(World& world, Slot slot, Client& client, std::size_t workload) {
  const Instance& instance = world.instances[slot];
  const FaultSchedule& faults = world.faults;
  if (faults.any(FaultKind::role_deleted) && faults.hit(FaultKind::role_deleted, instance)) return false;
  for (const std::size_t revocation : faults.all(FaultKind::sessions_revoked)) {
    const SimTime at = world.scenario.faults[revocation].at;
    if (world.now >= at && client.held_issued < at && faults.hits(revocation, instance)) return false;
  }
  Permissions::PolicySet set = 0;
  if (!faults.all(FaultKind::permissions_changed).empty()) {
    const std::size_t change = faults.policy_change(FaultKind::permissions_changed, instance, world.now);
    if (change != FaultSchedule::npos) set = static_cast<Permissions::PolicySet>(change) + 1;
  }
  return world.permissions.allow(instance, client, workload, set, world.now);
}

/// "ec2" of "EC2:DescribeInstances".
bool is_of_service(std::string_view action, std::string_view service) {
  const std::string_view prefix = action.substr(0, action.find(':'));
  return std::ranges::equal(prefix, service,
                            [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

/// Step 8: a fault of the called service; what makes STS fail for the agent makes it fail for scripts.
bool service_fails(const World& world, const Instance& instance, const Workload& workload, std::uint64_t workload_key,
                   std::uint64_t draw) {
  const FaultSchedule& faults = world.faults;
  const auto fails = [&](std::size_t index) {
    return faults.hits(index, instance, workload.region) &&
           faults.share_draw(index, instance, workload_key, draw) < world.scenario.faults[index].share;
  };
  const auto any_fails = [&](FaultKind kind) { return std::ranges::any_of(faults.active(kind), fails); };
  if ((faults.any(FaultKind::sts_outage) || faults.any(FaultKind::sts_error_rate)) &&
      is_of_service(workload.calls.action, "sts") &&
      (any_fails(FaultKind::sts_outage) || any_fails(FaultKind::sts_error_rate)))
    return true;
  return std::ranges::any_of(faults.active(FaultKind::service_outage), [&](std::size_t index) {
    return is_of_service(workload.calls.action, world.scenario.faults[index].service) && fails(index);
  });
}

}  // namespace

bool network_is_up(const World& world, const Instance& instance) {
  return instance.network_ready &&
         !(world.faults.any(FaultKind::network_outage) && world.faults.hit(FaultKind::network_outage, instance));
}

CallOutcome decide_call(World& world, Slot slot, std::size_t workload_index, std::uint64_t draw) {
  const Instance& instance = world.instances[slot];
  ResourceState& state = world.resource_of_slot(slot);
  const Workload& workload = state.resource->workloads[workload_index];
  const WorkloadState& target = state.workloads[workload_index];
  Client& client = world.clients[instance.clients + workload_index];
  WorkloadCounters& counters = world.recorder.workload(state.index, workload_index);

  if (workload.client.too_old()) return refused(Reason::client_too_old);
  if (!target.names_profile) return refused(Reason::profile_not_specified);
  const bool just_read = read_before_attempt(client, workload, instance, counters);
  if (instance.sequence == 0) return refused(Reason::no_credentials);
  if (!network_is_up(world, instance)) {
    const double u = instance.stream.child(key(Purpose::call_fast_failure)).child(target.key).uniform(draw);
    return {.reason = Reason::network_unavailable, .retryable = true, .timed_out = u >= workload.fast_failures};
  }
  if (!just_read && !refresh_held(client, workload, instance, world.now, world.faults.clock_skew(instance), counters))
    return refused(Reason::refresh_failed);
  if (client.held_expires <= world.now) return answered(Reason::expired_token, false);
  if (target.bucket && !world.regions[target.region].bucket(*target.bucket).try_take(world.now))
    return answered(Reason::throttled, true);
  if (!allowed(world, slot, client, workload_index)) return answered(Reason::access_denied, false);
  if (service_fails(world, instance, workload, target.key, draw)) return answered(Reason::service_unavailable, true);
  return {.succeeded = true, .reached_service = true};
}

}  // namespace credsim::model
