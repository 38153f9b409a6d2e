#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "credsim/policy.hpp"
#include "credsim/scenario.hpp"

/// What a role's policies say to the calls of a resource's instances, as MODEL.md, "An API call", step 7 asks them.
namespace credsim::audit {

/// A call from an instance of `resource` with `role`, at the start of the run, into `region`. `address` is the
/// one from which AWS sees it come; `outside` leaves the VPC's keys away, as a credential does that was carried off.
struct Caller {
  const Scenario& scenario;
  const Resource& resource;
  const Role& role;
  const Region& region;
  std::optional<std::uint32_t> address;
  bool outside = false;
};

[[nodiscard]] iam::Request request_of(const Caller& caller, const std::string& action, const std::string& target);

/// May `caller` do `action` on `target`, all policies taken together?
[[nodiscard]] iam::Decision decide(const Caller& caller, const std::string& action, const std::string& target);

/// Which policy refuses what decide() refuses, as a clause: "the permissions boundary does not allow it".
[[nodiscard]] std::string why_refused(const Caller& caller, const std::string& action, const std::string& target);

/// Addresses from which AWS sees instances of `resource` call: the first and the last of each subnet or, without a VPC
/// endpoint, of each block of egress. Never empty.
[[nodiscard]] std::vector<std::optional<std::uint32_t>> sample_addresses(const Resource& resource);

/// The roles that the resource has in the course of the run, each once, in their order.
[[nodiscard]] std::vector<std::size_t> roles_of(const Resource& resource);

}  // namespace credsim::audit
