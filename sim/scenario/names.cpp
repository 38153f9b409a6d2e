// The words for enumerations that scenario files and results share.
#include <array>

#include "credsim/account.hpp"
#include "credsim/fault.hpp"
#include "credsim/resource.hpp"

namespace credsim {

namespace {

constexpr std::array<std::string_view, kBucketKinds> kBucketNames = {
    "sts.service",
    "sts.account",
    "ec2.describe_instances",
    "ec2.describe_instances_filtered",
    "ec2.create_network_interface",
};

constexpr std::array<std::string_view, 4> kResourceTypeNames = {"always_on", "on_demand", "elastic", "image_builder"};

constexpr std::array<std::string_view, kFaultKinds> kFaultKindNames = {
    "sts_outage",    "sts_error_rate",       "sts_latency",         "eni_delay",
    "quota",         "background_load",      "network_outage",      "service_outage",
    "instance_loss", "mass_restart",         "agent_paused",        "clock_skew",
    "role_deleted",  "trust_policy_changed", "permissions_changed", "sessions_revoked",
};

}  // namespace

std::string_view bucket_name(BucketKind kind) {
  return kBucketNames.at(static_cast<std::size_t>(kind));
}

std::string_view resource_type_name(ResourceType type) {
  return kResourceTypeNames.at(static_cast<std::size_t>(type));
}

std::string_view fault_kind_name(FaultKind kind) {
  return kFaultKindNames.at(static_cast<std::size_t>(kind));
}

}  // namespace credsim
