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
#include "credsim/client.hpp"
#include "credsim/distribution.hpp"
#include "credsim/policy.hpp"
#include "credsim/time.hpp"

namespace credsim {

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
  bool filtered = false;                              ///< DescribeInstances with filters or pages spends another bucket
  Duration session_duration = std::chrono::hours{1};  ///< of sts:AssumeRole only: DurationSeconds, 15 min to 1 h
  bool once = false;                                  ///< one call, one draw of `interval` after the start
  Distribution
      interval;  ///< from the start, or from the call before, to the next call; its minimum may be 0, its mean not

  [[nodiscard]] bool assumes_role() const;  ///< its action is sts:AssumeRole
};

/// Is `action` ("EC2:DescribeInstances") of `service` ("ec2")? Without regard to case.
[[nodiscard]] bool is_of_service(std::string_view action, std::string_view service);

/// The bucket that `calls` spend from, if any.
[[nodiscard]] std::optional<BucketKind> bucket_of(const Calls& calls);

/// How far from AWS's time the time of a signature may be. Sources: AWS Signature Version 4 (5 minutes); EC2 API
/// Reference, common errors, and S3 API Reference, RequestTimeTooSkewed (15).
inline constexpr Duration kClockTolerance = std::chrono::minutes{5};
inline constexpr Duration kClockToleranceOfEc2AndS3 = std::chrono::minutes{15};
[[nodiscard]] Duration clock_tolerance(const Calls& calls);

struct ClientRetry {
  RetryMode mode = RetryMode::standard_2026;
  std::uint32_t max_attempts = 3;  ///< ≥ 1; 1 for mode none
};

struct Workload {
  std::string name;  ///< unique in its resource
  Client client;
  std::optional<std::string> profile;  ///< any but kMachineRoleProfile finds no credentials on an instance
  std::size_t region = 0;              ///< index in the account's regions: where it calls
  CredentialUse credentials = CredentialUse::per_call;
  /// After this long a process that found no credential when it started is started anew; none: never.
  std::optional<Duration> restarts_after;
  WorkloadStart starts = WorkloadStart::boot;
  NetworkWait wait;
  Calls calls;
  ClientRetry retry;
  double fast_failures = 0.8;                           ///< share of attempts without a network that fail at once
  Duration connect_timeout = std::chrono::seconds{60};  ///< how long the others wait for a path at most
  std::optional<Distribution> latency;  ///< of an attempt that reaches the service; none: no simulated time
  /// Condition keys of its calls that AWS does not send by itself, each once; the workload's own before the resource's
  /// before the account's.
  std::vector<iam::RequestContext::Entry> request_context;
  SourcePlace place;
};

}  // namespace credsim
