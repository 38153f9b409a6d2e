#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "credsim/record.hpp"
#include "credsim/role.hpp"
#include "credsim/scenario.hpp"

namespace credsim {

/// Who asks AppStream to assume a role for an instance.
struct RoleRequester {
  std::string account;  ///< 12 digits, of the fleet or image builder
  std::string region;
  std::string resource_arn;  ///< arn:PARTITION:appstream:REGION:ACCOUNT:fleet/NAME, or image-builder/NAME
  std::optional<std::chrono::sys_days> agent_released;  ///< none: recent
};

/// For the instances of `resource`, one of the scenario's.
[[nodiscard]] RoleRequester requester_of(const Scenario& scenario, const Resource& resource);

/// The reasons, in MODEL.md's order, for which AppStream may not assume `role` for `requester`: role_in_other_account,
/// service_role, agent_too_old, trust_policy_denies. Empty: it may. `trust` is the trust policy in force (a fault may
/// have replaced the role's own); null is none, which denies. The trust policy is evaluated for the service principal
/// with aws:SourceAccount and aws:SourceArn; aws:SourceIp is absent, since the service calls. Source: the guide,
/// "Prerequisites". O(statements).
[[nodiscard]] std::vector<Reason> unmet_prerequisites(const Role& role, const iam::PolicyDocument* trust,
                                                      const RoleRequester& requester);

}  // namespace credsim
