#include "model/call.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "model/purpose.hpp"

namespace credsim::model {

namespace {

/// "ec2" of "EC2:DescribeInstances".
bool is_of_service(std::string_view action, std::string_view service) {
  const std::string_view prefix = action.substr(0, action.find(':'));
  return std::ranges::equal(prefix, service,
                            [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

}  // namespace

bool network_is_out(const World& world, const Host& host) {
  return world.faults.hit(FaultKind::network_outage, host.key);
}

CallOutcome without_network(const CallAttempt& attempt) {
  const RandomStream stream = attempt.host.key.stream.child(key(Purpose::call_fast_failure)).child(attempt.target.key);
  return {.reason = Reason::network_unavailable,
          .retryable = true,
          .timed_out = stream.uniform(attempt.draw) >= attempt.workload.fast_failures};
}

bool permitted(const CallAttempt& attempt) {
  const auto& [world, desk, host, workload, target, index, client, counters, now, draw] = attempt;
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
  return desk.permissions.allow(host, client, index, set, now);
}

bool service_fails(const CallAttempt& attempt) {
  const World& world = attempt.world;
  const FaultSchedule& faults = world.faults;
  const std::string_view action = attempt.workload.calls.action;
  const auto fails = [&](std::size_t index) {
    return faults.hits(index, attempt.host.key, attempt.workload.region) &&
           faults.share_draw(index, attempt.host.key, attempt.target.key, attempt.draw) <
               world.scenario.faults[index].share;
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
