#include <algorithm>
#include <string>
#include <vector>

#include "credsim/prerequisites.hpp"

#include "iam/statement.hpp"
#include "scenario/audit_findings.hpp"
#include "scenario/audit_text.hpp"

namespace credsim::audit {
namespace {

/// A role that a resource gets, and when.
struct Application {
  const Resource& resource;
  const Role& role;
  std::string when;  ///< "" at the start, or "from 3h on, "
};

std::string date_text(std::chrono::sys_days day) {
  const std::chrono::year_month_day date{day};
  const auto two_digits = [](unsigned number) { return (number < 10 ? "-0" : "-") + std::to_string(number); };
  return std::to_string(static_cast<int>(date.year())) + two_digits(static_cast<unsigned>(date.month())) +
         two_digits(static_cast<unsigned>(date.day()));
}

/// What AppStream's request has for `key`, as a clause.
std::string sent_text(const iam::RequestContext& context, const std::string& key) {
  const iam::RequestContext::Entry* entry = context.find(key);
  return entry == nullptr ? "AppStream's request has no " + key
                          : "AppStream's request has " + key + " " + entry->values.front();
}

/// The keys of the conditions that keep the statements about AppStream from allowing, each once.
std::vector<std::string> failing_keys(const iam::PolicyDocument& trust, const iam::Request& request) {
  std::vector<std::string> keys;
  for (const auto& statement : trust.statements()) {
    if (statement.effect != iam::Effect::allow ||
        statement.principals.coverage(request.principal) == iam::Coverage::none)
      continue;
    for (const iam::Condition& condition : statement.conditions)
      if (condition.holds(request.context) == iam::Truth::no &&
          std::find(keys.begin(), keys.end(), condition.key()) == keys.end())
        keys.push_back(condition.key());
  }
  return keys;
}

std::string trust_advice(const Role& role, const RoleRequester& requester, const Scenario& scenario) {
  if (!role.trust_policy)
    return " has no trust policy; give it one that allows sts:AssumeRole to the service principal "
           "appstream.amazonaws.com";
  const iam::Request request = agent_request(role, requester, scenario.start);
  const std::string denies = " has a trust policy that does not let AppStream assume it";
  if (iam::evaluate_trust(*role.trust_policy, request) == iam::Decision::explicit_deny)
    return denies + ", since a Deny matches; take it away, or limit it to others";
  const std::vector<std::string> keys = failing_keys(*role.trust_policy, request);
  if (keys.empty()) return denies + "; it should allow sts:AssumeRole to the service principal appstream.amazonaws.com";
  std::string sent;
  for (const std::string& key : keys) sent += (sent.empty() ? "" : ", and ") + sent_text(request.context, key);
  return denies + ", since " + sent + "; change the condition, or take it away";
}

void add_finding(const Application& applied, Reason reason, const RoleRequester& requester, const Scenario& scenario,
                 Findings& findings) {
  const Role& role = applied.role;
  const std::string subject = resource_text(applied.resource);
  const SourcePlace place = place_or(applied.resource.role_place, applied.resource.place);
  const std::string which = applied.when + role_text(role);
  switch (reason) {
    case Reason::role_in_other_account:
      findings.add("role-in-other-account", subject, place,
                   which + " is in account " + role.account + ", not in " + subject + "'s account " +
                       requester.account + "; use a role of account " + requester.account);
      break;
    case Reason::service_role:
      findings.add("service-role", subject, place,
                   which + " is a " + (role.kind == RoleKind::service_role ? "service role" : "service-linked role") +
                       " (path " + role.path +
                       "); use a role made for this purpose, outside /service-role/ and /aws-service-role/");
      break;
    case Reason::agent_too_old: {
      const Image& image = scenario.images[*applied.resource.image];
      findings.add("agent-too-old", subject, place,
                   applied.when + "image " + image.name + " has an agent released on " +
                       date_text(image.agent_released) + "; roles need an agent released on or after " +
                       date_text(kFirstAgentWithRoles));
      break;
    }
    default:
      findings.add("trust-policy-denies", subject, place, which + trust_advice(role, requester, scenario));
  }
}

}  // namespace

void audit_prerequisites(const Scenario& scenario, Findings& findings) {
  for (const Resource& resource : scenario.resources) {
    std::vector<Application> applied;
    const auto add = [&](std::size_t role, std::string when) {
      const Role* applied_role = &scenario.roles[role];
      const bool known = std::any_of(applied.begin(), applied.end(),
                                     [&](const Application& other) { return &other.role == applied_role; });
      if (!known) applied.push_back({resource, *applied_role, std::move(when)});
    };
    if (resource.role) add(*resource.role, "");
    for (const RoleChange& change : resource.role_changes)
      if (change.role) add(*change.role, "from " + duration_text(change.at.time_since_epoch()) + " on, ");

    const RoleRequester requester = requester_of(scenario, resource);
    bool agent_reported = false;  // it is the same agent, whatever the role
    for (const Application& application : applied) {
      const Role& role = application.role;
      const iam::PolicyDocument* trust = role.trust_policy ? &*role.trust_policy : nullptr;
      for (const Reason reason : unmet_prerequisites(role, trust, requester, scenario.start)) {
        if (reason == Reason::agent_too_old && std::exchange(agent_reported, true)) continue;
        add_finding(application, reason, requester, scenario, findings);
      }
    }
  }
}

}  // namespace credsim::audit
