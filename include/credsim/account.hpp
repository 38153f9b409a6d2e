#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credsim/appstream_quota.hpp"
#include "credsim/distribution.hpp"
#include "credsim/partition.hpp"
#include "credsim/policy.hpp"
#include "credsim/time.hpp"
#include "credsim/token_bucket.hpp"

namespace credsim {

/// Where something stands in the scenario file, from 1; 0 means that it is a default and stands nowhere.
struct SourcePlace {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// The token buckets of an account in a Region, as scenario files name them (`sts.service`, `ec2.describe_instances`,
/// …).
enum class BucketKind : std::uint8_t {
  sts_service,                  ///< what AppStream's own AssumeRole calls spend; its size is not published
  sts_account,                  ///< what scripts' STS calls spend; 600/s (IAM and AWS STS quotas)
  describe_instances,           ///< unfiltered and unpaginated; 10/s, burst 50 (EC2 API Reference, Request throttling)
  describe_instances_filtered,  ///< 20/s, burst 100 (the same page)
  create_network_interface,     ///< 5/s, burst 100 (the same page); every new instance spends one
  delete_network_interface,     ///< 5/s, burst 100 (the same page); every interface of an ended instance spends one
};
inline constexpr std::size_t kBucketKinds = static_cast<std::size_t>(BucketKind::delete_network_interface) + 1;

/// "sts.service", "ec2.create_network_interface", …: the name in scenarios, summaries and metrics.
[[nodiscard]] std::string_view bucket_name(BucketKind kind);

/// One Region of an account: the scope of every quota.
struct Region {
  std::string name;
  /// Indexed by BucketKind; empty = unlimited.
  std::array<std::optional<TokenBucket::Options>, kBucketKinds> buckets;
  Distribution sts_latency;                ///< of a successful AssumeRole
  std::int64_t network_interfaces = 5000;  ///< quota of interfaces (Amazon VPC quotas), ≥ 0
  AppStreamQuotas appstream;
  std::vector<iam::ServiceControlLevel> service_control_policies;  ///< each level must allow; empty: none
  SourcePlace place;
};

struct Account {
  std::string id;               ///< 12 digits
  std::vector<Region> regions;  ///< all of one partition
  SourcePlace place;
  std::vector<iam::RequestContext::Entry> request_context{};  ///< of all its fleets and image builders

  [[nodiscard]] std::string_view partition() const { return partition_of(regions.empty() ? "" : regions.front().name); }
};

}  // namespace credsim
