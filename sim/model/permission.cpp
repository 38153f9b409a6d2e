#include "model/permission.hpp"

#include <stdexcept>

namespace credsim::model {

namespace {

bool is_allowed(const iam::SessionPolicies& policies, const iam::Request& request) {
  const iam::Decision decision = iam::evaluate_session(policies, request);
  if (decision == iam::Decision::undecided)
    throw std::runtime_error("a call is undecided: a policy looks at a condition key that the scenario does not give");
  return decision == iam::Decision::allowed;
}

}  // namespace

Permissions::Permissions(const Scenario& scenario) : scenario_(scenario) {
  for (const Resource& resource : scenario.resources) rules_.emplace_back(resource.workloads.size());
}

Verdict Permissions::verdict(std::uint32_t resource_index, std::size_t workload, std::uint32_t role) const {
  const Resource& resource = scenario_.resources[resource_index];
  Client any_client;
  any_client.set_held(kSimulationStart);
  const Host any_instance{.key = {resource_index, role, RandomStream::root(0, 0)},
                          .number = 0,
                          .address = 0,
                          .lifetime = resource.credentials.lifetime,
                          .issued = kSimulationStart,
                          .network_ready = true};
  if (variation_of(policies(any_instance.key, workload, {})) != Varies::never) return Verdict::depends;
  return evaluate(any_instance, any_client, workload, {}, kSimulationStart) ? Verdict::allowed : Verdict::denied;
}

bool Permissions::allow(const Host& host, Client& client, std::size_t workload, InForce in_force, SimTime now) {
  Rule& known = rule(host, client, workload, in_force, now);
  if (known.varies == Varies::never) return known.allowed;
  if (known.varies == Varies::by_time) return evaluate(host, client, workload, in_force, now);
  // What a fault puts in force is in force for a while only: not worth the memory in every client.
  if (in_force != InForce{}) return allowed_at(known, host, client, workload, now);
  if (client.verdict() == Verdict::depends)
    client.set_verdict(allowed_at(known, host, client, workload, now) ? Verdict::allowed : Verdict::denied);
  return client.verdict() == Verdict::allowed;
}

Permissions::Rule& Permissions::rule(const Host& host, const Client& client, std::size_t workload, InForce in_force,
                                     SimTime now) {
  std::vector<Rule>& rules = rules_[host.key.resource][workload];
  for (Rule& known : rules)
    if (known.role == host.key.role && known.in_force == in_force) return known;
  Rule& made = rules.emplace_back();
  made.role = host.key.role;
  made.in_force = in_force;
  made.varies = variation_of(policies(host.key, workload, in_force));
  made.allowed = made.varies == Varies::never && evaluate(host, client, workload, in_force, now);
  if (made.varies == Varies::by_address || made.varies == Varies::by_instance)
    made.request = call_request(api_call(host, client, workload, now));
  return made;
}

bool Permissions::allowed_at(Rule& rule, const Host& host, const Client& client, std::size_t workload,
                             SimTime now) const {
  if (rule.varies == Varies::by_address) {
    const Resource& resource = scenario_.resources[host.key.resource];
    set_source_address(rule.request.context, resource, resource.source_address(host.number, host.address));
  } else {
    set_instance(rule.request, api_call(host, client, workload, now));
  }
  return is_allowed(policies(host.key, workload, rule.in_force), rule.request);
}

bool Permissions::evaluate(const Host& host, const Client& client, std::size_t workload, InForce in_force,
                           SimTime now) const {
  return is_allowed(policies(host.key, workload, in_force), call_request(api_call(host, client, workload, now)));
}

const Region& Permissions::called_region(std::uint32_t resource, std::size_t workload) const {
  const Resource& caller = scenario_.resources[resource];
  return scenario_.accounts[caller.account].regions[caller.workloads[workload].region];
}

iam::SessionPolicies Permissions::policies(const InstanceKey& instance, std::size_t workload, InForce in_force) const {
  const Workload& calling = scenario_.resources[instance.resource].workloads[workload];
  const Role& role = scenario_.roles[instance.role];
  const auto& faults = scenario_.faults;
  const iam::PolicyDocument* trust = nullptr;
  if (calling.calls.role) {
    const auto& own = scenario_.roles[*calling.calls.role].trust_policy;
    const auto& in_its_stead = in_force.trust == 0 ? own : faults[in_force.trust - 1].trust_policy;
    if (in_its_stead) trust = &*in_its_stead;
  }
  return policies_of_call(calling, role, called_region(instance.resource, workload),
                          in_force.identity == 0 ? role.policies : faults[in_force.identity - 1].policies, trust);
}

ApiCall Permissions::api_call(const Host& host, const Client& client, std::size_t workload, SimTime now) const {
  const Resource& resource = scenario_.resources[host.key.resource];
  const Workload& calling = resource.workloads[workload];
  return {.resource = resource,
          .role = scenario_.roles[host.key.role],
          .workload = calling,
          .instance = host.number,
          .address = resource.source_address(host.number, host.address),
          .region = called_region(host.key.resource, workload).name,
          .action = calling.calls.action,
          .target = calling.calls.resource,
          .target_role = calling.calls.role ? &scenario_.roles[*calling.calls.role] : nullptr,
          .at = scenario_.start + now.time_since_epoch(),
          .token_issued = scenario_.start + client.held_at().time_since_epoch()};
}

}  // namespace credsim::model
