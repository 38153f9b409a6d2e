#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credsim/policy.hpp"

namespace credsim::iam {

/// By which name a statement covers a principal; a later one says more than an earlier.
enum class Coverage : std::uint8_t {
  none,
  account,   ///< that it is in
  role,      ///< or the user that it acts for
  principal  ///< itself, or everyone
};

/// The principals that a statement of a resource's policy names.
class PrincipalSet {
 public:
  /// `"Principal": "*"`: everyone, services too.
  void add_everyone() { everyone_ = true; }

  /// Adds what stands under "Service", "AWS" or "Federated". False, and what is wrong in `fault`, if it is no such
  /// name.
  bool add(Principal::Kind kind, std::string_view name, std::string& fault);

  /// Services and providers match by their exact name. An AWS principal matches by its ARN; a role's ARN also covers
  /// its sessions, a user's the federated users acting for it; an account (its id, or its root's ARN) covers all in it.
  [[nodiscard]] Coverage coverage(const Principal& principal) const;

  /// "Service ec2.amazonaws.com or AWS 123456789012"; "everyone".
  [[nodiscard]] std::string text() const;

  /// True if one of them is the ARN of a session.
  [[nodiscard]] bool names_sessions() const;

 private:
  struct Name {
    Principal::Kind kind;
    std::string text;  // for an account only its id
    bool is_account = false;
  };

  static Coverage covers(const Name& name, const Principal& principal);

  bool everyone_ = false;
  std::vector<Name> names_;
};

/// "Service appstream.amazonaws.com".
[[nodiscard]] std::string principal_text(const Principal& principal);

/// The kind that a key of the Principal element stands for.
std::optional<Principal::Kind> principal_kind(std::string_view key, std::string& fault);

}  // namespace credsim::iam
