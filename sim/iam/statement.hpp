#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "credsim/policy.hpp"

#include "iam/arn_pattern.hpp"
#include "iam/condition.hpp"
#include "iam/principal_set.hpp"
#include "iam/wildcard.hpp"

namespace credsim::iam {

enum class Effect : std::uint8_t { allow, deny };

/// One statement of a policy document. It applies to a request if each of its elements does.
struct PolicyDocument::Statement {
  struct AnyResource {};
  using Resource = std::variant<AnyResource, ArnPattern>;

  std::string sid;  ///< empty: none
  Effect effect = Effect::deny;
  PrincipalSet principals;  ///< of trust policies only; the others are about whoever they are attached to
  std::vector<WildcardPattern> actions;
  bool is_not_action = false;
  std::vector<Resource> resources;  ///< a trust policy has the one AnyResource: it is about its own role
  bool is_not_resource = false;
  std::vector<Condition> conditions;

  /// True if the actions, resources and conditions apply; the principal is the caller's to look at.
  [[nodiscard]] bool applies(const Request& request) const;
  [[nodiscard]] bool mentions(std::string_view key) const;
};

}  // namespace credsim::iam
