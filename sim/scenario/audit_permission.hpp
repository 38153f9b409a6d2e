#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "credsim/call_request.hpp"
#include "credsim/policy.hpp"
#include "credsim/scenario.hpp"

/// What a role's policies say to the calls of a resource's instances, as MODEL.md, "An API call", step 7 asks them.
namespace credsim::audit {

/// A call of `workload` from an instance of `resource` with `role`. `address` is the one
/// from which AWS sees it come; `outside` leaves
/// the VPC's keys away, as a credential does that was carried off.
struct Caller {
  const Scenario& scenario;
  const Resource& resource;
  const Role& role;
  const Workload& workload;
  std::optional<std::uint32_t> address;
  std::int64_t instance = 0;  ///< its number, which its session is named after
  bool outside = false;
  Duration since_start{};                       ///< when it calls, and gets its credential
  const Fault* permissions_changed = nullptr;   ///< in force, for `role`
  const Fault* trust_policy_changed = nullptr;  ///< in force, for the role that the workload assumes

  [[nodiscard]] const Region& region() const { return scenario.accounts[resource.account].regions[workload.region]; }
};

/// The workload's own call, or another one by its client.
[[nodiscard]] iam::Request request_of(const Caller& caller);
[[nodiscard]] iam::Request request_of(const Caller& caller, const std::string& action, const std::string& target);

/// All that judge the workload's own call.
[[nodiscard]] iam::SessionPolicies policies_of(const Caller& caller);

/// May `caller` make the workload's call, all policies taken together?
[[nodiscard]] iam::Decision decide(const Caller& caller);

/// Which policy refuses what decide() refuses, as a clause: "the permissions boundary does not allow it".
[[nodiscard]] std::string why_refused(const Caller& caller);

/// Addresses from which AWS sees instances of `resource` call: the first and the last of each subnet or, without a VPC
/// endpoint, of each block of egress. Never empty.
[[nodiscard]] std::vector<std::optional<std::uint32_t>> sample_addresses(const Resource& resource);

/// The roles that the resource has in the course of the run, each once, in their order.
[[nodiscard]] std::vector<std::size_t> roles_of(const Resource& resource);

/// "the service control policies", "the service control policies of level root".
[[nodiscard]] std::string level_text(const iam::ServiceControlLevel& level);

/// What judges the workload's call beside the caller's policies: "the trust policy of role reader", "the policy of
/// arn:aws:s3:::bucket".
[[nodiscard]] std::string resource_policy_text(const Scenario& scenario, const Calls& calls);

}  // namespace credsim::audit
