#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "credsim/policy.hpp"

namespace credsim::iam {

/// A part of a trust policy that keeps it from allowing a request.
struct TrustObstacle {
  enum class Part : std::uint8_t { effect, action, principal, condition };

  Part part = Part::effect;
  std::string pointer;    ///< to it in the document (RFC 6901)
  std::string name;       ///< "Effect", "NotAction", "Principal", "condition StringEquals aws:SourceAccount"
  std::string wanted;     ///< what the policy has, as it writes it
  bool negated = false;   ///< the request must not have what the policy has: NotAction, StringNotEquals, …
  std::string had;        ///< what the request has; empty: nothing
  std::string key{};      ///< of a condition, as written
  std::string statement;  ///< "statement 2 (Sid AppStream)"; empty if the document has only one
};

/// What keeps `trust` from allowing `request`: the Effect of a Deny that applies; or else each part that does not apply
/// of the Allow that comes nearest, which is about the principal if one is, then about the action, and has the fewest
/// conditions that fail; or the Effect of the first statement, if none allows anything. In the order of Part. Empty if
/// the request is allowed. What is open applies. O(statements).
[[nodiscard]] std::vector<TrustObstacle> trust_obstacles(const PolicyDocument& trust, const Request& request);

}  // namespace credsim::iam
