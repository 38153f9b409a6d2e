#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "credsim/time.hpp"

namespace credsim::iam {

/// What a document is attached to, which decides what may stand in it: a trust policy names principals, the others may
/// not.
enum class PolicyKind : std::uint8_t { identity, trust, permissions_boundary, service_control };

/// A fault in a document: where (a JSON pointer such as "/Statement/0/Action"), what is wrong, and what would be right.
struct PolicyFault {
  std::string pointer;
  std::string message;
};

/// A parsed policy document, immutable and cheap to copy; may be read by several threads. Anything that it does not
/// know (an operator, an element, a version) is a fault, never an allow. Documents of version 2012-10-17 may use policy
/// variables; in older ones "${" is plain text, as in IAM.
class PolicyDocument {
 public:
  /// Reads `document`. On any fault nothing is returned and every fault is added to `faults`. A JSON reader keeps only
  /// one of two equal keys: whoever reads the text must refuse duplicates before this.
  static std::optional<PolicyDocument> parse(const nlohmann::json& document, PolicyKind kind,
                                             std::vector<PolicyFault>& faults);

  struct Statement;  ///< sim/iam/statement.hpp
  [[nodiscard]] const std::vector<Statement>& statements() const { return *statements_; }

  /// True if a condition anywhere in it looks at `key` (without regard to case), or a policy variable names it. A
  /// decision by a document that does not mention a key is the same for every value of it: callers cache by this.
  [[nodiscard]] bool mentions(std::string_view key) const;

 private:
  explicit PolicyDocument(std::shared_ptr<const std::vector<Statement>> statements);

  std::shared_ptr<const std::vector<Statement>> statements_;  // never null
};

/// Who asks.
struct Principal {
  enum class Kind : std::uint8_t { service, aws, federated };
  Kind kind = Kind::service;
  std::string name;  ///< "appstream.amazonaws.com", an ARN (of a user, a role, or a role session), or a provider
};

/// The condition keys of one request. Keys are looked up without regard to case; an absent key is absent, not empty.
class RequestContext {
 public:
  struct Entry {
    std::string key;                  ///< in lower case
    std::vector<std::string> values;  ///< never empty
    bool multivalued = false;
  };

  /// Sets a single-valued key: most are.
  void set(std::string_view key, std::string value);
  /// Sets a multivalued key, such as aws:TagKeys: only conditions with ForAnyValue: or ForAllValues: can hold for one,
  /// even when it has one value. Without values the key is absent.
  void set(std::string_view key, std::vector<std::string> values);
  [[nodiscard]] const Entry* find(std::string_view key) const;

 private:
  std::vector<Entry> entries_;
};

struct Request {
  Principal principal;
  std::string action;    ///< "ec2:DescribeInstances"; compared without regard to case
  std::string resource;  ///< an ARN or "*"
  RequestContext context;
};

enum class Decision : std::uint8_t { allowed, explicit_deny, implicit_deny };

/// May `request.principal` assume the role that `trust` belongs to? For a service principal the trust policy alone
/// decides.
[[nodiscard]] Decision evaluate_trust(const PolicyDocument& trust, const Request& request);

/// What a role session may do: an explicit Deny anywhere first; then every service control policy, the identity
/// policies (any of them) and the boundary, where there is one, must each allow.
struct SessionPolicies {
  std::span<const PolicyDocument> identity;
  const PolicyDocument* permissions_boundary = nullptr;      ///< null: none
  std::span<const PolicyDocument> service_control_policies;  ///< empty: none
};
[[nodiscard]] Decision evaluate_session(const SessionPolicies& policies, const Request& request);

}  // namespace credsim::iam
