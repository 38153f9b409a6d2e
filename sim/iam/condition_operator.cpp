#include "iam/condition_operator.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "iam/spelling.hpp"

namespace credsim::iam {

namespace {

constexpr std::array<ConditionOperator, 26> kOperators{{
    {"StringEquals", OperandType::text, Relation::equals, false},
    {"StringNotEquals", OperandType::text, Relation::equals, true},
    {"StringEqualsIgnoreCase", OperandType::text_ignoring_case, Relation::equals, false},
    {"StringNotEqualsIgnoreCase", OperandType::text_ignoring_case, Relation::equals, true},
    {"StringLike", OperandType::text, Relation::like, false},
    {"StringNotLike", OperandType::text, Relation::like, true},
    {"NumericEquals", OperandType::number, Relation::equals, false},
    {"NumericNotEquals", OperandType::number, Relation::equals, true},
    {"NumericLessThan", OperandType::number, Relation::less, false},
    {"NumericLessThanEquals", OperandType::number, Relation::less_or_equal, false},
    {"NumericGreaterThan", OperandType::number, Relation::greater, false},
    {"NumericGreaterThanEquals", OperandType::number, Relation::greater_or_equal, false},
    {"DateEquals", OperandType::date, Relation::equals, false},
    {"DateNotEquals", OperandType::date, Relation::equals, true},
    {"DateLessThan", OperandType::date, Relation::less, false},
    {"DateLessThanEquals", OperandType::date, Relation::less_or_equal, false},
    {"DateGreaterThan", OperandType::date, Relation::greater, false},
    {"DateGreaterThanEquals", OperandType::date, Relation::greater_or_equal, false},
    {"Bool", OperandType::boolean, Relation::equals, false},
    {"Null", OperandType::presence, Relation::equals, false},
    {"IpAddress", OperandType::ip_address, Relation::equals, false},
    {"NotIpAddress", OperandType::ip_address, Relation::equals, true},
    {"ArnEquals", OperandType::arn, Relation::like, false},
    {"ArnLike", OperandType::arn, Relation::like, false},
    {"ArnNotEquals", OperandType::arn, Relation::like, true},
    {"ArnNotLike", OperandType::arn, Relation::like, true},
}};

constexpr std::string_view kForAnyValue = "ForAnyValue:";
constexpr std::string_view kForAllValues = "ForAllValues:";
constexpr std::string_view kIfExists = "IfExists";

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::string OperatorUse::name() const {
  const std::string_view prefix = set == SetOperator::for_any_value    ? kForAnyValue
                                  : set == SetOperator::for_all_values ? kForAllValues
                                                                       : "";
  return std::string(prefix) + std::string(base.name) + std::string(if_exists ? kIfExists : "");
}

std::optional<OperatorUse> OperatorUse::parse(std::string_view text, std::string& fault) {
  OperatorUse use;
  std::string_view name = text;
  if (take_prefix(name, kForAnyValue)) {
    use.set = SetOperator::for_any_value;
  } else if (take_prefix(name, kForAllValues)) {
    use.set = SetOperator::for_all_values;
  } else if (const std::size_t colon = name.find(':'); colon != std::string_view::npos) {
    constexpr std::array<std::string_view, 2> kSetOperators{"ForAnyValue", "ForAllValues"};
    fault = in_quotes(name.substr(0, colon)) + " is not a set operator; " +
            suggestion(name.substr(0, colon), kSetOperators);
    return std::nullopt;
  }
  if (name.ends_with(kIfExists)) {
    use.if_exists = true;
    name.remove_suffix(kIfExists.size());
  }

  if (name == "BinaryEquals") {
    fault = "BinaryEquals is not supported; compare the key as text with StringEquals";
    return std::nullopt;
  }
  const auto* found = std::find_if(kOperators.begin(), kOperators.end(),
                                   [name](const ConditionOperator& candidate) { return candidate.name == name; });
  if (found == kOperators.end()) {
    std::array<std::string_view, kOperators.size()> names;
    std::transform(kOperators.begin(), kOperators.end(), names.begin(),
                   [](const ConditionOperator& known) { return known.name; });
    fault = in_quotes(name) + " is not a condition operator; " + suggestion(name, names);
    return std::nullopt;
  }
  use.base = *found;
  if (use.base.type == OperandType::presence && (use.if_exists || use.set != SetOperator::none)) {
    fault = in_quotes(text) + " cannot be used; Null takes neither IfExists nor a set operator";
    return std::nullopt;
  }
  return use;
}

}  // namespace credsim::iam
