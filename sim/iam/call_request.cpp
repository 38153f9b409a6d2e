#include "credsim/call_request.hpp"

#include <algorithm>
#include <array>

#include "iam/arn_pattern.hpp"
#include "iam/call_time.hpp"
#include "iam/global_keys.hpp"
#include "iam/ip_range.hpp"
#include "iam/wildcard.hpp"

namespace credsim {
namespace {

std::string session_name(const ApiCall& call) {
  return call.resource.name + "-" + std::to_string(call.instance);
}

/// "AROA" and 17 characters that the role's ARN decides, in the form of IAM's unique identifiers: the real one is known
/// to AWS only.
std::string role_id(const Role& role) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  constexpr std::size_t kLength = 21;
  std::uint64_t hash = 0xCBF29CE484222325;  // FNV-1a
  const auto add = [&hash](char byte) { hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3; };
  for (const char byte : role.arn()) add(byte);
  std::string id = "AROA";
  while (id.size() < kLength) {
    add(id.back());
    id += kAlphabet[hash >> 59U];
  }
  return id;
}

/// How the clients introduce themselves begins so, whatever follows, with the version that they are of today: botocore,
/// session.py; AWS Tools for PowerShell; the SDKs' sources. In the order of ClientTool.
struct Product {
  std::string_view name;
  std::uint32_t major;
};
constexpr std::array<Product, kClientTools.size()> kProducts = {{{"aws-cli/", 2},
                                                                 {"AWSPowerShell.Common/", 5},
                                                                 {"Boto3/", 1},
                                                                 {"aws-sdk-js/", 3},
                                                                 {"aws-sdk-ruby3/", 3},
                                                                 {"aws-sdk-go-v2/", 1},
                                                                 {"aws-sdk-java/", 2}}};

std::string user_agent(const Client& client) {
  const auto& [product, major] = kProducts.at(static_cast<std::size_t>(client.tool));
  const Version version = client.version.value_or(Version{major});
  return std::string(product) + std::to_string(version[0]) + "." + std::to_string(version[1]) + "." +
         std::to_string(version[2]);
}

/// A key of every call: whence its value comes, and what else than the workload and the role decides it.
struct CallKey {
  std::string_view key;
  Varies varies;
  std::string (*value)(const ApiCall& call);
};

constexpr auto kCallKeys = std::to_array<CallKey>({
    {"aws:CurrentTime", Varies::by_time, [](const ApiCall& call) { return iam::iso8601(call.at); }},
    {"aws:EpochTime", Varies::by_time, [](const ApiCall& call) { return iam::epoch_seconds(call.at); }},
    {"aws:TokenIssueTime", Varies::by_time, [](const ApiCall& call) { return iam::iso8601(call.token_issued); }},
    {"aws:userid", Varies::by_instance,
     [](const ApiCall& call) { return role_id(call.role) + ":" + session_name(call); }},
    {"aws:SecureTransport", Varies::never, [](const ApiCall&) { return std::string("true"); }},
    {"aws:ViaAWSService", Varies::never, [](const ApiCall&) { return std::string("false"); }},
    {"aws:RequestedRegion", Varies::never, [](const ApiCall& call) { return call.region; }},
    {"aws:PrincipalArn", Varies::never, [](const ApiCall& call) { return call.role.arn(); }},
    {"aws:PrincipalAccount", Varies::never, [](const ApiCall& call) { return call.role.account; }},
    {"aws:PrincipalType", Varies::never, [](const ApiCall&) { return std::string("AssumedRole"); }},
    {"aws:PrincipalIsAWSService", Varies::never, [](const ApiCall&) { return std::string("false"); }},
    {"aws:UserAgent", Varies::never, [](const ApiCall& call) { return user_agent(call.workload.client); }},
});

/// What set_source_address() may set.
constexpr std::array<std::string_view, 2> kAddressKeys{"aws:SourceIp", "aws:VpcSourceIp"};

void set_keys(iam::RequestContext& context, const ApiCall& call, Varies varies) {
  for (const CallKey& row : kCallKeys)
    if (row.varies == varies) context.set(row.key, row.value(call));
}

template <bool kThroughEndpoint, bool kOfRole>
bool call_never_carries(std::string_view key) {
  const iam::GlobalKey* known = iam::find_global_key(key);
  if (known == nullptr) return !iam::may_exist(key);
  if (kThroughEndpoint && known->name == "aws:SourceIp") return true;
  if (kOfRole && known->name == "aws:ResourceTag/") return true;
  return known->in_session == iam::Carried::never ||
         (!kThroughEndpoint && known->in_session == iam::Carried::with_endpoint);
}

iam::RequestContext::NeverCarries never_carries_of(bool through_endpoint, bool of_role) {
  if (through_endpoint) return of_role ? call_never_carries<true, true> : call_never_carries<true, false>;
  return of_role ? call_never_carries<false, true> : call_never_carries<false, false>;
}

bool is_of_endpoints(std::string_view key) {
  const iam::GlobalKey* known = iam::find_global_key(key);
  return known != nullptr && known->in_session == iam::Carried::with_endpoint;
}

std::string_view account_of(std::string_view arn) {
  const auto parts = iam::split_arn(arn);
  if (!parts) return {};
  const std::string_view account = (*parts)[4];
  return account.find_first_not_of("0123456789") == std::string_view::npos ? account : std::string_view{};
}

bool is_key_of_kms(std::string_view arn) {
  const auto parts = iam::split_arn(arn);
  return parts && (*parts)[2] == "kms" && (*parts)[5].starts_with("key/");
}

}  // namespace

bool Calls::assumes_role() const {
  return iam::equals_ignoring_case(action, "sts:AssumeRole");
}

void set_source_address(iam::RequestContext& context, const Resource& resource, std::optional<std::uint32_t> address,
                        bool through_endpoint) {
  if (!address) return;
  const bool endpoint = resource.vpc_endpoint && through_endpoint;
  context.set(endpoint ? "aws:VpcSourceIp" : "aws:SourceIp", iam::ipv4_text(*address));
}

void set_instance(iam::Request& request, const ApiCall& call) {
  request.principal = {iam::Principal::Kind::aws, "arn:" + call.role.partition + ":sts::" + call.role.account +
                                                      ":assumed-role/" + call.role.name + "/" + session_name(call)};
  set_keys(request.context, call, Varies::by_instance);
  set_source_address(request.context, call.resource, call.address, call.through_endpoint);
}

iam::Request call_request(const ApiCall& call) {
  const bool endpoint = call.resource.vpc_endpoint && call.through_endpoint;
  iam::Request request;
  request.action = call.action;
  request.resource = call.target;
  iam::RequestContext& context = request.context;
  context.leave_open_unless(never_carries_of(endpoint, call.target_role != nullptr));
  for (const iam::RequestContext::Entry& given : call.workload.request_context)
    if (call.through_endpoint || !is_of_endpoints(given.key)) context.set(given);
  set_keys(context, call, Varies::never);
  set_keys(context, call, Varies::by_time);
  if (endpoint) context.set("aws:SourceVpce", *call.resource.vpc_endpoint);
  if (const std::string_view account = account_of(call.target); !account.empty())
    context.set("aws:ResourceAccount", std::string(account));
  for (const auto& [name, value] : call.role.tags) context.set("aws:PrincipalTag/" + name, value);
  if (call.target_role != nullptr)
    for (const auto& [name, value] : call.target_role->tags) context.set("aws:ResourceTag/" + name, value);
  set_instance(request, call);
  return request;
}

Varies variation_of(const iam::PolicyDocument& document) {
  Varies most = document.names_sessions() ? Varies::by_instance : Varies::never;
  for (const CallKey& row : kCallKeys)
    if (row.varies > most && document.mentions(row.key)) most = row.varies;
  const bool by_address = std::any_of(kAddressKeys.begin(), kAddressKeys.end(),
                                      [&](std::string_view key) { return document.mentions(key); });
  return by_address ? std::max(most, Varies::by_address) : most;
}

Varies variation_of(const iam::SessionPolicies& policies) {
  Varies most = Varies::never;
  const auto look_at = [&most](const iam::PolicyDocument& document) { most = std::max(most, variation_of(document)); };
  std::for_each(policies.identity.begin(), policies.identity.end(), look_at);
  if (policies.permissions_boundary != nullptr) look_at(*policies.permissions_boundary);
  for (const iam::ServiceControlLevel& level : policies.service_control_policies)
    std::for_each(level.policies.begin(), level.policies.end(), look_at);
  if (policies.resource != nullptr) look_at(*policies.resource);
  return most;
}

std::string_view target_account(const Workload& workload) {
  if (const std::string_view account = account_of(workload.calls.resource); !account.empty()) return account;
  for (const iam::RequestContext::Entry& given : workload.request_context)
    if (given.key == "aws:resourceaccount" && !given.values.empty()) return given.values.front();
  return {};
}

iam::SessionPolicies policies_of_call(const Workload& workload, const Role& role, const Region& region,
                                      std::span<const iam::PolicyDocument> identity,
                                      const iam::PolicyDocument* target_trust) {
  const Calls& calls = workload.calls;
  iam::SessionPolicies policies{
      .identity = identity,
      .permissions_boundary = role.permissions_boundary ? &*role.permissions_boundary : nullptr,
      .service_control_policies = region.service_control_policies};
  policies.resource = calls.resource_policy ? &*calls.resource_policy : target_trust;
  const std::string_view account = target_account(workload);
  if (!account.empty() && account != role.account)
    policies.side = iam::ResourceSide::other_account;
  else if (calls.assumes_role() || (is_key_of_kms(calls.resource) && policies.resource != nullptr))
    policies.side = iam::ResourceSide::own_say;
  else if (policies.resource != nullptr)
    policies.side = iam::ResourceSide::same_account;
  const bool must_allow =
      policies.side == iam::ResourceSide::other_account || policies.side == iam::ResourceSide::own_say;
  policies.resource_not_given = must_allow && !calls.resource_policy && !calls.role;
  return policies;
}

}  // namespace credsim
