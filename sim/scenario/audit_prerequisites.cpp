#include <algorithm>
#include <string>
#include <vector>

#include "credsim/prerequisites.hpp"

#include "iam/trust_obstacles.hpp"
#include "iam/wildcard.hpp"
#include "scenario/audit_findings.hpp"
#include "scenario/audit_text.hpp"
#include "scenario/placed_json.hpp"

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

/// What would be right instead of an obstacle.
std::string remedy(const iam::TrustObstacle& obstacle) {
  using Part = iam::TrustObstacle::Part;
  switch (obstacle.part) {
    case Part::effect:
      return "take the Deny away, or limit it to others, and allow sts:AssumeRole to the service principal "
             "appstream.amazonaws.com";
    case Part::action:
      return "write Action sts:AssumeRole";
    case Part::principal:
      return "name the service principal appstream.amazonaws.com";
    case Part::condition:
      break;
  }
  if (iam::equals_ignoring_case(obstacle.key, "sts:ExternalId"))
    return "take the condition on sts:ExternalId away, since AppStream sends none, and limit the fleet by "
           "aws:SourceArn";
  return "change the condition on " + obstacle.key + ", or take it away";
}

/// "Principal wants Service ec2.amazonaws.com and gets Service appstream.amazonaws.com".
std::string obstacle_text(const iam::TrustObstacle& obstacle) {
  if (obstacle.part == iam::TrustObstacle::Part::effect) return "its Effect is Deny";
  const std::string relation = obstacle.negated ? " excludes " : " wants ";
  return obstacle.name + relation + obstacle.wanted + " and gets " + (obstacle.had.empty() ? "none" : obstacle.had);
}

/// Why the trust policy does not let AppStream assume the role, and what would be right.
std::string trust_text(const std::vector<iam::TrustObstacle>& obstacles) {
  std::string why;
  std::string remedies;
  for (const iam::TrustObstacle& obstacle : obstacles) {
    why += (why.empty() ? "" : ", and ") + obstacle_text(obstacle);
    remedies += (remedies.empty() ? "" : ", and ") + remedy(obstacle);
  }
  const std::string& statement = obstacles.front().statement;
  return " has a trust policy that does not let AppStream assume it: " +
         (statement.empty() ? "" : "in " + statement + ", ") + why + "; " + remedies;
}

void add_trust_finding(const Application& applied, const std::string& which, SourcePlace place,
                       const RoleRequester& requester, const Scenario& scenario, Findings& findings) {
  const Role& role = applied.role;
  const std::string subject = resource_text(applied.resource);
  if (!role.trust_policy)
    return findings.add("trust-policy-denies", subject, place,
                        which +
                            " has no trust policy; give it one that allows sts:AssumeRole to the service principal "
                            "appstream.amazonaws.com");
  const auto obstacles = iam::trust_obstacles(*role.trust_policy, agent_request(role, requester, scenario.start));
  const PolicyPlaces& parts = role.trust_policy_parts;
  if (!parts.parts.empty()) place = innermost_place(parts.parts, obstacles.front().pointer);
  findings.add("trust-policy-denies", subject, place, which + trust_text(obstacles), parts.file);
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
      add_trust_finding(applied, which, place, requester, scenario, findings);
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
