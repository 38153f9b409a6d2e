#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "iam/policy_string.hpp"

namespace credsim::iam {

/// arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE; the sixth part may hold colons of its own.
using ArnParts = std::array<std::string_view, 6>;

/// The parts of `arn`, or nothing if it has fewer than six or does not start with "arn". Views into `arn`.
std::optional<ArnParts> split_arn(std::string_view arn);

/// An ARN with wildcards and policy variables. The parts are compared one by one, so that no `*` reaches over a colon
/// from one of the first five into the next.
class ArnPattern {
 public:
  /// Nothing, and what is wrong in `fault`, if it does not have the six parts of an ARN.
  static std::optional<ArnPattern> parse(std::string_view text, bool variables, std::string& fault);

  /// Incomparable if `arn` has not the form of an ARN, or if the answer hangs on a policy variable that has no value;
  /// open if it hangs on one whose key is.
  [[nodiscard]] Match matches(std::string_view arn, const RequestContext& context) const;

  /// True if a variable stands before the resource part.
  [[nodiscard]] bool has_variables_before_resource() const;
  /// Calls `use` with the key of each policy variable.
  template <typename Use>
  void for_each_key(Use use) const {
    for (const PolicyString& part : parts_) part.for_each_key(use);
  }

 private:
  std::array<PolicyString, 6> parts_;
};

}  // namespace credsim::iam
