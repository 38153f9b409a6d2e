#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "credsim/policy.hpp"

#include "iam/arn_pattern.hpp"
#include "iam/condition_operator.hpp"
#include "iam/ip_range.hpp"
#include "iam/policy_string.hpp"
#include "iam/scalar.hpp"

namespace credsim::iam {

/// One line of a Condition element: an operator, a key, and the values that the policy gives, any of which may match.
class Condition {
 public:
  Condition(OperatorUse use, std::string_view key);

  /// Adds a value. False, and what is wrong in `fault`, if it is not of the operator's type.
  bool add_value(std::string_view text, bool variables, std::string& fault);

  /// How a request is judged, in this order:
  /// 1. `Null` compares the key's absence with its value.
  /// 2. An absent key: true with IfExists; otherwise false with ForAnyValue:, true with ForAllValues:, and without a
  /// set
  ///    operator what the operator's negation is.
  /// 3. A multivalued key without a set operator: false.
  /// 4. A value holds if any of the policy's matches it; for a negated operator if none does. A value that cannot be
  ///    compared (it is no date, a policy variable has none) never holds. Of several values, any or all must.
  [[nodiscard]] bool holds(const RequestContext& context) const;

  [[nodiscard]] const std::string& key() const { return key_; }  ///< as written

  /// The address blocks that it compares with; null if its operator is of another type.
  [[nodiscard]] const std::vector<IpRange>* ip_ranges() const { return std::get_if<std::vector<IpRange>>(&operands_); }

  /// True if the answer can depend on `key`.
  [[nodiscard]] bool mentions(std::string_view key) const;

 private:
  struct Boolean {
    bool value;
  };
  using Operands = std::variant<std::vector<PolicyString>, std::vector<double>, std::vector<PolicyTime>,
                                std::vector<Boolean>, std::vector<IpRange>, std::vector<ArnPattern>>;

  static Operands no_operands(OperandType type);
  [[nodiscard]] Match match(std::string_view value, const RequestContext& context) const;
  [[nodiscard]] bool holds_for(std::string_view value, const RequestContext& context) const;

  OperatorUse use_;
  std::string key_;
  Operands operands_;  // the alternative that the operator's type calls for
};

}  // namespace credsim::iam
