#include "model/held_credential.hpp"

#include "credsim/role.hpp"

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

void read_profile(Client& client, const Instance& instance, WorkloadCounters& counters) {
  ++counters.helper_runs;
  client.held_issued = instance.issued;
  client.held_expires = instance.expires;
}

}  // namespace

void start_holding(Client& client, const Workload& workload, const Instance& instance, WorkloadCounters& counters) {
  client.held_issued = client.held_expires = kNever;
  client.retry_tokens = kRetryQuota;
  if (workload.credentials == CredentialUse::once && workload.profile == kMachineRoleProfile)
    read_profile(client, instance, counters);
}

bool read_before_attempt(Client& client, const Workload& workload, const Instance& instance,
                         WorkloadCounters& counters) {
  if (client.holds_credential() && workload.credentials != CredentialUse::per_call) return false;
  read_profile(client, instance, counters);
  return true;
}

bool refresh_held(Client& client, const Workload& workload, const Instance& instance, SimTime now, Duration skew,
                  WorkloadCounters& counters) {
  const Duration left = client.held_expires - skew - now;
  switch (workload.credentials) {
    case CredentialUse::per_call:
    case CredentialUse::once:
      return true;
    case CredentialUse::until_expiry:
      if (left <= Duration{}) read_profile(client, instance, counters);
      return true;
    case CredentialUse::refreshing: {
      const RefreshWindows windows = workload.client.tool == ClientTool::powershell ? kDotNetWindows : kBotocoreWindows;
      if (left >= windows.advisory) return true;
      const bool newer = instance.issued > client.held_issued;
      read_profile(client, instance, counters);
      return newer || left >= windows.mandatory;
    }
  }
  return true;
}

}  // namespace credsim::model
