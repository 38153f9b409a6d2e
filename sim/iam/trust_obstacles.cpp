#include "iam/trust_obstacles.hpp"

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>

#include "iam/spelling.hpp"
#include "iam/statement.hpp"

namespace credsim::iam {

namespace {

using Part = TrustObstacle::Part;
using Statement = PolicyDocument::Statement;

/// "\"a\" or \"b\"".
std::string alternatives(std::span<const std::string> values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : " or ") + in_quotes(value);
  return text;
}

/// How a condition's key is written in a JSON pointer.
std::string escaped(std::string_view key) {
  std::string text;
  for (const char character : key)
    text += character == '~' ? "~0" : character == '/' ? "~1" : std::string(1, character);
  return text;
}

std::string statement_text(const PolicyDocument& trust, std::size_t index) {
  if (trust.statements().size() == 1) return "";
  const std::string& sid = trust.statements()[index].sid;
  return "statement " + std::to_string(index + 1) + (sid.empty() ? "" : " (Sid " + sid + ")");
}

TrustObstacle failing_condition(const Statement& statement, const Condition& condition, const RequestContext& context) {
  const std::string operator_name = condition.operator_name();
  const RequestContext::Entry* entry = context.find(condition.key());
  return {.part = Part::condition,
          .pointer = statement.pointer + "/Condition/" + operator_name + "/" + escaped(condition.key()),
          .name = "condition " + operator_name + " " + condition.key(),
          .wanted = alternatives(condition.values()),
          .negated = condition.is_negated(),
          .had = entry == nullptr ? "" : alternatives(entry->values),
          .key = condition.key(),
          .statement = {}};
}

/// The parts of an Allow that do not apply.
std::vector<TrustObstacle> obstacles_of(const Statement& statement, const Request& request) {
  std::vector<TrustObstacle> found;
  if (!statement.covers_action(request.action)) {
    const std::string name = statement.is_not_action ? "NotAction" : "Action";
    found.push_back({.part = Part::action,
                     .pointer = statement.pointer + "/" + name,
                     .name = name,
                     .wanted = alternatives(statement.action_names),
                     .negated = statement.is_not_action,
                     .had = in_quotes(request.action),
                     .statement = {}});
  }
  if (statement.principals.coverage(request.principal) == Coverage::none)
    found.push_back({.part = Part::principal,
                     .pointer = statement.pointer + "/Principal",
                     .name = "Principal",
                     .wanted = statement.principals.text(),
                     .had = principal_text(request.principal),
                     .statement = {}});
  for (const Condition& condition : statement.conditions)
    if (condition.holds(request.context) == Truth::no)
      found.push_back(failing_condition(statement, condition, request.context));
  return found;
}

/// Less is nearer.
auto distance(const std::vector<TrustObstacle>& obstacles) {
  const auto has = [&](Part part) {
    return std::any_of(obstacles.begin(), obstacles.end(),
                       [part](const TrustObstacle& obstacle) { return obstacle.part == part; });
  };
  return std::tuple(has(Part::principal), has(Part::action), obstacles.size());
}

bool denies(const Statement& statement, const Request& request) {
  return statement.effect == Effect::deny && statement.principals.coverage(request.principal) != Coverage::none &&
         statement.applies(request) == Truth::yes;
}

TrustObstacle effect_of(const PolicyDocument& trust, std::size_t index) {
  return {.part = Part::effect,
          .pointer = trust.statements()[index].pointer + "/Effect",
          .name = "Effect",
          .wanted = in_quotes("Deny"),
          .had = {},
          .statement = statement_text(trust, index)};
}

}  // namespace

std::vector<TrustObstacle> trust_obstacles(const PolicyDocument& trust, const Request& request) {
  const std::vector<Statement>& statements = trust.statements();
  std::optional<std::vector<TrustObstacle>> nearest;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (denies(statements[i], request)) return {effect_of(trust, i)};
    if (statements[i].effect == Effect::deny) continue;
    std::vector<TrustObstacle> obstacles = obstacles_of(statements[i], request);
    for (TrustObstacle& obstacle : obstacles) obstacle.statement = statement_text(trust, i);
    if (!nearest || distance(obstacles) < distance(*nearest)) nearest = std::move(obstacles);
  }
  return nearest ? *nearest : std::vector{effect_of(trust, 0)};
}

}  // namespace credsim::iam
