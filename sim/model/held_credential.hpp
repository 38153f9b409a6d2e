#pragma once

#include <optional>

#include "credsim/client.hpp"
#include "credsim/record.hpp"
#include "credsim/workload.hpp"

#include "model/client.hpp"
#include "model/host.hpp"

/// Which credential a client holds, and what it signs with: MODEL.md, "An API call", steps 3 and 5.
namespace credsim::model {

/// What a client knows when it is about to sign an attempt.
struct SigningMoment {
  SimTime now;
  Duration skew;         ///< how much too early its clock sees credentials expire
  bool helper_fails;     ///< a fault makes the credential helper fail
  bool is_first = true;  ///< of its call
};

namespace signing {

/// By the client's clock.
inline Duration left(SimTime issued, const Host& host, const SigningMoment& moment) {
  return issued + host.lifetime - moment.skew - moment.now;
}

/// Runs the helper. False: it fails, and the client keeps what it has. What it gives is taken, newer or not.
inline bool ask_helper(Client& client, const Host& host, const SigningMoment& moment, WorkloadCounters& counters) {
  ++counters.helper_runs;
  if (moment.helper_fails) return false;
  client.set_held(host.issued);
  return true;
}

/// A client that is made for each call: the newest set, and nothing to fall back on when it is made.
inline std::optional<Reason> by_new_client(Client& client, const ClientHabits& habits, const Host& host,
                                           const SigningMoment& moment, WorkloadCounters& counters) {
  if (!host.has_credential()) return Reason::no_credentials;
  if (moment.is_first && !ask_helper(client, host, moment, counters)) return Reason::refresh_failed;
  const Duration remaining = left(host.issued, host, moment);
  const bool asks = remaining < habits.refresh_window && (!moment.is_first || habits.reads_twice);
  if (asks && !ask_helper(client, host, moment, counters))
    return left(client.held_at(), host, moment) < habits.mandatory_window ? std::optional(Reason::refresh_failed)
                                                                          : std::nullopt;
  client.set_held(host.issued);
  return habits.refuses_expired && remaining < Duration{} ? std::optional(Reason::expired_token) : std::nullopt;
}

/// A client that keeps what it has until it expires, or until the tool's refresh window begins.
inline std::optional<Reason> by_lasting_client(Client& client, const ClientHabits& habits, bool refreshes,
                                               const Host& host, const SigningMoment& moment,
                                               WorkloadCounters& counters) {
  const auto remaining = [&] { return left(client.held_at(), host, moment); };
  const auto is_due = [&] { return remaining() < Duration{} || (refreshes && remaining() < habits.refresh_window); };
  const auto refuses = [&] { return habits.refuses_expired && remaining() < Duration{}; };
  const Reason refusal = refreshes ? Reason::refresh_failed : Reason::expired_token;
  const bool is_new = !client.holds_credential();
  if (is_new) {
    if (!host.has_credential()) return Reason::no_credentials;
    if (!ask_helper(client, host, moment, counters)) return Reason::refresh_failed;
    if (refuses()) return refusal;
  }
  // What was just read is not read again, but by a tool that reads for a call as such and again for its attempt.
  int reads = is_new ? 0 : 1;
  if (refreshes && habits.asks_at_each_call) reads = moment.is_first ? 2 : 1;
  for (; reads > 0 && is_due(); --reads) {
    if (!ask_helper(client, host, moment, counters)) {
      if (remaining() < habits.mandatory_window) return Reason::refresh_failed;
    } else if (refuses()) {
      return refusal;
    }
  }
  return std::nullopt;
}

}  // namespace signing

/// A new process of the client. One that lasts reads the profile now, if its tool does so when a client is made; what
/// it does not find then it never finds.
inline void start_holding(Client& client, const Workload& workload, const ClientHabits& habits, bool names_profile,
                          const Host& host, const SigningMoment& moment, WorkloadCounters& counters) {
  client.set_held(kFarFuture);
  client.retry_tokens = kRetryQuota;
  client.without_credential = 0;
  client.clock_corrected = 0;
  const bool reads = workload.credentials == CredentialUse::once || habits.reads_at_start;
  if (!reads || !names_profile || workload.credentials == CredentialUse::per_call) return;
  if (host.has_credential() && signing::ask_helper(client, host, moment, counters)) return;
  client.without_credential = 1;
  if (workload.restarts_after) client.set_held(moment.now + *workload.restarts_after);
}

/// Before an attempt is sent the client takes the credential to sign with, and runs the helper as its tool and its
/// `credentials` say. A reason: it has none that it would send, and the call fails without an attempt.
[[nodiscard]] inline std::optional<Reason> take_credential(Client& client, const Workload& workload,
                                                           const ClientHabits& habits, const Host& host,
                                                           const SigningMoment& moment, WorkloadCounters& counters) {
  if (client.without_credential) return Reason::no_credentials;
  switch (workload.credentials) {
    case CredentialUse::once:
      return std::nullopt;
    case CredentialUse::per_call:
      return signing::by_new_client(client, habits, host, moment, counters);
    case CredentialUse::until_expiry:
    case CredentialUse::refreshing:
      return signing::by_lasting_client(client, habits, workload.credentials == CredentialUse::refreshing, host, moment,
                                        counters);
  }
  return std::nullopt;
}

/// A first attempt before the time that keeps_holding_until() gives takes its credential like this.
inline void take_certain_credential(Client& client, const Workload& workload, const Host& host,
                                    WorkloadCounters& counters) {
  if (workload.credentials != CredentialUse::per_call) return;
  ++counters.helper_runs;
  client.set_held(host.issued);
}

/// Until when a client's attempts find an unexpired credential by the same steps, if nothing happens to the instance or
/// its clock. Precondition: the client holds a credential.
[[nodiscard]] inline SimTime keeps_holding_until(const Client& client, CredentialUse use, const ClientHabits& habits,
                                                 const Host& host) {
  switch (use) {
    case CredentialUse::per_call:
      return host.issued + host.lifetime - (habits.reads_twice ? habits.refresh_window : Duration{});
    case CredentialUse::once:
    case CredentialUse::until_expiry:
      return client.held_at() + host.lifetime;
    case CredentialUse::refreshing:
      return client.held_at() + host.lifetime - habits.refresh_window;
  }
  return kSimulationStart;
}

}  // namespace credsim::model
