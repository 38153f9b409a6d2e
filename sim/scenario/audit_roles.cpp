#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "credsim/prerequisites.hpp"
#include "credsim/role.hpp"

#include "iam/spelling.hpp"
#include "scenario/audit_findings.hpp"
#include "scenario/audit_permission.hpp"
#include "scenario/audit_text.hpp"

namespace credsim::audit {
namespace {

/// An action and a resource that no service has: who may do this may do anything of the kind.
constexpr std::string_view kNoAction = "CredsimNoSuchAction";
constexpr std::string_view kNoResource = ":::credsim-no-such-resource";

/// Namespaces to try beside those that the workloads use.
constexpr std::array<std::string_view, 18> kCommonServices = {"appstream",
                                                              "cloudformation",
                                                              "cloudwatch",
                                                              "dynamodb",
                                                              "ec2",
                                                              "iam",
                                                              "kms",
                                                              "lambda",
                                                              "logs",
                                                              "organizations",
                                                              "rds",
                                                              "s3",
                                                              "secretsmanager",
                                                              "sns",
                                                              "sqs",
                                                              "ssm",
                                                              "sts",
                                                              "workspaces"};

/// Nobody's address (RFC 1112, class E): no policy that limits the address names it.
constexpr std::uint32_t kOutsideAddress = 240U << 24 | 1U;

constexpr std::array<std::string_view, 5> kPlaceKeys = {"aws:SourceIp", "aws:VpcSourceIp", "aws:SourceVpc",
                                                        "aws:SourceVpce", "aws:SourceVpcArn"};

std::vector<const Resource*> users_of(const Scenario& scenario, std::size_t role) {
  std::vector<const Resource*> users;
  for (const Resource& resource : scenario.resources) {
    const std::vector<std::size_t> roles = roles_of(resource);
    if (std::find(roles.begin(), roles.end(), role) != roles.end()) users.push_back(&resource);
  }
  return users;
}

void audit_sharing(const Role& role, const std::vector<const Resource*>& users, Findings& findings) {
  if (users.size() < 2) return;
  std::vector<std::string> names;
  for (const Resource* user : users) names.push_back(resource_text(*user));
  findings.add(
      "shared-role", role_text(role), role.place,
      iam::listed(names) + " use one role; give each its own, so that its permissions can change without the others'");
}

/// The Region of the first user or, without one, of the role's account.
std::string region_of(const Scenario& scenario, const Role& role, const std::vector<const Resource*>& users) {
  if (!users.empty()) return scenario.accounts[users.front()->account].regions[users.front()->region].name;
  const auto own = std::find_if(scenario.accounts.begin(), scenario.accounts.end(),
                                [&](const Account& account) { return account.id == role.account; });
  return own == scenario.accounts.end() ? "*" : own->regions.front().name;
}

/// A trust policy is judged with the first user's request or, without one, as for a fleet of the role's own account.
void audit_trust(const Scenario& scenario, const Role& role, const std::vector<const Resource*>& users,
                 Findings& findings) {
  const SourcePlace place = place_or(role.trust_policy_place, role.place);
  if (!role.trust_policy) {
    findings.add(
        "role-without-trust-policy", role_text(role), role.place,
        "the role has no trust policy, so nobody may assume it; allow sts:AssumeRole to appstream.amazonaws.com");
    return;
  }
  if (role.trust_policy->mentions("aws:SourceIp"))
    findings.add(
        "trust-policy-source-ip", role_text(role), place,
        "the trust policy looks at aws:SourceIp, but AppStream calls sts:AssumeRole, not the instance; limit the "
        "address in the permission policies, and the trust policy by aws:SourceArn");
  const std::string region = region_of(scenario, role, users);
  const std::string fleets_of = "arn:" + role.partition + ":appstream:" + region + ":";
  const RoleRequester stranger{"000000000000", region, fleets_of + "000000000000:fleet/credsim-no-such-fleet"};
  if (iam::evaluate_trust(*role.trust_policy, agent_request(role, stranger, scenario.start)) != iam::Decision::allowed)
    return;
  findings.add(
      "trust-policy-without-source-condition", role_text(role), place,
      "the trust policy lets AppStream assume the role on behalf of any account; add a condition such as ArnLike "
      "aws:SourceArn " +
          fleets_of + role.account + ":fleet/*");
}

void audit_breadth(const Scenario& scenario, const Role& role, const std::vector<const Resource*>& users,
                   Findings& findings) {
  if (users.empty()) return;
  std::set<std::string> services(kCommonServices.begin(), kCommonServices.end());
  for (const Resource* user : users)
    for (const Workload& workload : user->workloads)
      services.insert(workload.calls.action.substr(0, workload.calls.action.find(':')));

  for (std::size_t i = 0; i < role.policies.size(); ++i) {
    Workload any;
    any.region = users.front()->region;
    const Caller caller{scenario, *users.front(), role, any, sample_addresses(*users.front()).front()};
    const auto allows_anything_of = [&](const std::string& service) {
      const iam::Request request = request_of(caller, service + ":" + std::string(kNoAction),
                                              "arn:" + role.partition + ":" + service + std::string(kNoResource));
      return iam::evaluate_session(
                 {.identity = std::span(&role.policies[i], 1),
                  .permissions_boundary = role.permissions_boundary ? &*role.permissions_boundary : nullptr,
                  .service_control_policies = {}},
                 request) == iam::Decision::allowed;
    };
    std::vector<std::string> broad;
    if (allows_anything_of("credsim-no-such-service"))
      broad = {"every action of every service"};
    else
      for (const std::string& service : services)
        if (allows_anything_of(service)) broad.push_back(service + ":*");
    if (broad.empty()) continue;
    findings.add("broad-permissions", role_text(role), policy_place(role, i),
                 "a policy allows " + iam::listed(broad) +
                     " on any resource; allow only the actions and resources that the scripts need");
  }
}

void audit_place_of_use(const Scenario& scenario, const Role& role, const std::vector<const Resource*>& users,
                        Findings& findings) {
  if (users.empty() || role.policies.empty()) return;
  const SourcePlace place = policy_place(role, 0);
  const std::string advice =
      "; add a condition such as IpAddress aws:SourceIp with the egress addresses, or StringEquals aws:SourceVpce, so "
      "that credentials that are "
      "carried off are worth nothing";
  bool any_allowed = false;
  for (const Resource* user : users)
    for (const Workload& workload : user->workloads) {
      Caller caller{scenario, *user, role, workload, sample_addresses(*user).front()};
      if (decide(caller) != iam::Decision::allowed) continue;
      any_allowed = true;
      caller.address = kOutsideAddress;
      caller.outside = true;
      if (decide(caller) != iam::Decision::allowed) continue;
      findings.add("unrestricted-use", role_text(role), place,
                   workload.calls.action + " is allowed from anywhere, not only from the instances" + advice);
      return;
    }
  if (any_allowed) return;
  const auto limits_place = [](const iam::PolicyDocument& policy) {
    return std::any_of(kPlaceKeys.begin(), kPlaceKeys.end(),
                       [&](std::string_view key) { return policy.mentions(key); });
  };
  const bool limited = std::any_of(role.policies.begin(), role.policies.end(), limits_place) ||
                       (role.permissions_boundary && limits_place(*role.permissions_boundary));
  if (!limited)
    findings.add("unrestricted-use", role_text(role), place,
                 "no condition says where the credentials can be used" + advice);
}

void audit_endpoints(const Scenario& scenario, const Resource& resource, Findings& findings) {
  if (!resource.vpc_endpoint) return;
  for (const std::size_t index : roles_of(resource)) {
    const Role& role = scenario.roles[index];
    const auto looks_at_source_ip = [](const iam::PolicyDocument& policy) { return policy.mentions("aws:SourceIp"); };
    if (std::any_of(role.policies.begin(), role.policies.end(), looks_at_source_ip) ||
        (role.permissions_boundary && looks_at_source_ip(*role.permissions_boundary)))
      findings.add("source-ip-behind-endpoint", resource_text(resource), resource.place,
                   role_text(role) + " has a policy that looks at aws:SourceIp, which calls through VPC endpoint " +
                       *resource.vpc_endpoint + " do not carry; look at aws:VpcSourceIp or aws:SourceVpce");
  }
}

}  // namespace

void audit_roles(const Scenario& scenario, Findings& findings) {
  for (std::size_t i = 0; i < scenario.roles.size(); ++i) {
    const Role& role = scenario.roles[i];
    const std::vector<const Resource*> users = users_of(scenario, i);
    audit_sharing(role, users, findings);
    audit_trust(scenario, role, users, findings);
    audit_breadth(scenario, role, users, findings);
    audit_place_of_use(scenario, role, users, findings);
  }
  for (const Resource& resource : scenario.resources) {
    audit_endpoints(scenario, resource, findings);
    if (resource.type == ResourceType::image_builder) continue;
    for (const RoleChange& change : resource.role_changes)
      findings.add("role-change-stops-fleet", resource_text(resource), place_or(resource.role_place, resource.place),
                   "the role change at " + duration_text(change.at.time_since_epoch()) +
                       " stops the fleet, which ends its sessions; plan it for a time without any");
  }
}

}  // namespace credsim::audit
