#include <algorithm>
#include <string>
#include <vector>

#include "credsim/prerequisites.hpp"

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

std::string trust_advice(const Role& role, const RoleRequester& requester) {
  if (!role.trust_policy)
    return " has no trust policy; give it one that allows sts:AssumeRole to the service principal "
           "appstream.amazonaws.com";
  const auto mentions = [&](std::string_view key) { return role.trust_policy->mentions(key); };
  const std::string denies = " has a trust policy that does not let AppStream assume it; ";
  if (mentions("aws:SourceIp") || mentions("aws:VpcSourceIp"))
    return denies + "take its condition on the source address away: the service calls, not the instance";
  if (mentions("aws:SourceArn") || mentions("aws:SourceAccount"))
    return denies + "its conditions should hold for aws:SourceArn " + requester.resource_arn +
           " and aws:SourceAccount " + requester.account;
  if (mentions("aws:CurrentTime") || mentions("aws:EpochTime"))
    return denies +
           "take its condition on the time away: the simulator asks without one, so that such a condition "
           "never holds";
  return denies +
         "it should allow sts:AssumeRole to the service principal appstream.amazonaws.com, and no Deny should match";
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
      findings.add("trust-policy-denies", subject, place, which + trust_advice(role, requester));
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
      for (const Reason reason : unmet_prerequisites(role, trust, requester)) {
        if (reason == Reason::agent_too_old && std::exchange(agent_reported, true)) continue;
        add_finding(application, reason, requester, scenario, findings);
      }
    }
  }
}

}  // namespace credsim::audit
