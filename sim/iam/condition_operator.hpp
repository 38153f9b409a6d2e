#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace credsim::iam {

/// What the values beside an operator are.
enum class OperandType : std::uint8_t { text, text_ignoring_case, number, date, boolean, presence, ip_address, arn };

/// How the request's value must stand to one of the policy's; `like` is `equals` with wildcards.
enum class Relation : std::uint8_t { equals, like, less, less_or_equal, greater, greater_or_equal };

/// With a set operator a condition looks at all the values that the request has for a key.
enum class SetOperator : std::uint8_t { none, for_any_value, for_all_values };

struct ConditionOperator {
  std::string_view name;
  OperandType type = OperandType::text;
  Relation relation = Relation::equals;
  bool negated = false;  ///< holds if none of the policy's values matches
};

/// An operator as it is written: "ForAnyValue:StringLikeIfExists".
struct OperatorUse {
  ConditionOperator base;
  SetOperator set = SetOperator::none;
  bool if_exists = false;

  [[nodiscard]] std::string name() const;  ///< as it is written

  /// Nothing, and what is wrong in `fault`, if there is no such operator.
  static std::optional<OperatorUse> parse(std::string_view text, std::string& fault);
};

}  // namespace credsim::iam
