#include "credsim/prerequisites.hpp"

#include <string>

#include "iam/call_time.hpp"
#include "iam/global_keys.hpp"

namespace credsim {
namespace {

bool agent_never_carries(std::string_view key) {
  const iam::GlobalKey* known = iam::find_global_key(key);
  return known == nullptr ? !iam::may_exist(key) : known->in_service == iam::Carried::never;
}

}  // namespace

iam::Request agent_request(const Role& role, const RoleRequester& requester,
                           std::chrono::sys_time<std::chrono::microseconds> at) {
  iam::Request request;
  request.principal = {iam::Principal::Kind::service, std::string(kAppStreamPrincipal)};
  request.action = "sts:AssumeRole";
  request.resource = role.arn();
  iam::RequestContext& context = request.context;
  context.leave_open_unless(agent_never_carries);
  for (const iam::RequestContext::Entry& given : requester.request_context) context.set(given);
  for (const auto& [name, value] : role.tags) context.set("aws:ResourceTag/" + name, value);
  context.set("aws:CurrentTime", iam::iso8601(at));
  context.set("aws:EpochTime", iam::epoch_seconds(at));
  context.set("aws:PrincipalIsAWSService", "true");
  context.set("aws:PrincipalServiceName", std::string(kAppStreamPrincipal));
  context.set("aws:RequestedRegion", requester.region);
  context.set("aws:ResourceAccount", role.account);
  context.set("aws:SecureTransport", "true");
  context.set("aws:SourceAccount", requester.account);
  context.set("aws:SourceArn", requester.resource_arn);
  context.set("aws:UserAgent", std::string(kAppStreamPrincipal));  // FACTS.md 7: as CloudTrail shows it
  context.set("aws:ViaAWSService", "false");
  return request;
}

RoleRequester requester_of(const Scenario& scenario, const Resource& resource) {
  const Account& account = scenario.accounts[resource.account];
  const std::string& region = account.regions[resource.region].name;
  const std::string kind = resource.type == ResourceType::image_builder ? "image-builder/" : "fleet/";
  RoleRequester requester{account.id, region,
                          "arn:" + std::string(account.partition()) + ":appstream:" + region + ":" + account.id + ":" +
                              kind + resource.name,
                          std::nullopt, resource.request_context};
  if (resource.image) requester.agent_released = scenario.images[*resource.image].agent_released;
  return requester;
}

std::vector<Reason> unmet_prerequisites(const Role& role, const iam::PolicyDocument* trust,
                                        const RoleRequester& requester,
                                        std::chrono::sys_time<std::chrono::microseconds> at) {
  std::vector<Reason> reasons;
  if (role.account != requester.account) reasons.push_back(Reason::role_in_other_account);
  if (role.kind != RoleKind::role) reasons.push_back(Reason::service_role);
  if (requester.agent_released && *requester.agent_released < kFirstAgentWithRoles)
    reasons.push_back(Reason::agent_too_old);
  if (trust == nullptr || iam::evaluate_trust(*trust, agent_request(role, requester, at)) != iam::Decision::allowed)
    reasons.push_back(Reason::trust_policy_denies);
  return reasons;
}

}  // namespace credsim
