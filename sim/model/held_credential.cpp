#include "model/held_credential.hpp"

namespace credsim::model {

namespace {

/// When a `refreshing` client reads again (advisory), and from when on it insists on something newer (mandatory).
struct RefreshWindows {
  Duration advisory;
  Duration mandatory;
};

// botocore/credentials.py: 15 and 10 minutes. The AWS SDK for .NET pre-empts 15 minutes early and treats a credential
// as expired one minute early.
constexpr RefreshWindows kBotocoreWindows{std::chrono::minutes{15}, std::chrono::minutes{10}};
constexpr RefreshWindows kDotNetWindows{std::chrono::minutes{15}, std::chrono::minutes{1}};

void read_profile(Client& client, const Host& host, WorkloadCounters& counters) {
  ++counters.helper_runs;
  client.set_held(host.issued);
}

}  // namespace

void start_holding(Client& client, const Workload& workload, bool names_profile, const Host& host,
                   WorkloadCounters& counters) {
  client.held = kShortNever;
  client.retry_tokens = kRetryQuota;
  if (workload.credentials == CredentialUse::once && names_profile) read_profile(client, host, counters);
}

bool read_before_attempt(Client& client, const Workload& workload, const Host& host, WorkloadCounters& counters) {
  if (client.holds_credential() && workload.credentials != CredentialUse::per_call) return false;
  read_profile(client, host, counters);
  return true;
}

bool refresh_held(Client& client, const Workload& workload, const Host& host, SimTime now, Duration skew,
                  WorkloadCounters& counters) {
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
      const RefreshWindows windows = workload.client.tool == ClientTool::powershell ? kDotNetWindows : kBotocoreWindows;
      if (left >= windows.advisory) return true;
      const bool newer = host.issued > held;
      read_profile(client, host, counters);
      return newer || left >= windows.mandatory;
    }
  }
  return true;
}

}  // namespace credsim::model
