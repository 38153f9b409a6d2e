#include "iam/statement.hpp"

#include <algorithm>

namespace credsim::iam {

namespace {

using Statement = PolicyDocument::Statement;

/// A request about no resource in particular ("*") is covered by "*" alone, never by an ARN.
Match resource_match(const Statement::Resource& resource, const Request& request) {
  if (std::holds_alternative<Statement::AnyResource>(resource)) return Match::yes;
  if (request.resource == "*") return Match::no;
  return std::get<ArnPattern>(resource).matches(request.resource, request.context);
}

Truth resource_applies(const Statement& statement, const Request& request) {
  Match best = Match::no;
  for (const Statement::Resource& resource : statement.resources) {
    best = std::max(best, resource_match(resource, request));
    if (best == Match::yes) break;
  }
  if (best == Match::open || (best == Match::never && statement.is_not_resource)) return Truth::open;
  return truth(best == (statement.is_not_resource ? Match::no : Match::yes));
}

}  // namespace

bool PolicyDocument::Statement::covers_action(std::string_view action) const {
  const bool named = std::any_of(actions.begin(), actions.end(), [action](const WildcardPattern& pattern) {
    return pattern.matches(action, CaseRule::insensitive);
  });
  return named != is_not_action;
}

Truth PolicyDocument::Statement::applies(const Request& request) const {
  if (!covers_action(request.action)) return Truth::no;
  const Truth resource = resource_applies(*this, request);
  if (resource == Truth::no) return resource;
  return resource && all_of(conditions, [&](const Condition& condition) { return condition.holds(request.context); });
}

void PolicyDocument::Statement::add_open_keys(const Request& request, std::vector<std::string>& keys) const {
  if (applies(request) != Truth::open) return;
  if (resource_applies(*this, request) == Truth::open)
    for (const Resource& resource : resources)
      if (const auto* arn = std::get_if<ArnPattern>(&resource))
        arn->for_each_key([&](const std::string& key) {
          if (request.context.is_open(key)) keys.push_back(key);
        });
  for (const Condition& condition : conditions) condition.add_open_keys(request.context, keys);
}

bool PolicyDocument::Statement::mentions(std::string_view key) const {
  bool mentioned = std::any_of(conditions.begin(), conditions.end(),
                               [key](const Condition& condition) { return condition.mentions(key); });
  for (const Resource& resource : resources)
    if (const auto* arn = std::get_if<ArnPattern>(&resource))
      arn->for_each_key(
          [&](const std::string& variable) { mentioned = mentioned || equals_ignoring_case(variable, key); });
  return mentioned;
}

}  // namespace credsim::iam
