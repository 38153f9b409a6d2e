#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "credsim/policy.hpp"
#include "credsim/resource.hpp"
#include "credsim/role.hpp"

namespace credsim {

/// An API call from an instance, which IAM is to judge.
struct ApiCall {
  using Time = std::chrono::sys_time<std::chrono::microseconds>;

  const Resource& resource;  ///< the instance's fleet or image builder
  const Role& role;          ///< whose credential it carries
  std::int64_t instance = 0;
  std::optional<std::uint32_t> address;  ///< from which AWS sees it come, host order; none: not known
  bool through_endpoint = true;          ///< false: by another way than the resource's VPC endpoint, if it has one
  const std::string& region;
  const std::string& action;
  const std::string& target;  ///< an ARN or "*"
  Time at;
  Time token_issued;
};

/// The request as the service sees it, with the global condition keys that MODEL.md, "An API call", lists.
[[nodiscard]] iam::Request call_request(const ApiCall& call);

/// Sets the key that has the caller's address, if that is known, as call_request() does: for the same call from another
/// instance. Behind a VPC endpoint it is aws:VpcSourceIp, else aws:SourceIp.
void set_source_address(iam::RequestContext& context, const Resource& resource, std::optional<std::uint32_t> address,
                        bool through_endpoint = true);

}  // namespace credsim
