#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "credsim/account.hpp"
#include "credsim/policy.hpp"
#include "credsim/time.hpp"

namespace credsim {

/// The guide refuses service roles; how they are told apart is an assumption: by path, unless the scenario says.
enum class RoleKind : std::uint8_t { role, service_role, service_linked_role };

/// Where the parts of a policy document stand: in the scenario, or in a file of the policy's own.
struct PolicyPlaces {
  std::string file;                            ///< the policy's own, as messages name it; empty: the scenario
  std::map<std::string, SourcePlace> parts{};  ///< by JSON pointer (RFC 6901); the whole document is ""
};

struct Role {
  std::string name;               ///< unique in its account without regard to case
  std::string path = "/";         ///< begins and ends with "/"
  std::string account;            ///< 12 digits
  std::string partition = "aws";  ///< the account's
  RoleKind kind = RoleKind::role;
  std::optional<iam::PolicyDocument> trust_policy;  ///< none: nobody may assume it
  std::vector<iam::PolicyDocument> policies;
  std::optional<iam::PolicyDocument> permissions_boundary;
  std::vector<std::pair<std::string, std::string>> tags;
  Duration max_session_duration = std::chrono::hours{1};  ///< does not bound what AWS services ask for
  SourcePlace place;
  SourcePlace trust_policy_place;          ///< of its value in the scenario, which may only name a file
  PolicyPlaces trust_policy_parts;         ///< empty if there is none
  std::vector<SourcePlace> policy_places;  ///< as `policies`

  [[nodiscard]] std::string arn() const { return "arn:" + partition + ":iam::" + account + ":role" + path + name; }
};

/// An image, of which only the age of its agent matters here.
struct Image {
  std::string name;
  std::chrono::sys_days agent_released;
  SourcePlace place;
};

/// The first agent release with support for roles. Source: the guide, "Prerequisites".
inline constexpr std::chrono::sys_days kFirstAgentWithRoles = std::chrono::year{2019} / std::chrono::September / 3;

/// The principal that assumes machine roles. Source: the guide.
inline constexpr std::string_view kAppStreamPrincipal = "appstream.amazonaws.com";

/// The profile on an instance that holds its role's credentials. Source: the guide.
inline constexpr std::string_view kMachineRoleProfile = "appstream_machine_role";

}  // namespace credsim
