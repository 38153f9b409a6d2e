#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "credsim/time.hpp"

/// The tools that scripts call AWS with, and what each of them is known to do: one row a tool, for whoever simulates a
/// client or judges a scenario. `tests/conformance/` holds the rows of botocore and JavaScript against the real ones.
namespace credsim {

enum class ClientTool : std::uint8_t { aws_cli, powershell, boto3, javascript, ruby, go, java };
inline constexpr std::array<std::pair<std::string_view, ClientTool>, 7> kClientTools = {{
    {"aws_cli", ClientTool::aws_cli},
    {"powershell", ClientTool::powershell},
    {"boto3", ClientTool::boto3},
    {"javascript", ClientTool::javascript},
    {"ruby", ClientTool::ruby},
    {"go", ClientTool::go},
    {"java", ClientTool::java},
}};

/// "3.3.563.1"; missing parts are 0.
using Version = std::array<std::uint32_t, 4>;

/// The oldest tools that know the profile. Source: the guide.
inline constexpr Version kFirstPowerShellVersion{3, 3, 563, 1};
inline constexpr Version kFirstDotNetSdkVersion{3, 3, 103, 22};

struct Client {
  ClientTool tool = ClientTool::boto3;
  std::optional<Version> version;      ///< none: today's
  std::optional<Version> sdk_version;  ///< of the AWS SDK for .NET; none: today's

  /// Below the minimum that the guide gives for AWS Tools for PowerShell and its SDK.
  [[nodiscard]] constexpr bool too_old() const {
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

/// What a tool does with a profile whose credentials come from a helper (`credential_process`), and with its clock and
/// its connections.
struct ClientHabits {
  Duration refresh_window;    ///< from this long before the expiry on, each call runs the helper again
  Duration mandatory_window;  ///< from this long before the expiry on, a helper that fails makes the call fail
  bool refuses_expired;       ///< looks at the expiry when it signs: an expired set never leaves the instance
  bool reads_at_start;        ///< a client that is made before the profile exists never finds it
  bool reads_twice;        ///< a new client that finds itself inside the window runs the helper once more when it signs
  bool asks_at_each_call;  ///< inside the window it runs the helper for a call as such, and for each of its attempts
  bool retries_expired;    ///< sends again, with what the helper then gives, when AWS says that the set has expired
  bool corrects_clock;     ///< signs by AWS's clock after the first answer that calls its own wrong
  bool paces_from_start;   ///< the rate limit of its adaptive mode begins when it is made, not at its first attempt
  Duration connect_timeout;  ///< of an attempt whose packets are lost
};

/// Sources: botocore 1.29 and 1.43 `credentials.py` (run); AWS SDK for .NET `ProcessAWSCredentials.cs`, and a report of
/// Windows' 21 s (serverfault 193160); JavaScript 3.1169 (run; its time-out is Linux's); Ruby aws-sdk-core 3.168 (run)
/// and `refreshing_credentials.rb`; Go v2 `CredentialsCache` (run) and its dialer; Java 2.x
/// `ProcessCredentialsProvider.java`, `CachedSupplier.java` and its Apache client. Read and run in November 2026.
[[nodiscard]] constexpr ClientHabits habits_of(ClientTool tool) {
  using std::chrono::minutes;
  using std::chrono::seconds;
  // As most SDKs do: no window, and AWS is the one that finds an expired set.
  ClientHabits habits{.refresh_window = {},
                      .mandatory_window = {},
                      .refuses_expired = false,
                      .reads_at_start = true,
                      .reads_twice = false,
                      .asks_at_each_call = false,
                      .retries_expired = false,
                      .corrects_clock = true,
                      .paces_from_start = true,
                      .connect_timeout = seconds{30}};
  switch (tool) {
    case ClientTool::aws_cli:
    case ClientTool::boto3:
      habits.refresh_window = minutes{15};
      habits.mandatory_window = minutes{10};
      habits.refuses_expired = habits.reads_twice = true;
      habits.corrects_clock = false;
      habits.connect_timeout = seconds{60};
      break;
    case ClientTool::powershell:
      habits.refresh_window = minutes{15};
      habits.mandatory_window = minutes{1};
      habits.refuses_expired = true;
      habits.connect_timeout = seconds{21};
      break;
    case ClientTool::javascript:
      habits.refresh_window = habits.mandatory_window = minutes{5};
      habits.refuses_expired = habits.asks_at_each_call = true;
      habits.reads_at_start = habits.paces_from_start = false;
      habits.connect_timeout = seconds{134};
      break;
    case ClientTool::ruby:
      habits.refresh_window = habits.mandatory_window = minutes{5};
      habits.retries_expired = true;
      habits.connect_timeout = seconds{15};
      break;
    case ClientTool::go:
      break;
    case ClientTool::java:
      habits.refresh_window = seconds{15};
      habits.reads_at_start = false;
      habits.connect_timeout = seconds{2};
      break;
  }
  return habits;
}

/// The k-th time, k ≥ 1, that a client without a path asks for its connection again: so long after its attempt began
/// (RFC 6298: 1, 3, 7, 15, 31, 63 s). Linux asks six times (`tcp_syn_retries`), then waits for its time-out.
[[nodiscard]] constexpr Duration connect_wait(unsigned k) {
  return k > 6 ? Duration::max() : std::chrono::seconds{(std::int64_t{1} << k) - 1};
}

/// What a tool does unless its user says otherwise. A script runs the AWS CLI anew for each call, and each PowerShell
/// cmdlet looks its profile up; the SDKs' clients keep and refresh.
[[nodiscard]] constexpr CredentialUse default_credential_use(ClientTool tool) {
  const bool new_for_each_call = tool == ClientTool::aws_cli || tool == ClientTool::powershell;
  return new_for_each_call ? CredentialUse::per_call : CredentialUse::refreshing;
}

/// The SDKs' retry modes. `standard` and `adaptive` are those from before November 2026; the others of these names came
/// then ("Announcing updated retry behavior for AWS SDKs and tools", AWS Developer Tools Blog).
enum class RetryMode : std::uint8_t { none, legacy, standard, standard_2026, adaptive, adaptive_2026 };
inline constexpr std::array<std::pair<std::string_view, RetryMode>, 6> kRetryModes = {{
    {"none", RetryMode::none},
    {"legacy", RetryMode::legacy},
    {"standard", RetryMode::standard},
    {"standard_2026", RetryMode::standard_2026},
    {"adaptive", RetryMode::adaptive},
    {"adaptive_2026", RetryMode::adaptive_2026},
}};

/// JavaScript's version 3 and Go's version 2 never had one.
[[nodiscard]] constexpr bool has_legacy_mode(ClientTool tool) {
  return tool != ClientTool::javascript && tool != ClientTool::go;
}

/// True for standard behind a client-side rate limit that throttles teach.
[[nodiscard]] constexpr bool is_adaptive(RetryMode mode) {
  return mode == RetryMode::adaptive || mode == RetryMode::adaptive_2026;
}

/// The numbers of a tool's retry mode. Before its n-th attempt, n ≥ 2, a client sleeps Uniform(0, min(cap, base·gⁿ⁻²)),
/// or all of that without jitter.
struct RetryLaw {
  std::uint32_t attempts;  ///< made at most, the first included, unless the user says otherwise
  Duration base;           ///< after a failure that is no throttle
  Duration throttled_base;
  std::uint32_t growth_bits;  ///< of g: 1 doubles, 2 quadruples
  Duration cap;
  bool jitter;
  /// What a retry takes from the client's quota of kRetryQuota tokens; all 0: there is no quota.
  std::int16_t cost;
  std::int16_t throttled_cost;
  std::int16_t timed_out_cost;

  [[nodiscard]] constexpr bool has_quota() const { return cost != 0; }
};

/// A client starts with this many tokens. Source: botocore, `retries/quota.py`; the same in the other SDKs.
inline constexpr std::int16_t kRetryQuota = 500;

/// Sources: botocore `retryhandler.py`, `retries/standard.py`; aws-sdk-net `RetryPolicy.cs`; aws-sdk-ruby
/// `retry_errors.rb`; the "before" and "after" columns of AWS's announcements, aws-sdk-js-v3#8037, aws-sdk-net#4411,
/// aws-sdk-go-v2#3416, aws-sdk-java-v2#6987, aws-tools-for-powershell#418. Java's legacy mode sleeps at least half of
/// its span after a throttle, which this leaves out. A tool without a legacy mode has `standard` in its place.
[[nodiscard]] constexpr RetryLaw retry_law(ClientTool tool, RetryMode mode) {
  using std::chrono::hours;
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  const RetryLaw standard{3, seconds{1}, seconds{1}, 1, seconds{20}, true, 5, 5, 10};
  switch (mode) {
    case RetryMode::none:
      return {1, Duration{}, Duration{}, 1, Duration{}, true, 0, 0, 0};
    case RetryMode::standard_2026:
    case RetryMode::adaptive_2026:
      return {3, milliseconds{50}, seconds{1}, 1, seconds{20}, true, 14, 5, 14};
    case RetryMode::standard:
    case RetryMode::adaptive:
      if (tool == ClientTool::javascript)
        return {3, milliseconds{100}, milliseconds{100}, 1, seconds{20}, true, 10, 5, 10};
      if (tool == ClientTool::java) return {3, milliseconds{100}, seconds{1}, 1, seconds{20}, true, 5, 5, 5};
      return standard;
    case RetryMode::legacy:
      break;
  }
  switch (tool) {
    case ClientTool::aws_cli:
    case ClientTool::boto3:
      return {5, seconds{1}, seconds{1}, 1, hours{24 * 365}, true, 0, 0, 0};
    case ClientTool::powershell:
      return {5, milliseconds{400}, milliseconds{400}, 2, seconds{30}, false, 0, 0, 0};
    case ClientTool::ruby:
      return {4, milliseconds{300}, milliseconds{300}, 1, hours{24 * 365}, false, 0, 0, 0};
    case ClientTool::java:
      return {4, milliseconds{100}, milliseconds{500}, 1, seconds{20}, true, 5, 0, 5};
    case ClientTool::javascript:
    case ClientTool::go:
      break;
  }
  return standard;
}

/// The mode of a client whose user sets none. Without a version it is today's. None: AWS names no version of that tool
/// from which the mode of 2026 is the default. Source: as RetryMode; the versions of 10 November 2026.
[[nodiscard]] constexpr std::optional<RetryMode> default_retry_mode(const Client& client) {
  if (!client.version) return RetryMode::standard_2026;
  const Version& version = *client.version;
  switch (client.tool) {
    case ClientTool::aws_cli:
      if (version < Version{2}) return RetryMode::legacy;
      return version < Version{2, 40} ? RetryMode::standard : RetryMode::standard_2026;
    case ClientTool::boto3:
      return version < Version{1, 44} ? RetryMode::legacy : RetryMode::standard_2026;
    case ClientTool::powershell:
      if (version < Version{5}) return RetryMode::legacy;
      return version < Version{5, 0, 332} ? RetryMode::standard : RetryMode::standard_2026;
    case ClientTool::javascript:
      return version < Version{3, 1166} ? RetryMode::standard : RetryMode::standard_2026;
    case ClientTool::ruby:
    case ClientTool::go:
    case ClientTool::java:
      break;
  }
  return std::nullopt;
}

}  // namespace credsim
