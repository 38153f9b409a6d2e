#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "credsim/account.hpp"
#include "credsim/distribution.hpp"
#include "credsim/policy.hpp"
#include "credsim/time.hpp"

namespace credsim {

enum class ClientTool : std::uint8_t { aws_cli, powershell, boto3 };

/// "3.3.563.1"; missing parts are 0.
using Version = std::array<std::uint32_t, 4>;

/// The oldest tools that know the profile. Source: the guide.
inline constexpr Version kFirstPowerShellVersion{3, 3, 563, 1};
inline constexpr Version kFirstDotNetSdkVersion{3, 3, 103, 22};

struct Client {
  ClientTool tool = ClientTool::boto3;
  std::optional<Version> version;      ///< none: recent enough
  std::optional<Version> sdk_version;  ///< of the AWS SDK for .NET; none: recent enough

  /// Below the minimum that the guide gives for AWS Tools for PowerShell and its SDK.
  [[nodiscard]] bool too_old() const {
    return tool == ClientTool::powershell &&
           ((version && *version < kFirstPowerShellVersion) || (sdk_version && *sdk_version < kFirstDotNetSdkVersion));
  }
};

/// How a client holds credentials; MODEL.md, "An API call", step 5.
enum class CredentialUse : std::uint8_t { per_call, until_expiry, once, refreshing };
inline constexpr std::array<std::pair<std::string_view, CredentialUse>, 4> kCredentialUses = {{
    {"per_call", CredentialUse::per_call},
    {"until_expiry", CredentialUse::until_expiry},
    {"once", CredentialUse::once},
    {"refreshing", CredentialUse::refreshing},
}};

/// When the scripts of a workload start.
enum class WorkloadStart : std::uint8_t { provision, boot, session_start };

/// What a script does about the network between its start and its first call.
struct NetworkWait {
  enum class Kind : std::uint8_t { none, fixed, poll };
  Kind kind = Kind::none;
  Distribution fixed;   ///< kind fixed: the sleep
  Duration interval{};  ///< kind poll: between two looks, > 0
  Duration timeout{};   ///< kind poll: after it the script goes on without the network
};
inline constexpr std::array<std::pair<std::string_view, NetworkWait::Kind>, 3> kNetworkWaits = {{
    {"none", NetworkWait::Kind::none},
    {"fixed", NetworkWait::Kind::fixed},
    {"poll", NetworkWait::Kind::poll},
}};

struct Calls {
  std::string action;          ///< "ec2:DescribeInstances"
  std::string resource = "*";  ///< an ARN or "*"
  std::optional<std::size_t>
      role;  ///< index in Scenario::roles: sts:AssumeRole, and `resource` is the ARN of a role that the scenario has
  std::optional<iam::PolicyDocument> resource_policy;  ///< of `resource`; a role's trust policy for sts:AssumeRole
  bool filtered = false;  ///< DescribeInstances with filters or pages spends another bucket
  bool once = false;      ///< one call, one draw of `interval` after the start
  Distribution
      interval;  ///< from the start, or from the call before, to the next call; its minimum may be 0, its mean not

  [[nodiscard]] bool assumes_role() const;  ///< its action is sts:AssumeRole
};

/// The bucket that `calls` spend from, if any.
[[nodiscard]] std::optional<BucketKind> bucket_of(const Calls& calls);

/// The SDKs' retry modes. Sources: botocore's retry handlers and the AWS CLI user guide.
enum class RetryMode : std::uint8_t {
  none,           ///< one attempt
  legacy,         ///< 5 attempts, Uniform(0, 2^(n−2) s) before attempt n, no quota
  standard,       ///< 3 attempts, Uniform(0, min(20 s, 2^(n−2) s)), retry quota of 500 tokens a client
  standard_2026,  ///< 3 attempts, 50 ms instead of 1 s as the base except for throttles, another quota
  adaptive,       ///< standard, and a client-side rate limit that throttles teach
};
inline constexpr std::array<std::pair<std::string_view, RetryMode>, 5> kRetryModes = {{
    {"none", RetryMode::none},
    {"legacy", RetryMode::legacy},
    {"standard", RetryMode::standard},
    {"standard_2026", RetryMode::standard_2026},
    {"adaptive", RetryMode::adaptive},
}};

struct ClientRetry {
  RetryMode mode = RetryMode::standard;
  std::uint32_t max_attempts = 3;  ///< ≥ 1; 1 for mode none
};

struct Workload {
  std::string name;  ///< unique in its resource
  Client client;
  std::optional<std::string> profile;  ///< any but kMachineRoleProfile finds no credentials on an instance
  std::size_t region = 0;              ///< index in the account's regions: where it calls
  CredentialUse credentials = CredentialUse::per_call;
  WorkloadStart starts = WorkloadStart::boot;
  NetworkWait wait;
  Calls calls;
  ClientRetry retry;
  double fast_failures = 0.8;                           ///< share of attempts without a network that fail at once
  Duration connect_timeout = std::chrono::seconds{60};  ///< how long the others take
  std::optional<Distribution> latency;  ///< of an attempt that reaches the service; none: no simulated time
  /// Condition keys of its calls that AWS does not send by itself, each once; the workload's own before the resource's
  /// before the account's.
  std::vector<iam::RequestContext::Entry> request_context;
  SourcePlace place;
};

}  // namespace credsim
