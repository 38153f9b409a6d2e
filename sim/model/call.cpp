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
bool allowed(const World& world, Permissions& permissions, const Host& host, Client& client, std::size_t workload,
             SimTime now) {
  const FaultSchedule& faults = world.faults;
  if (faults.any(FaultKind::role_deleted) && faults.hit(FaultKind::role_deleted, host.key)) return false;
  for (const std::size_t revocation : faults.all(FaultKind::sessions_revoked)) {
    const SimTime at = world.scenario.faults[revocation].at;
    if (now >= at && client.held_at() < at && faults.hits(revocation, host.key)) return false;
  }
  Permissions::PolicySet set = 0;
  if (!faults.all(FaultKind::permissions_changed).empty()) {
    const std::size_t change = faults.policy_change(FaultKind::permissions_changed, host.key, now);
    if (change != FaultSchedule::npos) set = static_cast<Permissions::PolicySet>(change) + 1;
  }
  return permissions.allow(host, client, workload, set, now);
}

/// "ec2" of "EC2:DescribeInstances".
bool is_of_service(std::string_view action, std::string_view service) {
  const std::string_view prefix = action.substr(0, action.find(':'));
  return std::ranges::equal(prefix, service,
                            [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

/// Step 8: a fault of the called service; what makes STS fail for the agent makes it fail for scripts.
bool service_fails(const World& world, const InstanceKey& instance, const Workload& workload, std::uint64_t workload_key,
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

bool network_is_up(const World& world, const Host& host) {
  return host.network_ready &&
         !(world.faults.any(FaultKind::network_outage) && world.faults.hit(FaultKind::network_outage, host.key));
}

CallOutcome decide_call(World& world, CallDesk& desk, const Host& host, std::size_t workload_index, Client& client,
                        WorkloadCounters& counters, SimTime now, std::uint64_t draw) {
  const ResourceState& state = world.resources[world.resource_of[host.key.resource]];
  const Workload& workload = state.resource->workloads[workload_index];
  const WorkloadState& target = state.workloads[workload_index];

  if (target.too_old) return refused(Reason::client_too_old);
  if (!target.names_profile) return refused(Reason::profile_not_specified);
  const bool just_read = read_before_attempt(client, workload, host, counters);
  if (!host.has_credential()) return refused(Reason::no_credentials);
  if (!network_is_up(world, host)) {
    const double u = host.key.stream.child(key(Purpose::call_fast_failure)).child(target.key).uniform(draw);
    return {.reason = Reason::network_unavailable, .retryable = true, .timed_out = u >= workload.fast_failures};
  }
  if (!just_read && !refresh_held(client, workload, host, now, world.faults.clock_skew(host.key), counters))
    return refused(Reason::refresh_failed);
  if (client.held_at() + host.lifetime <= now) return answered(Reason::expired_token, false);
  if (target.bucket && !world.regions[target.region].bucket(*target.bucket).try_take(now))
    return answered(Reason::throttled, true);
  if (!allowed(world, desk.permissions, host, client, workload_index, now)) return answered(Reason::access_denied, false);
  if (service_fails(world, host.key, workload, target.key, draw)) return answered(Reason::service_unavailable, true);
  return {.succeeded = true, .reached_service = true};
}

}  // namespace credsim::model
