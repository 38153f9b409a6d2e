#pragma once

#include "credsim/workload.hpp"

#include "model/client.hpp"
#include "model/host.hpp"

/// Which credential a client holds: MODEL.md, "An API call", step 5.
namespace credsim::model {

/// When a `refreshing` client reads again (advisory), and from when on it insists on something newer (mandatory).
struct RefreshWindows {
  Duration advisory;
  Duration mandatory;
};

// botocore/credentials.py: 15 and 10 minutes. The AWS SDK for .NET pre-empts 15 minutes early and treats a credential
// as expired one minute early.
inline constexpr RefreshWindows kBotocoreWindows{std::chrono::minutes{15}, std::chrono::minutes{10}};
inline constexpr RefreshWindows kDotNetWindows{std::chrono::minutes{15}, std::chrono::minutes{1}};

inline RefreshWindows refresh_windows(const Workload& workload) {
  return workload.client.tool == ClientTool::powershell ? kDotNetWindows : kBotocoreWindows;
}

/// The client runs the credential helper and holds the newest credential, if there is one.
inline void read_profile(Client& client, const Host& host, WorkloadCounters& counters) {
  ++counters.helper_runs;
  client.set_held(host.issued);
}

/// A new process of the client: it holds nothing, but a `once` client that names the profile reads it at once, whether
/// or not it finds something.
inline void start_holding(Client& client, const Workload& workload, bool names_profile, const Host& host,
                          WorkloadCounters& counters) {
  client.set_held(kFarFuture);
  client.retry_tokens = kRetryQuota;
  if (workload.credentials == CredentialUse::once && names_profile) read_profile(client, host, counters);
}

/// Before an attempt is signed: a client that holds nothing, or reads `per_call`, runs the credential helper, whether
/// or not it finds something. True if it did.
inline bool read_before_attempt(Client& client, const Workload& workload, const Host& host,
                                WorkloadCounters& counters) {
  if (client.holds_credential() && workload.credentials != CredentialUse::per_call) return false;
  read_profile(client, host, counters);
  return true;
}

/// Before the service looks at it: a client that keeps its credential reads again as its `credentials` say. `skew` is
/// how much too early its clock sees credentials expire. False: the refresh failed and the client gives up.
/// Precondition: it holds a credential from an earlier attempt.
[[nodiscard]] inline bool refresh_held(Client& client, const Workload& workload, const Host& host, SimTime now,
                                       Duration skew, WorkloadCounters& counters) {
  const SimTime held = client.held_at();
  const Duration left = held + host.lifetime - skew - now;
  switch (workload.credentials) {
    case CredentialUse::per_call:
    case CredentialUse::once:
      return true;
    case CredentialUse::until_expiry:
      if (left <= Duration{}) read_profile(client, host, counters);
      return true;
    case CredentialUse::refreshing: {
      const RefreshWindows windows = refresh_windows(workload);
      if (left >= windows.advisory) return true;
      const bool newer = host.issued > held;
      read_profile(client, host, counters);
      return newer || left >= windows.mandatory;
    }
  }
  return true;
}

/// Until when refresh_held() and the credential's expiry will let attempts pass without another look at them, if
/// nothing happens to the instance or its clock. Precondition: the client holds a credential.
[[nodiscard]] inline SimTime keeps_holding_until(const Client& client, const Workload& workload, const Host& host) {
  switch (workload.credentials) {
    case CredentialUse::per_call:
      return host.issued + host.lifetime;
    case CredentialUse::once:
    case CredentialUse::until_expiry:
      return client.held_at() + host.lifetime;
    case CredentialUse::refreshing:
      return client.held_at() + host.lifetime - refresh_windows(workload).advisory;
  }
  return kSimulationStart;
}

}  // namespace credsim::model
