#include "model/permission.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

namespace credsim::model {

namespace {

std::string dotted(std::uint32_t address) {
  return std::to_string(address >> 24) + '.' + std::to_string(address >> 16 & 255) + '.' +
         std::to_string(address >> 8 & 255) + '.' + std::to_string(address & 255);
}

std::string iso8601(const Scenario& scenario, SimTime time) {
  using namespace std::chrono;
  const auto utc = scenario.start + time.time_since_epoch();
  const auto day = floor<days>(utc);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(utc - day)};
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

std::string epoch_seconds(const Scenario& scenario, SimTime time) {
  using namespace std::chrono;
  return std::to_string(floor<seconds>(scenario.start + time.time_since_epoch()).time_since_epoch().count());
}

constexpr std::array kAddressKeys{"aws:SourceIp", "aws:VpcSourceIp"};
constexpr std::array kTimeKeys{"aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime"};

}  // namespace

Permissions::Permissions(const Scenario& scenario) : scenario_(scenario) {
  for (const Resource& resource : scenario.resources) rules_.emplace_back(resource.workloads.size());
}

bool Permissions::allow(const Instance& instance, Client& client, std::size_t workload, PolicySet set, SimTime now) {
  const Rule& known = rule(instance, client, workload, set, now);
  if (known.depends == Depends::nothing) return known.allowed;
  if (known.depends == Depends::time) return evaluate(instance, client, workload, set, now);
  if (client.permission == 0 || client.permission_set != set) {
    client.permission = evaluate(instance, client, workload, set, now) ? 2 : 1;
    client.permission_set = set;
  }
  return client.permission == 2;
}

Permissions::Rule& Permissions::rule(const Instance& instance, const Client& client, std::size_t workload,
                                     PolicySet set, SimTime now) {
  std::vector<Rule>& rules = rules_[instance.resource][workload];
  for (Rule& known : rules)
    if (known.role == instance.role && known.set == set) return known;
  const Resource& resource = scenario_.resources[instance.resource];
  const Region& called = scenario_.accounts[resource.account].regions[resource.workloads[workload].region];
  const Depends depends = dependence(instance.role, set, called);
  const bool allowed = depends == Depends::nothing && evaluate(instance, client, workload, set, now);
  return rules.emplace_back(Rule{instance.role, set, depends, allowed});
}

Permissions::Depends Permissions::dependence(std::uint32_t role, PolicySet set, const Region& called) const {
  std::vector<const iam::PolicyDocument*> documents;
  for (const auto& policy : identity_policies(role, set)) documents.push_back(&policy);
  if (const auto& boundary = scenario_.roles[role].permissions_boundary) documents.push_back(&*boundary);
  for (const auto& policy : called.service_control_policies) documents.push_back(&policy);
  const auto any_mentions = [&](const auto& keys) {
    return std::ranges::any_of(documents, [&](const iam::PolicyDocument* document) {
      return std::ranges::any_of(keys, [&](const char* key) { return document->mentions(key); });
    });
  };
  if (any_mentions(kTimeKeys)) return Depends::time;
  return any_mentions(kAddressKeys) ? Depends::address : Depends::nothing;
}

bool Permissions::evaluate(const Instance& instance, const Client& client, std::size_t workload_index, PolicySet set,
                           SimTime now) const {
  const Resource& resource = scenario_.resources[instance.resource];
  const Workload& workload = resource.workloads[workload_index];
  const Account& account = scenario_.accounts[resource.account];
  const Region& called = account.regions[workload.region];
  const Role& role = scenario_.roles[instance.role];

  iam::Request request;
  request.principal = {iam::Principal::Kind::aws, "arn:aws:sts::" + role.account + ":assumed-role/" + role.name + "/" +
                                                      resource.name + "-" + std::to_string(instance.number)};
  request.action = workload.calls.action;
  request.resource = workload.calls.resource;
  iam::RequestContext& context = request.context;
  if (resource.vpc_endpoint) {
    context.set("aws:VpcSourceIp", dotted(instance.address));
    context.set("aws:SourceVpce", *resource.vpc_endpoint);
  } else {
    context.set("aws:SourceIp", dotted(instance.address));
  }
  context.set("aws:CurrentTime", iso8601(scenario_, now));
  context.set("aws:EpochTime", epoch_seconds(scenario_, now));
  context.set("aws:TokenIssueTime", iso8601(scenario_, client.held_issued));
  context.set("aws:SecureTransport", "true");
  context.set("aws:RequestedRegion", called.name);
  context.set("aws:PrincipalArn", role.arn());
  context.set("aws:PrincipalAccount", role.account);
  context.set("aws:PrincipalIsAWSService", "false");
  for (const auto& [name, value] : role.tags) context.set("aws:PrincipalTag/" + name, value);

  const iam::SessionPolicies policies{
      .identity = identity_policies(instance.role, set),
      .permissions_boundary = role.permissions_boundary ? &*role.permissions_boundary : nullptr,
      .service_control_policies = called.service_control_policies};
  return iam::evaluate_session(policies, request) == iam::Decision::allowed;
}

const std::vector<iam::PolicyDocument>& Permissions::identity_policies(std::uint32_t role, PolicySet set) const {
  return set == 0 ? scenario_.roles[role].policies : scenario_.faults[set - 1].policies;
}

}  // namespace credsim::model
