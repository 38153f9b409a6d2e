#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace credsim::iam {

/// Whether requests of one kind carry a global condition key.
enum class Carried : std::uint8_t {
  always,         ///< with a value that the simulator knows
  never,          ///< known to be absent
  with_endpoint,  ///< only through a VPC endpoint, and then with a value that the scenario may have to give
  perhaps,        ///< the scenario says
};

/// A condition key that AWS documents, or the beginning of several, which ends in "/" and goes on with a tag's name.
struct GlobalKey {
  std::string_view name;
  Carried in_session;  ///< in requests that a role session makes itself, without MFA, a browser or a service between
  Carried in_service;  ///< in AppStream's own sts:AssumeRole, with aws:SourceArn, for a fleet
};

/// Every documented aws: key, and those of services that requests of these two kinds never carry. In the order of their
/// names, without regard to case. Source: IAM user guide, "AWS global condition context keys", each key's Availability,
/// where the comment beside a key gives no other.
[[nodiscard]] std::span<const GlobalKey> global_keys();

/// The row of `key`; null if it is a key of a service, or an aws: key that does not exist.
[[nodiscard]] const GlobalKey* find_global_key(std::string_view key);

/// False if `key` begins with "aws:" and AWS documents no such key.
[[nodiscard]] bool may_exist(std::string_view key);

}  // namespace credsim::iam
