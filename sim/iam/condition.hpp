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
#include "iam/truth.hpp"

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
  ///    operator what the operator's negation is. An open key, of the condition or of a policy variable in a value that
  ///    would have to match: open.
  /// 3. A multivalued key without a set operator: false.
  /// 4. A value holds if any of the policy's matches it; for a negated operator if none does. A value that cannot be
  ///    compared (it is no date, a policy variable has none) never holds. Of several values, any or all must.
  [[nodiscard]] Truth holds(const RequestContext& context) const;

  /// Adds to `keys` the open ones that make it open.
  void add_open_keys(const RequestContext& context, std::vector<std::string>& keys) const;

  [[nodiscard]] const std::string& key() const { return key_; }  ///< as written
  [[nodiscard]] std::string operator_name() const { return use_.name(); }
  [[nodiscard]] bool is_negated() const { return use_.base.negated; }
  [[nodiscard]] const std::vector<std::string>& values() const { return values_; }  ///< as written

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

  /// Calls `use` with the key of each policy variable.
  template <typename Use>
  void for_each_variable(Use use) const;

  static Operands no_operands(OperandType type);
  [[nodiscard]] Match match(std::string_view value, const RequestContext& context) const;
  [[nodiscard]] Truth holds_for(std::string_view value, const RequestContext& context) const;

  OperatorUse use_;
  std::string key_;
  std::vector<std::string> values_;
  Operands operands_;  // the alternative that the operator's type calls for
};

}  // namespace credsim::iam
