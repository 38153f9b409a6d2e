#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "credsim/policy.hpp"

#include "iam/arn_pattern.hpp"
#include "iam/condition.hpp"
#include "iam/principal_set.hpp"
#include "iam/truth.hpp"
#include "iam/wildcard.hpp"

namespace credsim::iam {

enum class Effect : std::uint8_t { allow, deny };

/// One statement of a policy document. It applies to a request if each of its elements does.
struct PolicyDocument::Statement {
  struct AnyResource {};
  using Resource = std::variant<AnyResource, ArnPattern>;

  std::string pointer;  ///< to it in the document (RFC 6901)
  std::string sid;      ///< empty: none
  Effect effect = Effect::deny;
  PrincipalSet principals;  ///< of resources' policies; the others are about whoever they are attached to
  bool is_not_principal = false;
  std::vector<WildcardPattern> actions;
  std::vector<std::string> action_names;  ///< as written
  bool is_not_action = false;
  std::vector<Resource> resources;  ///< the one AnyResource where none stands: the policy is about its own resource
  bool is_not_resource = false;
  std::vector<Condition> conditions;

  [[nodiscard]] bool covers_action(std::string_view action) const;
  /// True if the actions, resources and conditions apply; the principal is the caller's to look at.
  [[nodiscard]] Truth applies(const Request& request) const;
  /// Adds to `keys` the open ones that make it open.
  void add_open_keys(const Request& request, std::vector<std::string>& keys) const;
  [[nodiscard]] bool mentions(std::string_view key) const;
};

}  // namespace credsim::iam
