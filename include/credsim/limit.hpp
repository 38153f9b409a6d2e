#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "credsim/account.hpp"
#include "credsim/appstream_quota.hpp"
#include "credsim/labels.hpp"

namespace credsim {

struct Scenario;

/// What bounds a run: a bucket, a quota, a subnet or the capacity of a fleet.
struct Limit {
  enum class Kind : std::uint8_t {
    bucket,  ///< demand = requests; capacity = tokens
    interfaces,
    instances,                ///< of fleets that run, by type
    image_builder_instances,  ///< by type
    elastic_sessions,         ///< by type
    subnet,
    capacity,  ///< of a fleet: demand = sessions in progress and waiting
  };
  Kind kind = Kind::bucket;
  Labels labels;     ///< account, region and bucket, instance_type, subnet or resource
  std::string name;  ///< "sts.account 123456789012/us-east-1": unique in the run

  /// The name without account and Region: "sts.account".
  [[nodiscard]] std::string_view short_name() const;

  /// Whether the limit has all of these labels. The label `limit` is its name or the first words of it: "subnet" is
  /// every subnet, "sts.account" that bucket of every account and Region.
  [[nodiscard]] bool matches(std::span<const std::pair<std::string, std::string>> selector) const;
};

// Each limit of a Region of an account, as summaries and views name it.
[[nodiscard]] Limit bucket_limit(const std::string& account, const std::string& region, BucketKind kind);
[[nodiscard]] Limit interface_limit(const std::string& account, const std::string& region);
[[nodiscard]] Limit instance_limit(const std::string& account, const std::string& region, InstanceQuotaKind kind,
                                   const std::string& type);
[[nodiscard]] Limit subnet_limit(const std::string& account, const std::string& region, const std::string& cidr);
[[nodiscard]] Limit capacity_limit(const std::string& account, const std::string& region, const std::string& fleet);

/// All that a run of the scenario has, each once: those of the Regions in which it has resources or which their
/// workloads call.
[[nodiscard]] std::vector<Limit> limits_of(const Scenario& scenario);

}  // namespace credsim
