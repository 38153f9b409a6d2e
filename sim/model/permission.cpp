#include "model/permission.hpp"

#include <algorithm>
#include <array>

#include "credsim/call_request.hpp"

namespace credsim::model {

namespace {

constexpr std::array kAddressKeys{"aws:SourceIp", "aws:VpcSourceIp"};
constexpr std::array kTimeKeys{"aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime"};

}  // namespace

Permissions::Permissions(const Scenario& scenario) : scenario_(scenario) {
  for (const Resource& resource : scenario.resources) rules_.emplace_back(resource.workloads.size());
}

Verdict Permissions::verdict(std::uint32_t resource_index, std::size_t workload, std::uint32_t role) const {
  const Resource& resource = scenario_.resources[resource_index];
  if (dependence(role, 0, called_region(resource_index, workload)) != Depends::nothing) return Verdict::depends;
  Client any_client;
  any_client.set_held(kSimulationStart);
  const Host any_instance{.key = {resource_index, role, RandomStream::root(0, 0)},
                          .number = 0,
                          .address = 0,
                          .lifetime = resource.credentials.lifetime,
                          .issued = kSimulationStart,
                          .network_ready = true};
  return evaluate(any_instance, any_client, workload, 0, kSimulationStart) ? Verdict::allowed : Verdict::denied;
}

bool Permissions::allow(const Host& host, Client& client, std::size_t workload, PolicySet set, SimTime now) {
  Rule& known = rule(host, client, workload, set, now);
  if (known.depends == Depends::nothing) return known.allowed;
  if (known.depends == Depends::time) return evaluate(host, client, workload, set, now);
  // What a fault puts in force is in force for a while only: not worth the memory in every client.
  if (set != 0) return allowed_at(known, host, workload);
  if (client.verdict() == Verdict::depends)
    client.set_verdict(allowed_at(known, host, workload) ? Verdict::allowed : Verdict::denied);
  return client.verdict() == Verdict::allowed;
}

Permissions::Rule& Permissions::rule(const Host& host, const Client& client, std::size_t workload, PolicySet set,
                                     SimTime now) {
  std::vector<Rule>& rules = rules_[host.key.resource][workload];
  for (Rule& known : rules)
    if (known.role == host.key.role && known.set == set) return known;
  Rule& made = rules.emplace_back();
  made.role = host.key.role;
  made.set = set;
  made.depends = dependence(made.role, set, called_region(host.key.resource, workload));
  made.allowed = made.depends == Depends::nothing && evaluate(host, client, workload, set, now);
  if (made.depends == Depends::address) made.request = request(host, client, workload, now);
  return made;
}

bool Permissions::allowed_at(Rule& rule, const Host& host, std::size_t workload) const {
  const Resource& resource = scenario_.resources[host.key.resource];
  set_source_address(rule.request.context, resource, resource.source_address(host.number, host.address));
  return iam::evaluate_session(policies(host.key, workload, rule.set), rule.request) == iam::Decision::allowed;
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

bool Permissions::evaluate(const Host& host, const Client& client, std::size_t workload, PolicySet set,
                           SimTime now) const {
  return iam::evaluate_session(policies(host.key, workload, set), request(host, client, workload, now)) ==
         iam::Decision::allowed;
}

const Region& Permissions::called_region(std::uint32_t resource, std::size_t workload) const {
  const Resource& caller = scenario_.resources[resource];
  return scenario_.accounts[caller.account].regions[caller.workloads[workload].region];
}

iam::SessionPolicies Permissions::policies(const InstanceKey& instance, std::size_t workload, PolicySet set) const {
  const Role& role = scenario_.roles[instance.role];
  return {.identity = identity_policies(instance.role, set),
          .permissions_boundary = role.permissions_boundary ? &*role.permissions_boundary : nullptr,
          .service_control_policies = called_region(instance.resource, workload).service_control_policies};
}

iam::Request Permissions::request(const Host& host, const Client& client, std::size_t workload, SimTime now) const {
  const Resource& resource = scenario_.resources[host.key.resource];
  return call_request({.resource = resource,
                       .role = scenario_.roles[host.key.role],
                       .instance = host.number,
                       .address = resource.source_address(host.number, host.address),
                       .region = called_region(host.key.resource, workload).name,
                       .action = resource.workloads[workload].calls.action,
                       .target = resource.workloads[workload].calls.resource,
                       .at = scenario_.start + now.time_since_epoch(),
                       .token_issued = scenario_.start + client.held_at().time_since_epoch()});
}

const std::vector<iam::PolicyDocument>& Permissions::identity_policies(std::uint32_t role, PolicySet set) const {
  return set == 0 ? scenario_.roles[role].policies : scenario_.faults[set - 1].policies;
}

}  // namespace credsim::model
