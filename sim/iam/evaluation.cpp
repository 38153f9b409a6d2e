#include <algorithm>
#include <span>

#include "credsim/policy.hpp"

#include "iam/statement.hpp"
#include "iam/truth.hpp"

namespace credsim::iam {

namespace {

using Statement = PolicyDocument::Statement;

/// What one document says, or several together.
struct Says {
  Truth denies = Truth::no;
  Truth allows = Truth::no;
};

Says say(const PolicyDocument& document, const Request& request) {
  Says says;
  for (const Statement& statement : document.statements()) {
    Truth& effect = statement.effect == Effect::deny ? says.denies : says.allows;
    if (effect != Truth::yes) effect = effect || statement.applies(request);
  }
  return says;
}

/// What documents say of which any may allow.
template <typename Documents>
Says say_together(const Documents& documents, const Request& request) {
  Says together;
  for (const PolicyDocument& document : documents) {
    const Says says = say(document, request);
    together = {together.denies || says.denies, together.allows || says.allows};
  }
  return together;
}

/// By which name the statement is about the principal. NotPrincipal spares a principal that it names itself or by its
/// role, but nobody who has a permissions boundary (IAM user guide, "Permissions boundaries").
Coverage covers(const Statement& statement, const Principal& principal, bool has_boundary) {
  const Coverage named = statement.principals.coverage(principal);
  if (!statement.is_not_principal) return named;
  return named < Coverage::role || has_boundary ? Coverage::principal : Coverage::none;
}

/// What a resource's policy says, by the name by which it allows.
struct ResourceSays {
  Truth denies = Truth::no;
  Truth allows_account = Truth::no;
  Truth allows_role = Truth::no;
  Truth allows_principal = Truth::no;

  [[nodiscard]] Truth allows() const { return allows_account || allows_role || allows_principal; }
};

ResourceSays say_of_resource(const PolicyDocument& document, const Request& request, bool has_boundary) {
  ResourceSays says;
  for (const Statement& statement : document.statements()) {
    const Coverage coverage = covers(statement, request.principal, has_boundary);
    if (coverage == Coverage::none) continue;
    Truth& effect = statement.effect == Effect::deny ? says.denies
                    : coverage == Coverage::account  ? says.allows_account
                    : coverage == Coverage::role     ? says.allows_role
                                                     : says.allows_principal;
    effect = effect || statement.applies(request);
  }
  return says;
}

/// All that is said of a session's request.
struct Hearing {
  Says identity;
  Says boundary{.denies = Truth::no, .allows = Truth::yes};
  Says service_control{.denies = Truth::no, .allows = Truth::yes};
  ResourceSays resource;

  [[nodiscard]] Truth denies() const {
    return identity.denies || boundary.denies || service_control.denies || resource.denies;
  }
  [[nodiscard]] Truth allows(ResourceSide side) const {
    const Truth own = identity.allows && boundary.allows;
    const Truth by_resource = resource.allows_principal || (resource.allows_role && boundary.allows);
    switch (side) {
      case ResourceSide::none:
        return service_control.allows && own;
      case ResourceSide::same_account:
        return service_control.allows && (own || by_resource);
      case ResourceSide::own_say:
        return service_control.allows && ((own && resource.allows()) || by_resource);
      case ResourceSide::other_account:
        return service_control.allows && own && resource.allows();
    }
    return Truth::no;
  }
};

Hearing hear(const SessionPolicies& policies, const Request& request) {
  Hearing hearing;
  hearing.identity = say_together(policies.identity, request);
  if (policies.permissions_boundary != nullptr) hearing.boundary = say(*policies.permissions_boundary, request);
  for (const ServiceControlLevel& level : policies.service_control_policies) {
    const Says says = say_together(level.policies, request);
    hearing.service_control = {hearing.service_control.denies || says.denies,
                               hearing.service_control.allows && says.allows};
  }
  if (policies.resource != nullptr)
    hearing.resource = say_of_resource(*policies.resource, request, policies.permissions_boundary != nullptr);
  else if (policies.resource_not_given)
    hearing.resource = {.allows_account = Truth::open, .allows_role = Truth::open, .allows_principal = Truth::open};
  return hearing;
}

Decision decision(Truth denies, Truth allows) {
  if (denies == Truth::yes) return Decision::explicit_deny;
  if (allows == Truth::no) return Decision::implicit_deny;
  return denies == Truth::no && allows == Truth::yes ? Decision::allowed : Decision::undecided;
}

/// The statements that may still change what is decided: none that allow where that is certain.
template <typename Use>
void for_each_open(const PolicyDocument& document, Truth allows, Use use) {
  for (const Statement& statement : document.statements())
    if (statement.effect == Effect::deny || allows != Truth::yes) use(statement);
}

void keep_once(std::vector<std::string>& keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

}  // namespace

Decision evaluate_trust(const PolicyDocument& trust, const Request& request) {
  const ResourceSays says = say_of_resource(trust, request, false);
  return decision(says.denies, says.allows());
}

Decision evaluate_session(const SessionPolicies& policies, const Request& request) {
  const Hearing hearing = hear(policies, request);
  return decision(hearing.denies(), hearing.allows(policies.side));
}

Decision decide_alone(const PolicyDocument& document, const Request& request) {
  const Says says = say(document, request);
  return decision(says.denies, says.allows);
}

std::vector<std::string> open_keys(const PolicyDocument& trust, const Request& request) {
  std::vector<std::string> keys;
  if (evaluate_trust(trust, request) != Decision::undecided) return keys;
  const Truth allows = say_of_resource(trust, request, false).allows();
  for_each_open(trust, allows, [&](const Statement& statement) {
    if (covers(statement, request.principal, false) != Coverage::none) statement.add_open_keys(request, keys);
  });
  keep_once(keys);
  return keys;
}

std::vector<OpenKey> open_keys(const SessionPolicies& policies, const Request& request) {
  std::vector<OpenKey> open;
  if (evaluate_session(policies, request) != Decision::undecided) return open;
  const auto add = [&](const PolicyDocument& document, Truth allows, PolicyPlace place, bool of_resource) {
    std::vector<std::string> keys;
    for_each_open(document, allows, [&](const Statement& statement) {
      const bool concerns = !of_resource || covers(statement, request.principal,
                                                   policies.permissions_boundary != nullptr) != Coverage::none;
      if (concerns) statement.add_open_keys(request, keys);
    });
    keep_once(keys);
    for (std::string& key : keys) open.push_back({std::move(key), place});
  };
  using Kind = PolicyPlace::Kind;
  const Hearing hearing = hear(policies, request);
  for (std::size_t i = 0; i < policies.identity.size(); ++i)
    add(policies.identity[i], hearing.identity.allows, {Kind::identity, i}, false);
  if (policies.permissions_boundary != nullptr)
    add(*policies.permissions_boundary, hearing.boundary.allows, {Kind::permissions_boundary, 0}, false);
  for (std::size_t i = 0; i < policies.service_control_policies.size(); ++i) {
    const auto& documents = policies.service_control_policies[i].policies;
    const Truth allows = say_together(documents, request).allows;
    for (const PolicyDocument& document : documents) add(document, allows, {Kind::service_control, i}, false);
  }
  const ResourceSays& resource = hearing.resource;
  const bool any_name_will_do = policies.side == ResourceSide::other_account;
  if (policies.resource != nullptr)
    add(*policies.resource, any_name_will_do ? resource.allows() : resource.allows_principal, {Kind::resource, 0},
        true);
  return open;
}

}  // namespace credsim::iam
