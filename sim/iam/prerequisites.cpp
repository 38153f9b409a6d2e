#include "credsim/prerequisites.hpp"

#include <string>

namespace credsim {
namespace {

iam::Request assume_role_request(const Role& role, const RoleRequester& requester) {
  iam::Request request;
  request.principal = {iam::Principal::Kind::service, std::string(kAppStreamPrincipal)};
  request.action = "sts:AssumeRole";
  request.resource = role.arn();
  request.context.set("aws:SourceAccount", requester.account);
  request.context.set("aws:SourceArn", requester.resource_arn);
  request.context.set("aws:RequestedRegion", requester.region);
  request.context.set("aws:PrincipalIsAWSService", "true");
  request.context.set("aws:PrincipalServiceName", std::string(kAppStreamPrincipal));
  request.context.set("aws:SecureTransport", "true");
  return request;
}

}  // namespace

RoleRequester requester_of(const Scenario& scenario, const Resource& resource) {
  const Account& account = scenario.accounts[resource.account];
  const std::string& region = account.regions[resource.region].name;
  const std::string kind = resource.type == ResourceType::image_builder ? "image-builder/" : "fleet/";
  RoleRequester requester{account.id, region,
                          "arn:" + std::string(account.partition()) + ":appstream:" + region + ":" + account.id + ":" +
                              kind + resource.name,
                          std::nullopt};
  if (resource.image) requester.agent_released = scenario.images[*resource.image].agent_released;
  return requester;
}

std::vector<Reason> unmet_prerequisites(const Role& role, const iam::PolicyDocument* trust,
                                        const RoleRequester& requester) {
  std::vector<Reason> reasons;
  if (role.account != requester.account) reasons.push_back(Reason::role_in_other_account);
  if (role.kind != RoleKind::role) reasons.push_back(Reason::service_role);
  if (requester.agent_released && *requester.agent_released < kFirstAgentWithRoles)
    reasons.push_back(Reason::agent_too_old);
  if (trust == nullptr || iam::evaluate_trust(*trust, assume_role_request(role, requester)) != iam::Decision::allowed)
    reasons.push_back(Reason::trust_policy_denies);
  return reasons;
}

}  // namespace credsim
