#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "credsim/account.hpp"
#include "credsim/policy.hpp"
#include "credsim/resource.hpp"
#include "credsim/role.hpp"

namespace credsim {

/// An API call from an instance, which IAM is to judge.
struct ApiCall {
  using Time = std::chrono::sys_time<std::chrono::microseconds>;

  const Resource& resource;  ///< the instance's fleet or image builder
  const Role& role;          ///< whose credential it carries
  const Workload& workload;  ///< whose client calls, with its request context
  std::int64_t instance = 0;
  std::optional<std::uint32_t> address;  ///< from which AWS sees it come, host order; none: not known
  bool through_endpoint = true;          ///< false: by another way than the resource's VPC endpoint, if it has one
  const std::string& region;
  const std::string& action;
  const std::string& target;          ///< an ARN or "*"
  const Role* target_role = nullptr;  ///< the one that the target's ARN names, if the scenario has it
  Time at;
  Time token_issued;
};

/// The request as the service sees it, with the global condition keys that MODEL.md, "Request context", lists and those
/// that the workload's request context gives. What such requests never carry is known to be absent; every other key is
/// open.
[[nodiscard]] iam::Request call_request(const ApiCall& call);

/// Sets what the instance alone decides, as call_request() does: `request` becomes the same call from another one.
void set_instance(iam::Request& request, const ApiCall& call);

/// Sets the key that has the caller's address, if that is known, as call_request() does: for the same call from another
/// instance. Behind a VPC endpoint it is aws:VpcSourceIp, else aws:SourceIp.
void set_source_address(iam::RequestContext& context, const Resource& resource, std::optional<std::uint32_t> address,
                        bool through_endpoint = true);

/// What makes the requests of one workload with one role differ.
enum class Varies : std::uint8_t { never, by_address, by_instance, by_time };

/// How much the answers of `document` can differ between such requests: as the key does that varies most among those
/// that it mentions. Whoever keeps an answer keeps it no longer than that. The list of keys is the one by which
/// call_request() sets them.
[[nodiscard]] Varies variation_of(const iam::PolicyDocument& document);
[[nodiscard]] Varies variation_of(const iam::SessionPolicies& policies);

/// The account of the resource that `workload` calls: its ARN's or, for one without, what the request context gives as
/// aws:ResourceAccount; empty: the caller's own.
[[nodiscard]] std::string_view target_account(const Workload& workload);

/// The policies that judge the calls of `workload` into `region` by a session of `role`. `identity` is what stands for
/// the role's permission policies, `target_trust` for the trust policy of the role that the workload assumes, if it is
/// one of the scenario's (null: it has none). Pointers and spans into the arguments.
[[nodiscard]] iam::SessionPolicies policies_of_call(const Workload& workload, const Role& role, const Region& region,
                                                    std::span<const iam::PolicyDocument> identity,
                                                    const iam::PolicyDocument* target_trust);

}  // namespace credsim
