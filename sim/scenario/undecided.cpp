#include "scenario/undecided.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "credsim/prerequisites.hpp"

#include "iam/wildcard.hpp"
#include "scenario/audit_permission.hpp"
#include "scenario/audit_text.hpp"

namespace credsim {
namespace {

using audit::Caller;
using audit::place_or;

/// So many sessions stand for all of a resource, where a policy tells them apart.
constexpr std::int64_t kInstances = 64;

/// The policies of a kind that can be in force: the role's own (null), and those of faults.
std::vector<const Fault*> changes(const Scenario& scenario, FaultKind kind, std::size_t resource, std::size_t role) {
  std::vector<const Fault*> found{nullptr};
  const Resource& of = scenario.resources[resource];
  for (const Fault& fault : scenario.faults) {
    const FaultScope& scope = fault.scope;
    if (fault.kind == kind && fault.at < kSimulationStart + scenario.duration &&
        (!scope.resource || *scope.resource == resource) && (!scope.role || *scope.role == role) &&
        (!scope.account || *scope.account == of.account) &&
        (!scope.region || *scope.region == scenario.accounts[of.account].regions[of.region].name))
      found.push_back(&fault);
  }
  return found;
}

/// The same, of the role that a workload assumes: faults that name it.
std::vector<const Fault*> trust_changes(const Scenario& scenario, const Workload& workload) {
  std::vector<const Fault*> found{nullptr};
  for (const Fault& fault : scenario.faults)
    if (workload.calls.role && fault.kind == FaultKind::trust_policy_changed && fault.scope.role == workload.calls.role)
      found.push_back(&fault);
  return found;
}

/// Moments of the run that stand for all of them.
std::vector<Duration> moments(const Scenario& scenario, Varies varies) {
  if (varies != Varies::by_time) return {Duration{}};
  constexpr int kMoments = 64;
  std::vector<Duration> moments;
  for (int i = 0; i <= kMoments; ++i) moments.push_back(scenario.duration / kMoments * i);
  return moments;
}

std::string remedy(const std::vector<std::string>& keys, std::string_view givers) {
  std::string given;
  bool address = false;
  for (const std::string& key : keys) {
    if (iam::equals_ignoring_case(key, "aws:SourceIp"))
      address = true;
    else
      given += (given.empty() ? "" : ", ") + key + ": VALUE";
  }
  std::string text = address ? "give the fleet's egress, the addresses that AWS sees" : "";
  if (!given.empty())
    text += (address ? ", and " : "") + std::string("give request_context: {") + given + "} of the " +
            std::string(givers) + ", with a [list] for a multivalued key and absent for one that is not sent";
  return text;
}

std::string policy_text(const Caller& caller, iam::PolicyPlace place) {
  using Kind = iam::PolicyPlace::Kind;
  switch (place.kind) {
    case Kind::identity: {
      const Fault* fault = caller.permissions_changed;
      return "policy " + std::to_string(place.index + 1) + " of " +
             (fault != nullptr ? "fault " + fault->name : audit::role_text(caller.role));
    }
    case Kind::permissions_boundary:
      return "the permissions boundary of " + audit::role_text(caller.role);
    case Kind::service_control:
      return audit::level_text(caller.region().service_control_policies[place.index]);
    case Kind::resource:
      break;
  }
  const Fault* fault = caller.trust_policy_changed;
  return fault != nullptr ? "the trust policy of fault " + fault->name
                          : audit::resource_policy_text(caller.scenario, caller.workload.calls);
}

class Refusal {
 public:
  Refusal(const Scenario& scenario, Diagnostics& diagnostics) : scenario_(scenario), diagnostics_(diagnostics) {}

  void look_at(std::size_t resource) {
    for (const std::size_t role : audit::roles_of(scenario_.resources[resource])) {
      look_at_trust(resource, role);
      for (const Workload& workload : scenario_.resources[resource].workloads)
        if (workload.profile == kMachineRoleProfile && !workload.client.too_old())
          look_at_calls(resource, role, workload);
    }
  }

 private:
  void look_at_trust(std::size_t index, std::size_t role_index) {
    const Resource& resource = scenario_.resources[index];
    const Role& role = scenario_.roles[role_index];
    const RoleRequester requester = requester_of(scenario_, resource);
    // The trust policy is asked last.
    if (unmet_prerequisites(role, nullptr, requester, scenario_.start).size() > 1) return;
    for (const Fault* fault : changes(scenario_, FaultKind::trust_policy_changed, index, role_index)) {
      const auto& trust = fault != nullptr ? fault->trust_policy : role.trust_policy;
      if (!trust) continue;
      for (const Duration moment : moments(scenario_, variation_of(*trust))) {
        const auto keys = iam::open_keys(*trust, agent_request(role, requester, scenario_.start + moment));
        if (keys.empty()) continue;
        const SourcePlace place = fault != nullptr ? fault->place : place_or(role.trust_policy_place, role.place);
        const std::string policy = fault != nullptr ? "fault " + fault->name : audit::role_text(role);
        std::string listed;
        for (const std::string& key : keys) listed += (listed.empty() ? "" : " and ") + key;
        refuse(place, "whether AppStream may assume " + audit::role_text(role) + " for " +
                          audit::resource_text(resource) + " depends on " + listed + ", at which the trust policy of " +
                          policy + " looks; " + remedy(keys, "fleet, the image builder or the account"));
        break;
      }
    }
  }

  void look_at_calls(std::size_t resource, std::size_t role, const Workload& workload) {
    for (const Fault* permissions : changes(scenario_, FaultKind::permissions_changed, resource, role))
      for (const Fault* trust : trust_changes(scenario_, workload))
        look_at_call({.scenario = scenario_,
                      .resource = scenario_.resources[resource],
                      .role = scenario_.roles[role],
                      .workload = workload,
                      .permissions_changed = permissions,
                      .trust_policy_changed = trust});
  }

  void look_at_call(Caller caller) {
    const Varies varies = variation_of(audit::policies_of(caller));
    const std::vector<std::optional<std::uint32_t>> addresses = audit::sample_addresses(caller.resource);
    caller.address = addresses.front();
    if (said_undecided(caller, varies) || varies == Varies::never) return;
    for (const std::optional<std::uint32_t> address : addresses) {
      caller.address = address;
      if (said_undecided(caller, varies)) return;
    }
    if (varies == Varies::by_address) return;
    for (std::int64_t instance = 1; instance < std::min(kInstances, caller.resource.most_instances()); ++instance) {
      caller.instance = instance;
      if (said_undecided(caller, varies)) return;
    }
  }

  /// True, and said what makes it so, if the call is undecided at some time.
  bool said_undecided(Caller& caller, Varies varies) {
    const iam::SessionPolicies policies = audit::policies_of(caller);
    for (const Duration moment : moments(scenario_, varies)) {
      caller.since_start = moment;
      const iam::Request request = audit::request_of(caller);
      if (iam::evaluate_session(policies, request) != iam::Decision::undecided) continue;
      if (policies.resource_not_given) refuse_without_policy(caller);
      if (const auto open = iam::open_keys(policies, request); !open.empty()) refuse_open(caller, open);
      return true;
    }
    return false;
  }

  void refuse_open(const Caller& caller, const std::vector<iam::OpenKey>& open) {
    std::vector<std::string> keys;
    std::string listed;
    for (const iam::OpenKey& one : open) {
      if (std::find(keys.begin(), keys.end(), one.key) == keys.end()) keys.push_back(one.key);
      listed +=
          (listed.empty() ? "" : ", and on ") + one.key + ", at which " + policy_text(caller, one.policy) + " looks";
    }
    refuse(place_of(caller),
           question(caller) + listed + "; " + remedy(keys, "workload, the fleet or image builder, or the account"));
  }

  void refuse_without_policy(const Caller& caller) {
    const Calls& calls = caller.workload.calls;
    const std::string account(target_account(caller.workload));
    refuse(place_of(caller),
           question(caller) + (calls.assumes_role()
                                   ? "the trust policy of that role, which this scenario does not have; declare it "
                                     "under roles, or give its trust policy as calls.resource_policy"
                                   : "the policy of that resource, which belongs to account " + account +
                                         "; give it as calls.resource_policy"));
  }

  std::string question(const Caller& caller) const {
    const Calls& calls = caller.workload.calls;
    return "whether " + audit::workload_text(caller.resource, caller.workload) + " may do " + calls.action + " on " +
           calls.resource + " with " + audit::role_text(caller.role) + " depends on ";
  }

  static SourcePlace place_of(const Caller& caller) { return place_or(caller.workload.place, caller.resource.place); }

  /// Fleets that share a role and its policies say the same of it at one place.
  void refuse(SourcePlace place, const std::string& message) {
    const std::string key = std::to_string(place.line) + ":" + std::to_string(place.column) + message;
    if (std::find(said_.begin(), said_.end(), key) != said_.end()) return;
    said_.push_back(key);
    diagnostics_.add({.source = 0, .place = place}, message);
  }

  const Scenario& scenario_;
  Diagnostics& diagnostics_;
  std::vector<std::string> said_;
};

}  // namespace

void refuse_undecided(const Scenario& scenario, Diagnostics& diagnostics) {
  Refusal refusal(scenario, diagnostics);
  for (std::size_t i = 0; i < scenario.resources.size(); ++i) refusal.look_at(i);
}

}  // namespace credsim
