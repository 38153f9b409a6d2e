#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credsim/policy.hpp"

#include "iam/wildcard.hpp"

namespace credsim::iam {

/// Whether something matches. The later of two counts where any of a policy's values may match.
enum class Match : std::uint8_t {
  no,
  never,         ///< no or incomparable; which of them depends on an open key
  incomparable,  ///< it cannot be compared at all: then neither a comparison nor its negation holds
  open,          ///< it depends on an open key
  yes
};

/// What is special in a policy string; the rest is literal.
struct PolicyStringSyntax {
  bool wildcards = false;  ///< `*` and `?`
  bool variables = false;  ///< `${aws:key}`, `${aws:key, 'default'}`, and the escapes `${*}`, `${?}`, `${$}`
};

/// A string of a policy with its policy variables, which take their values from each request.
class PolicyString {
 public:
  /// Nothing, and what is wrong in `fault`, if a variable is not well formed.
  static std::optional<PolicyString> parse(std::string_view text, PolicyStringSyntax syntax, std::string& fault);

  /// The pattern for one request: without variables the one compiled at parse, otherwise built in `scratch`. Null if a
  /// variable without a default names a key that the request does not have, or that is multivalued: then IAM takes
  /// nothing to match, whichever way round the comparison is. Null too if a variable's key is open.
  [[nodiscard]] const WildcardPattern* resolve(const RequestContext& context, WildcardPattern& scratch) const;

  /// How `value` matches where resolve() gave null: incomparable if a variable has no value, never if the pattern does
  /// not match whatever the open keys have, otherwise open.
  [[nodiscard]] Match match_unresolved(std::string_view value, CaseRule rule, const RequestContext& context) const;

  /// Calls `use` with the key of each variable.
  template <typename Use>
  void for_each_key(Use use) const {
    for (const Variable& variable : variables_) use(variable.key);
  }

  [[nodiscard]] bool has_variables() const { return !variables_.empty(); }

 private:
  struct Variable {
    WildcardPattern before;  // what stands between the previous variable and this one
    std::string key;
    std::optional<std::string> default_value;
  };

  std::vector<Variable> variables_;
  WildcardPattern tail_;
};

/// The length of the `${…}` that starts at `text[position]`, or 0 if none starts there; npos if it has no end.
std::size_t variable_length(std::string_view text, std::size_t position);

/// True if `key` has the form of a condition key: "aws:SourceIp", "aws:PrincipalTag/team".
bool is_condition_key(std::string_view key);

}  // namespace credsim::iam
