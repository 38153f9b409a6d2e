#include "scenario/audit_permission.hpp"

#include <algorithm>
#include <span>

#include "credsim/call_request.hpp"

namespace credsim::audit {
namespace {

/// What `documents` alone, taken for a session's only policies, say.
iam::Decision decide_alone(std::span<const iam::PolicyDocument> documents, const iam::Request& request) {
  return iam::evaluate_session({.identity = documents, .permissions_boundary = nullptr, .service_control_policies = {}},
                               request);
}

}  // namespace

iam::Request request_of(const Caller& caller, const std::string& action, const std::string& target) {
  return call_request({.resource = caller.resource,
                       .role = caller.role,
                       .address = caller.address,
                       .through_endpoint = !caller.outside,
                       .region = caller.region.name,
                       .action = action,
                       .target = target,
                       .at = caller.scenario.start,
                       .token_issued = caller.scenario.start});
}

iam::Decision decide(const Caller& caller, const std::string& action, const std::string& target) {
  const Role& role = caller.role;
  return iam::evaluate_session(
      {.identity = role.policies,
       .permissions_boundary = role.permissions_boundary ? &*role.permissions_boundary : nullptr,
       .service_control_policies = caller.region.service_control_policies},
      request_of(caller, action, target));
}

std::string why_refused(const Caller& caller, const std::string& action, const std::string& target) {
  using iam::Decision;
  const Role& role = caller.role;
  const iam::Request request = request_of(caller, action, target);
  const auto one = [](const iam::PolicyDocument& document) { return std::span(&document, 1); };

  const Decision own = decide_alone(role.policies, request);
  const Decision boundary =
      role.permissions_boundary ? decide_alone(one(*role.permissions_boundary), request) : Decision::allowed;
  Decision control = Decision::allowed;
  for (const iam::PolicyDocument& policy : caller.region.service_control_policies)
    if (const Decision decision = decide_alone(one(policy), request);
        decision != Decision::allowed && control != Decision::explicit_deny)
      control = decision;

  if (own == Decision::explicit_deny) return "a Deny in the role's policies forbids it";
  if (boundary == Decision::explicit_deny) return "a Deny in the permissions boundary forbids it";
  if (control == Decision::explicit_deny) return "a Deny in a service control policy forbids it";
  if (role.policies.empty()) return "the role has no permission policy";
  if (own != Decision::allowed) return "no policy of the role allows it";
  if (boundary != Decision::allowed) return "the permissions boundary does not allow it";
  return "a service control policy does not allow it";
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

}  // namespace credsim::audit
