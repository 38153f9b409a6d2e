#pragma once

#include "model/call_desk.hpp"
#include "model/held_credential.hpp"
#include "model/host.hpp"
#include "model/world.hpp"

namespace credsim::model {

/// An attempt of a call, and all that decides it.
struct CallAttempt {
  World& world;
  CallDesk& desk;
  const Host& host;
  const Workload& workload;
  const WorkloadState& target;
  std::size_t index;  ///< of the workload in its resource
  Client& client;
  WorkloadCounters& counters;
  SimTime now;
  std::uint64_t draw;  ///< the index of its draws
};

/// Does a fault keep the scripts on `host` from the network now?
[[nodiscard]] bool network_is_out(const World& world, const Host& host);
/// Can scripts on `host` reach the network now?
[[nodiscard]] inline bool network_is_up(const World& world, const Host& host) {
  return host.network_ready && !(world.faults.concern_calls() && network_is_out(world, host));
}

/// Step 4, without a network: at once, or after the client's time-out.
[[nodiscard]] CallOutcome without_network(const CallAttempt& attempt);
/// Step 7, where the answer is not the same for every instance and all the time.
[[nodiscard]] bool permitted(const CallAttempt& attempt);
/// Step 8: a fault of the called service; what makes STS fail for the agent makes it fail for scripts.
[[nodiscard]] bool service_fails(const CallAttempt& attempt);

/// Decides in the order of MODEL.md, "An API call". It spends a token of the service's bucket if it comes that far, and the
/// client may read its profile; nothing else changes.
[[nodiscard, gnu::always_inline]] inline CallOutcome decide_call(const CallAttempt& attempt) {
  const auto& [world, desk, host, workload, target, index, client, counters, now, draw] = attempt;
  const bool faults = world.faults.concern_calls();

  if (target.too_old) return {.reason = Reason::client_too_old};
  if (!target.names_profile) return {.reason = Reason::profile_not_specified};
  const bool just_read = read_before_attempt(client, workload, host, counters);
  if (!host.has_credential()) return {.reason = Reason::no_credentials};
  if (!network_is_up(world, host)) return without_network(attempt);
  const Duration skew = faults ? world.faults.clock_skew(host.key) : Duration{};
  if (!just_read && !refresh_held(client, workload, host, now, skew, counters)) return {.reason = Reason::refresh_failed};
  if (client.held_at() + host.lifetime <= now) return {.reason = Reason::expired_token, .reached_service = true};
  if (target.bucket && !world.regions[target.region].bucket(*target.bucket).try_take(now))
    return {.reason = Reason::throttled, .retryable = true, .reached_service = true};
  const auto known = target.verdict != Verdict::depends ? target.verdict : client.verdict();
  if (known == Verdict::depends || faults ? !permitted(attempt) : known == Verdict::denied)
    return {.reason = Reason::access_denied, .reached_service = true};
  if (faults && service_fails(attempt))
    return {.reason = Reason::service_unavailable, .retryable = true, .reached_service = true};
  return {.succeeded = true, .reached_service = true};
}

}  // namespace credsim::model
