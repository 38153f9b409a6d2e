#include "model/call.hpp"

#include <algorithm>
#include <string_view>

#include "model/purpose.hpp"

namespace credsim::model {

bool network_is_out(const World& world, const Host& host) {
  return world.faults.hit(FaultKind::network_outage, host.key);
}

bool waits_for_path(const Host& host, const Workload& workload, const WorkloadState& target, std::uint64_t draw) {
  const double u = host.key.stream.child(key(Purpose::call_fast_failure)).child(target.key).uniform(draw);
  return u >= workload.fast_failures;
}

bool clock_is_refused(const World& world, const Host& host, const WorkloadState& target, Client& client) {
  const Duration skew = world.faults.clock_skew(host.key);
  const bool is_off = std::max(skew, -skew) > target.clock_tolerance;
  if (is_off == (client.clock_corrected != 0)) return false;
  if (target.habits.corrects_clock) client.clock_corrected = is_off ? 1 : 0;
  return true;
}

bool permitted(const World& world, CallDesk& desk, const Host& host, std::size_t workload, Client& client,
               SimTime now) {
  const FaultSchedule& faults = world.faults;
  if (faults.any(FaultKind::role_deleted) && faults.hit(FaultKind::role_deleted, host.key)) return false;
  for (const std::size_t revocation : faults.all(FaultKind::sessions_revoked)) {
    const SimTime at = world.scenario.faults[revocation].at;
    if (now >= at && client.held_at() < at && faults.hits(revocation, host.key)) return false;
  }
  const auto set_of = [](std::size_t change) {
    return change == FaultSchedule::npos ? 0 : static_cast<Permissions::PolicySet>(change) + 1;
  };
  Permissions::InForce in_force;
  if (!faults.all(FaultKind::permissions_changed).empty())
    in_force.identity = set_of(faults.policy_change(FaultKind::permissions_changed, host.key, now));
  if (const auto& target = world.scenario.resources[host.key.resource].workloads[workload].calls.role) {
    if (faults.is_deleted(*target)) return false;
    in_force.trust = set_of(faults.trust_change(*target, host.key, now));
  }
  return desk.permissions.allow(host, client, workload, in_force, now);
}

bool service_fails(const World& world, const Host& host, const Workload& workload, const WorkloadState& target,
                   std::uint64_t draw) {
  const FaultSchedule& faults = world.faults;
  const std::string_view action = workload.calls.action;
  const auto fails = [&](std::size_t index) {
    return faults.hits(index, host.key, workload.region) &&
           faults.share_draw(index, host.key, target.key, draw) < world.scenario.faults[index].share;
  };
  const auto any_fails = [&](FaultKind kind) { return std::ranges::any_of(faults.active(kind), fails); };
  if ((faults.any(FaultKind::sts_outage) || faults.any(FaultKind::sts_error_rate)) && is_of_service(action, "sts") &&
      (any_fails(FaultKind::sts_outage) || any_fails(FaultKind::sts_error_rate)))
    return true;
  return std::ranges::any_of(faults.active(FaultKind::service_outage), [&](std::size_t index) {
    return is_of_service(action, world.scenario.faults[index].service) && fails(index);
  });
}

}  // namespace credsim::model
