#include "scenario/audit_permission.hpp"

#include <algorithm>
#include <span>

#include "scenario/audit_text.hpp"

namespace credsim::audit {
namespace {

using iam::Decision;

const Role* target_role(const Caller& caller) {
  const auto& role = caller.workload.calls.role;
  return role ? &caller.scenario.roles[*role] : nullptr;
}

/// What any of `documents` may allow, and any may deny.
Decision decide_together(std::span<const iam::PolicyDocument> documents, const iam::Request& request) {
  Decision together = Decision::implicit_deny;
  for (const iam::PolicyDocument& document : documents) {
    const Decision decision = iam::decide_alone(document, request);
    if (decision == Decision::explicit_deny) return decision;
    if (decision == Decision::allowed) together = decision;
  }
  return together;
}

/// Why the resource's own policy refuses; empty if it does not.
std::string why_resource_refuses(const Caller& caller, const iam::SessionPolicies& policies,
                                 const iam::Request& request) {
  const std::string text = resource_policy_text(caller.scenario, caller.workload.calls);
  const bool must_allow =
      policies.side == iam::ResourceSide::own_say || policies.side == iam::ResourceSide::other_account;
  if (policies.resource_not_given) return "";
  if (policies.resource == nullptr) return must_allow ? text + " is missing, so nobody may" : "";
  const Decision decision = iam::evaluate_trust(*policies.resource, request);
  if (decision == Decision::explicit_deny) return "a Deny in " + text + " forbids it";
  return must_allow && decision != Decision::allowed ? text + " does not allow it" : "";
}

/// The Deny that forbids the call, if one of the caller's own policies has it.
std::string why_denied(const Caller& caller, const iam::SessionPolicies& policies, const iam::Request& request) {
  const auto denies = [&](std::span<const iam::PolicyDocument> documents) {
    return decide_together(documents, request) == Decision::explicit_deny;
  };
  if (denies(policies.identity)) return "a Deny in the role's policies forbids it";
  if (const auto* boundary = policies.permissions_boundary; boundary != nullptr && denies(std::span(boundary, 1)))
    return "a Deny in the permissions boundary forbids it";
  for (const iam::ServiceControlLevel& level : caller.region().service_control_policies)
    if (denies(level.policies)) return "a Deny in " + level_text(level) + " forbids it";
  return "";
}

}  // namespace

iam::Request request_of(const Caller& caller) {
  return request_of(caller, caller.workload.calls.action, caller.workload.calls.resource);
}

iam::Request request_of(const Caller& caller, const std::string& action, const std::string& target) {
  const auto at = caller.scenario.start + caller.since_start;
  return call_request({.resource = caller.resource,
                       .role = caller.role,
                       .workload = caller.workload,
                       .instance = caller.instance,
                       .address = caller.address,
                       .through_endpoint = !caller.outside,
                       .region = caller.region().name,
                       .action = action,
                       .target = target,
                       .target_role = target_role(caller),
                       .at = at,
                       .token_issued = at});
}

iam::SessionPolicies policies_of(const Caller& caller) {
  const Role* target = target_role(caller);
  const auto* changed = caller.trust_policy_changed;
  const iam::PolicyDocument* trust = nullptr;
  if (changed != nullptr)
    trust = &*changed->trust_policy;
  else if (target != nullptr && target->trust_policy)
    trust = &*target->trust_policy;
  return policies_of_call(
      caller.workload, caller.role, caller.region(),
      caller.permissions_changed != nullptr ? caller.permissions_changed->policies : caller.role.policies, trust);
}

Decision decide(const Caller& caller) {
  return iam::evaluate_session(policies_of(caller), request_of(caller));
}

std::string why_refused(const Caller& caller) {
  const iam::SessionPolicies policies = policies_of(caller);
  const iam::Request request = request_of(caller);
  if (std::string why = why_denied(caller, policies, request); !why.empty()) return why;
  std::string by_resource = why_resource_refuses(caller, policies, request);
  if (by_resource.starts_with("a Deny")) return by_resource;
  for (const iam::ServiceControlLevel& level : policies.service_control_policies)
    if (decide_together(level.policies, request) != Decision::allowed)
      return level_text(level) + (level.policies.size() == 1 ? " does not allow it" : " do not allow it");
  const auto* boundary = policies.permissions_boundary;
  if (decide_together(policies.identity, request) == Decision::allowed) {
    if (boundary != nullptr && iam::decide_alone(*boundary, request) != Decision::allowed)
      return "the permissions boundary does not allow it";
    return by_resource;
  }
  const std::string own =
      policies.identity.empty() ? "the role has no permission policy" : "no policy of the role allows it";
  return by_resource.empty() ? own : own + ", and " + by_resource;
}

std::vector<std::optional<std::uint32_t>> sample_addresses(const Resource& resource) {
  const std::int64_t most = std::max(resource.most_instances(), std::int64_t{1});
  std::vector<std::optional<std::uint32_t>> addresses;
  if (resource.vpc_endpoint) {
    for (const Subnet& subnet : resource.subnets) {
      addresses.emplace_back(subnet.base + 4);
      addresses.emplace_back(subnet.base + 3 + static_cast<std::uint32_t>(std::min(most, subnet.usable_addresses())));
    }
    return addresses;
  }
  // What replaces an instance has a number of its own, so that in the end all addresses are used.
  for (const AddressBlock& block : resource.egress) {
    addresses.emplace_back(block.base);
    addresses.emplace_back(block.base + static_cast<std::uint32_t>(block.addresses() - 1));
  }
  if (addresses.empty()) addresses.emplace_back();
  return addresses;
}

std::vector<std::size_t> roles_of(const Resource& resource) {
  std::vector<std::size_t> roles;
  const auto add = [&](const std::optional<std::size_t>& role) {
    if (role && std::find(roles.begin(), roles.end(), *role) == roles.end()) roles.push_back(*role);
  };
  add(resource.role);
  for (const RoleChange& change : resource.role_changes) add(change.role);
  return roles;
}

std::string level_text(const iam::ServiceControlLevel& level) {
  const std::string text = level.policies.size() == 1 ? "the service control policy" : "the service control policies";
  return level.name.empty() ? text : text + " of level " + level.name;
}

std::string resource_policy_text(const Scenario& scenario, const Calls& calls) {
  if (calls.role) return "the trust policy of " + role_text(scenario.roles[*calls.role]);
  return (calls.assumes_role() ? "the trust policy of " : "the policy of ") + calls.resource;
}

}  // namespace credsim::audit
