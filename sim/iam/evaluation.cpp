#include <span>

#include "credsim/policy.hpp"

#include "iam/statement.hpp"

namespace credsim::iam {

namespace {

template <typename Applies>
Decision decide(const PolicyDocument& document, Applies applies) {
  Decision decision = Decision::implicit_deny;
  for (const PolicyDocument::Statement& statement : document.statements()) {
    if (!applies(statement)) continue;
    if (statement.effect == Effect::deny) return Decision::explicit_deny;
    decision = Decision::allowed;
  }
  return decision;
}

Decision decide_attached(const PolicyDocument& document, const Request& request) {
  return decide(document, [&](const PolicyDocument::Statement& statement) { return statement.applies(request); });
}

/// What several policies say together, folded one by one.
struct Tally {
  bool denied = false;
  bool any_allows = false;
  bool all_allow = true;

  void add(Decision decision) {
    denied = denied || decision == Decision::explicit_deny;
    any_allows = any_allows || decision == Decision::allowed;
    all_allow = all_allow && decision == Decision::allowed;
  }
};

Tally tally(std::span<const PolicyDocument> documents, const Request& request) {
  Tally result;
  for (const PolicyDocument& document : documents) result.add(decide_attached(document, request));
  return result;
}

}  // namespace

Decision evaluate_trust(const PolicyDocument& trust, const Request& request) {
  return decide(trust, [&](const PolicyDocument::Statement& statement) {
    return statement.principals.contains(request.principal) && statement.applies(request);
  });
}

Decision evaluate_session(const SessionPolicies& policies, const Request& request) {
  const Tally service_control = tally(policies.service_control_policies, request);
  const Tally identity = tally(policies.identity, request);
  Tally boundary;
  if (policies.permissions_boundary != nullptr) boundary.add(decide_attached(*policies.permissions_boundary, request));

  if (service_control.denied || identity.denied || boundary.denied) return Decision::explicit_deny;
  const bool allowed = service_control.all_allow && identity.any_allows && boundary.all_allow;
  return allowed ? Decision::allowed : Decision::implicit_deny;
}

}  // namespace credsim::iam
