#include "iam/condition.hpp"

#include <algorithm>

#include "iam/spelling.hpp"

namespace credsim::iam {

namespace {

template <typename Value>
bool stands_in(Relation relation, const Value& left, const Value& right) {
  switch (relation) {
    case Relation::equals:
    case Relation::like:
      return left == right;
    case Relation::less:
      return left < right;
    case Relation::less_or_equal:
      return left <= right;
    case Relation::greater:
      return left > right;
    case Relation::greater_or_equal:
      return left >= right;
  }
  return false;
}

template <typename Operand, typename Predicate>
Match match_any(const std::vector<Operand>& operands, Predicate predicate) {
  return std::any_of(operands.begin(), operands.end(), predicate) ? Match::yes : Match::no;
}

template <typename Operand, typename Compare>
Match best_match(const std::vector<Operand>& operands, Compare compare) {
  Match best = Match::no;
  for (const Operand& operand : operands) {
    best = std::max(best, compare(operand));
    if (best == Match::yes) break;
  }
  return best;
}

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;  // clang 14 does not deduce it for aggregates

template <typename Operand>
bool add(std::vector<Operand>& operands, std::optional<Operand> operand) {
  if (operand) operands.push_back(std::move(*operand));
  return operand.has_value();
}

std::string_view wanted(OperandType type) {
  switch (type) {
    case OperandType::number:
      return "a number; write digits with an optional sign and fraction, at most 15 in all";
    case OperandType::date:
      return "a date; write it as 2026-11-24T09:00:00Z or in epoch seconds";
    case OperandType::boolean:
      return "a truth value; write \"true\" or \"false\"";
    case OperandType::presence:
      return "a truth value; write \"true\" for a key that is absent, \"false\" for one that is present";
    case OperandType::ip_address:
      return "an address; write IPv4 or IPv6, alone or as a CIDR block such as 203.0.113.0/24";
    case OperandType::text:
    case OperandType::text_ignoring_case:
    case OperandType::arn:
      break;
  }
  return {};
}

}  // namespace

Condition::Condition(OperatorUse use, std::string_view key)
    : use_(use), key_(key), operands_(no_operands(use.base.type)) {}

Condition::Operands Condition::no_operands(OperandType type) {
  switch (type) {
    case OperandType::text:
    case OperandType::text_ignoring_case:
      return std::vector<PolicyString>{};
    case OperandType::number:
      return std::vector<double>{};
    case OperandType::date:
      return std::vector<PolicyTime>{};
    case OperandType::boolean:
    case OperandType::presence:
      return std::vector<Boolean>{};
    case OperandType::ip_address:
      return std::vector<IpRange>{};
    case OperandType::arn:
      return std::vector<ArnPattern>{};
  }
  return {};
}

bool Condition::add_value(std::string_view text, bool variables, std::string& fault) {
  const auto parse_boolean = [text]() -> std::optional<Boolean> {
    const std::optional<bool> value = parse_bool(text);
    return value ? std::optional(Boolean{*value}) : std::nullopt;
  };
  const PolicyStringSyntax syntax{.wildcards = use_.base.relation == Relation::like, .variables = variables};
  const bool added = std::visit(
      Overloaded{
          [&](std::vector<PolicyString>& texts) { return add(texts, PolicyString::parse(text, syntax, fault)); },
          [&](std::vector<double>& numbers) { return add(numbers, parse_number(text)); },
          [&](std::vector<PolicyTime>& dates) { return add(dates, parse_date(text)); },
          [&](std::vector<Boolean>& booleans) { return add(booleans, parse_boolean()); },
          [&](std::vector<IpRange>& ranges) { return add(ranges, IpRange::parse(text)); },
          [&](std::vector<ArnPattern>& arns) { return add(arns, ArnPattern::parse(text, variables, fault)); },
      },
      operands_);
  if (added) values_.emplace_back(text);
  if (!added && fault.empty()) fault = in_quotes(text) + " is not " + std::string(wanted(use_.base.type));
  return added;
}

Truth Condition::holds(const RequestContext& context) const {
  const RequestContext::Entry* entry = context.find(key_);
  if (entry == nullptr && context.is_open(key_)) return Truth::open;
  if (use_.base.type == OperandType::presence) {
    const bool absent = entry == nullptr;
    const auto& wanted_absent = std::get<std::vector<Boolean>>(operands_);
    return truth(std::any_of(wanted_absent.begin(), wanted_absent.end(),
                             [absent](Boolean wanted) { return wanted.value == absent; }));
  }
  if (entry == nullptr) {
    if (use_.if_exists) return Truth::yes;
    return truth(use_.set == SetOperator::none ? use_.base.negated : use_.set == SetOperator::for_all_values);
  }
  const auto value_holds = [&](const std::string& value) { return holds_for(value, context); };
  switch (use_.set) {
    case SetOperator::none:
      return entry->multivalued ? Truth::no : value_holds(entry->values.front());
    case SetOperator::for_any_value:
      return any_of(entry->values, value_holds);
    case SetOperator::for_all_values:
      return all_of(entry->values, value_holds);
  }
  return Truth::no;
}

Truth Condition::holds_for(std::string_view value, const RequestContext& context) const {
  const Match matched = match(value, context);
  if (matched == Match::open || (matched == Match::never && use_.base.negated)) return Truth::open;
  return truth(matched == (use_.base.negated ? Match::no : Match::yes));
}

Match Condition::match(std::string_view value, const RequestContext& context) const {
  const auto compare_scalars = [this](const auto& operands, const auto& parsed) {
    if (!parsed) return Match::incomparable;
    return match_any(operands, [&](const auto& operand) { return stands_in(use_.base.relation, *parsed, operand); });
  };
  return std::visit(
      Overloaded{
          [&](const std::vector<PolicyString>& texts) {
            const CaseRule rule = use_.base.type == OperandType::text ? CaseRule::sensitive : CaseRule::insensitive;
            WildcardPattern scratch;
            return best_match(texts, [&](const PolicyString& text) {
              const WildcardPattern* pattern = text.resolve(context, scratch);
              if (pattern == nullptr) return text.match_unresolved(value, rule, context);
              return pattern->matches(value, rule) ? Match::yes : Match::no;
            });
          },
          [&](const std::vector<double>& numbers) { return compare_scalars(numbers, parse_number(value)); },
          [&](const std::vector<PolicyTime>& dates) { return compare_scalars(dates, parse_date(value)); },
          [&](const std::vector<Boolean>& booleans) {
            const std::optional<bool> parsed = parse_bool(value);
            if (!parsed) return Match::incomparable;
            return match_any(booleans, [&](Boolean operand) { return operand.value == *parsed; });
          },
          [&](const std::vector<IpRange>& ranges) {
            const std::optional<IpAddress> address = IpAddress::parse(value);
            if (!address) return Match::incomparable;
            return match_any(ranges, [&](const IpRange& range) { return range.contains(*address); });
          },
          [&](const std::vector<ArnPattern>& arns) {
            return best_match(arns, [&](const ArnPattern& arn) { return arn.matches(value, context); });
          },
      },
      operands_);
}

template <typename Use>
void Condition::for_each_variable(Use use) const {
  std::visit(
      [&use](const auto& operands) {
        using Operand = typename std::decay_t<decltype(operands)>::value_type;
        if constexpr (std::is_same_v<Operand, PolicyString> || std::is_same_v<Operand, ArnPattern>)
          for (const Operand& operand : operands) operand.for_each_key(use);
      },
      operands_);
}

void Condition::add_open_keys(const RequestContext& context, std::vector<std::string>& keys) const {
  if (holds(context) != Truth::open) return;
  if (context.is_open(key_)) return keys.push_back(key_);
  for_each_variable([&](const std::string& key) {
    if (context.is_open(key)) keys.push_back(key);
  });
}

bool Condition::mentions(std::string_view key) const {
  bool mentioned = equals_ignoring_case(key_, key);
  for_each_variable([&](const std::string& variable) { mentioned = mentioned || equals_ignoring_case(variable, key); });
  return mentioned;
}

}  // namespace credsim::iam
