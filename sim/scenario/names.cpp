// The words for enumerations that scenario files and results share.
#include <algorithm>
#include <array>

#include "credsim/account.hpp"
#include "credsim/fault.hpp"
#include "credsim/resource.hpp"
#include "credsim/workload.hpp"

#include "iam/wildcard.hpp"

namespace credsim {

namespace {

constexpr std::array<std::string_view, kBucketKinds> kBucketNames = {
    "sts.service",
    "sts.account",
    "ec2.describe_instances",
    "ec2.describe_instances_filtered",
    "ec2.create_network_interface",
    "ec2.delete_network_interface",
};

constexpr std::array<std::string_view, 4> kResourceTypeNames = {"always_on", "on_demand", "elastic", "image_builder"};

constexpr std::array<std::string_view, kFaultKinds> kFaultKindNames = {
    "sts_outage",          "sts_error_rate",   "sts_latency",    "eni_delay",     "quota",
    "background_load",     "network_outage",   "service_outage", "instance_loss", "mass_restart",
    "agent_paused",        "clock_skew",       "helper_failure", "role_deleted",  "trust_policy_changed",
    "permissions_changed", "sessions_revoked",
};

// The STS operations that share the account's quota (IAM and AWS STS quotas).
constexpr std::array<std::string_view, 6> kAccountStsActions = {
    "sts:AssumeRole",        "sts:DecodeAuthorizationMessage", "sts:GetAccessKeyInfo",
    "sts:GetCallerIdentity", "sts:GetFederationToken",         "sts:GetSessionToken",
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

std::optional<BucketKind> bucket_of(const Calls& calls) {
  const auto is = [&](std::string_view action) { return iam::equals_ignoring_case(calls.action, action); };
  if (is("ec2:DescribeInstances"))
    return calls.filtered ? BucketKind::describe_instances_filtered : BucketKind::describe_instances;
  if (is("ec2:CreateNetworkInterface")) return BucketKind::create_network_interface;
  if (is("ec2:DeleteNetworkInterface")) return BucketKind::delete_network_interface;
  if (std::any_of(kAccountStsActions.begin(), kAccountStsActions.end(), is)) return BucketKind::sts_account;
  return std::nullopt;
}

bool is_of_service(std::string_view action, std::string_view service) {
  return iam::equals_ignoring_case(action.substr(0, action.find(':')), service);
}

Duration clock_tolerance(const Calls& calls) {
  const bool wider = is_of_service(calls.action, "ec2") || is_of_service(calls.action, "s3");
  return wider ? kClockToleranceOfEc2AndS3 : kClockTolerance;
}

}  // namespace credsim
