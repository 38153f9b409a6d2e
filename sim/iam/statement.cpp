#include "iam/statement.hpp"

#include <algorithm>

namespace credsim::iam {

namespace {

using Statement = PolicyDocument::Statement;

bool action_applies(const Statement& statement, const Request& request) {
  const bool named =
      std::any_of(statement.actions.begin(), statement.actions.end(),
                  [&](const WildcardPattern& action) { return action.matches(request.action, CaseRule::insensitive); });
  return named != statement.is_not_action;
}

/// A request about no resource in particular ("*") is covered by "*" alone, never by an ARN.
Match resource_match(const Statement::Resource& resource, const Request& request) {
  if (std::holds_alternative<Statement::AnyResource>(resource)) return Match::yes;
  if (request.resource == "*") return Match::no;
  return std::get<ArnPattern>(resource).matches(request.resource, request.context);
}

bool resource_applies(const Statement& statement, const Request& request) {
  Match result = Match::no;
  for (const Statement::Resource& resource : statement.resources) {
    const Match match = resource_match(resource, request);
    if (match == Match::yes) return !statement.is_not_resource;
    if (match == Match::incomparable) result = match;
  }
  return statement.is_not_resource && result == Match::no;
}

}  // namespace

bool PolicyDocument::Statement::applies(const Request& request) const {
  return action_applies(*this, request) && resource_applies(*this, request) &&
         std::all_of(conditions.begin(), conditions.end(),
                     [&](const Condition& condition) { return condition.holds(request.context); });
}

bool PolicyDocument::Statement::mentions(std::string_view key) const {
  const auto resource_mentions = [key](const Resource& resource) {
    const auto* arn = std::get_if<ArnPattern>(&resource);
    return arn != nullptr && arn->mentions(key);
  };
  return std::any_of(resources.begin(), resources.end(), resource_mentions) ||
         std::any_of(conditions.begin(), conditions.end(),
                     [key](const Condition& condition) { return condition.mentions(key); });
}

}  // namespace credsim::iam
