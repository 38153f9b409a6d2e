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

/// What a document is attached to, which decides what may stand in it: a trust policy and the policy of any other
/// resource name principals, the others may not.
enum class PolicyKind : std::uint8_t { identity, trust, resource, permissions_boundary, service_control };

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

  /// True if a principal is named by the ARN of one role session, so that a decision can differ between the sessions of
  /// one role.
  [[nodiscard]] bool names_sessions() const;

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

/// The condition keys of one request. Keys are looked up without regard to case. A key has values, or is known to be
/// absent, or is *open*: whether and with what value the request carries it was not given.
class RequestContext {
 public:
  struct Entry {
    std::string key;                  ///< in lower case
    std::vector<std::string> values;  ///< empty: the key is known to be absent
    bool multivalued = false;
  };

  /// Says of a key that was not set whether requests of this kind never carry it; if not, the key is open.
  using NeverCarries = bool (*)(std::string_view key);

  /// Sets a single-valued key: most are.
  void set(std::string_view key, std::string value);
  /// Sets a multivalued key, such as aws:TagKeys: only conditions with ForAnyValue: or ForAllValues: can hold for one,
  /// even when it has one value. Without values the key is known to be absent.
  void set(std::string_view key, std::vector<std::string> values);
  void set(Entry entry);
  /// Without this every key that was not set is known to be absent.
  void leave_open_unless(NeverCarries never_carries) { never_carries_ = never_carries; }

  /// Null if the key is absent or open.
  [[nodiscard]] const Entry* find(std::string_view key) const;
  [[nodiscard]] bool is_open(std::string_view key) const;

 private:
  [[nodiscard]] const Entry* entry_of(std::string_view key) const;

  std::vector<Entry> entries_;
  NeverCarries never_carries_ = nullptr;
};

struct Request {
  Principal principal;
  std::string action;    ///< "ec2:DescribeInstances"; compared without regard to case
  std::string resource;  ///< an ARN or "*"
  RequestContext context;
};

/// `undecided`: the answer depends on a key of the request that is open, or on a policy that was not given. What does
/// not depend on these is decided, by Kleene's three-valued logic.
enum class Decision : std::uint8_t { allowed, explicit_deny, implicit_deny, undecided };

/// May `request.principal` assume the role that `trust` belongs to? For a service principal the trust policy alone
/// decides.
[[nodiscard]] Decision evaluate_trust(const PolicyDocument& trust, const Request& request);

/// Service control policies of one level: of the organization's root, of a unit on the way to the account, or of the
/// account itself.
struct ServiceControlLevel {
  std::string name;  ///< as the scenario calls it; empty: it has only one
  std::vector<PolicyDocument> policies;
};

/// What the resource's own policy has to say beside those of the caller. Source: IAM user guide, "Policy evaluation
/// logic" and "Cross account policy evaluation logic"; STS API, AssumeRole.
enum class ResourceSide : std::uint8_t {
  none,          ///< nothing: the caller's policies decide alone
  same_account,  ///< it may allow in the stead of the caller's, if it names the caller's session, role, or "*"
  own_say,  ///< the same, of a role's trust policy or a key's policy in the caller's account: it must allow, so that
            ///< naming the account lets the caller's policies decide
  other_account  ///< it must allow, and the caller's policies too
};

/// The policies that decide what a role session may do.
struct SessionPolicies {
  std::span<const PolicyDocument> identity;
  const PolicyDocument* permissions_boundary = nullptr;             ///< null: none
  std::span<const ServiceControlLevel> service_control_policies{};  ///< empty: none
  ResourceSide side = ResourceSide::none;
  const PolicyDocument* resource = nullptr;  ///< null: it has none
  bool resource_not_given = false;           ///< true: it has one perhaps, which was not given
};

/// An explicit Deny anywhere decides first. Then every level of service control policies must allow, by any of its
/// documents; the identity policies (any of them) and the boundary must allow too, unless the resource's policy does in
/// their stead: by naming the session, or "*", in the stead of both; by naming the role, of the identity policies only
/// (IAM user guide, "Permissions boundaries" and "AWS JSON policy elements: Principal").
[[nodiscard]] Decision evaluate_session(const SessionPolicies& policies, const Request& request);

/// One of the policies of a session.
struct PolicyPlace {
  enum class Kind : std::uint8_t { identity, permissions_boundary, service_control, resource };
  Kind kind = Kind::identity;
  std::size_t index = 0;  ///< in its list: of identity policies, or of levels
};

/// A key that an undecided answer depends on.
struct OpenKey {
  std::string key;  ///< as the policy writes it
  PolicyPlace policy;
};

/// What makes evaluate_session() undecided, beside a resource's policy that is not given; each key once for a policy.
/// Empty if it is decided.
[[nodiscard]] std::vector<OpenKey> open_keys(const SessionPolicies& policies, const Request& request);

/// The keys that make evaluate_trust() undecided, each once.
[[nodiscard]] std::vector<std::string> open_keys(const PolicyDocument& trust, const Request& request);

/// What one of the caller's policies says by itself.
[[nodiscard]] Decision decide_alone(const PolicyDocument& document, const Request& request);

}  // namespace credsim::iam
