#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "credsim/record.hpp"
#include "credsim/role.hpp"
#include "credsim/scenario.hpp"

namespace credsim {

/// Who asks AppStream to assume a role for an instance.
struct RoleRequester {
  std::string account;  ///< 12 digits, of the fleet or image builder
  std::string region;
  std::string resource_arn;  ///< arn:PARTITION:appstream:REGION:ACCOUNT:fleet/NAME, or image-builder/NAME
  std::optional<std::chrono::sys_days> agent_released{};  ///< none: recent
  /// Condition keys that AWS does not send by itself.
  std::vector<iam::RequestContext::Entry> request_context{};
};

/// For the instances of `resource`, one of the scenario's.
[[nodiscard]] RoleRequester requester_of(const Scenario& scenario, const Resource& resource);

/// The agent's sts:AssumeRole at `at`, as a service principal asks: with aws:SourceAccount and aws:SourceArn;
/// aws:SourceIp is absent, since the service calls. Of what varies the time alone does, for one requester and role.
[[nodiscard]] iam::Request agent_request(const Role& role, const RoleRequester& requester,
                                         std::chrono::sys_time<std::chrono::microseconds> at);

/// The reasons, in MODEL.md's order, for which AppStream may not assume `role` for `requester`: role_in_other_account,
/// service_role, agent_too_old, trust_policy_denies. Empty: it may. `trust` is the trust policy in force (a fault may
/// have replaced the role's own); null is none, which denies, and so does one that is undecided: the scenario's reader
/// refuses those. Source: the guide, "Prerequisites". O(statements).
[[nodiscard]] std::vector<Reason> unmet_prerequisites(const Role& role, const iam::PolicyDocument* trust,
                                                      const RoleRequester& requester,
                                                      std::chrono::sys_time<std::chrono::microseconds> at);

}  // namespace credsim
