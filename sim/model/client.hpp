#pragma once

#include <cstdint>

#include "credsim/client.hpp"
#include "credsim/record.hpp"
#include "credsim/time.hpp"

#include "model/event.hpp"
#include "model/instance.hpp"
#include "model/short_time.hpp"

namespace credsim::model {

/// What a role's own policies say of a workload's calls, as far as it is the same for all of them.
enum class Verdict : std::uint8_t { depends, denied, allowed };

/// One workload's client on one instance.
struct Client {
  enum class State : std::uint8_t {
    idle,      ///< no process
    sleeping,  ///< before its first call, for a fixed time
    polling,   ///< looks for the network
    running,
  };

  /// The next call; while it waits, the end of its sleep, or its next look.
  std::uint64_t due : kShortTimeBits = kShortNever;
  std::uint64_t state : 2 = 0;       ///< a State
  std::uint64_t at_address : 2 = 0;  ///< the Verdict at this instance's address, where it depends on that
  std::uint64_t retry_tokens : 10 = kRetryQuota;
  /// The issue of the credential that it holds; while it polls, since when; without a credential, when its process
  /// starts anew.
  std::uint64_t held : kShortTimeBits = kShortNever;
  std::uint64_t without_credential : 1 = 0;  ///< it found none when it started, and does not look again
  std::uint64_t clock_corrected : 1 = 0;     ///< it signs by the time of AWS, which a skewed clock is off from
  std::uint64_t has_called : 1 = 0;          ///< on this instance, in this process or one before
  std::uint32_t intervals = 0;               ///< drawn so far; the number of a call is that of the interval before it
  std::uint32_t extension = kNone;           ///< in its desk: what few clients need

  [[nodiscard]] bool in(State which) const { return state == static_cast<std::uint64_t>(which); }
  void set_state(State which) { state = static_cast<std::uint64_t>(which) & 3; }
  void set_retry_tokens(std::int16_t tokens) { retry_tokens = static_cast<std::uint64_t>(tokens) & 1023; }
  void set_due(SimTime at) { due = to_short(at) & kShortNever; }
  [[nodiscard]] Verdict verdict() const { return static_cast<Verdict>(at_address); }
  void set_verdict(Verdict what) { at_address = static_cast<std::uint64_t>(what) & 3; }
  void set_held(SimTime at) { held = to_short(at) & kShortNever; }
  [[nodiscard]] bool holds_credential() const { return held != kShortNever && !without_credential; }
  [[nodiscard]] bool is_to_start_anew(SimTime now) const { return without_credential && held == to_short(now); }
  /// It has called before the run, and not drawn an interval in it.
  [[nodiscard]] bool is_under_way() const { return has_called && intervals == 0; }
  [[nodiscard]] SimTime due_at() const { return from_short(due); }
  [[nodiscard]] SimTime held_at() const { return from_short(held); }
};
static_assert(sizeof(Client) == 24);

/// What an attempt came to.
struct CallOutcome {
  bool succeeded = false;
  Reason reason{};  ///< if it did not
  bool retryable = false;
  bool timed_out = false;  ///< without a network, not at once but after the client's connect timeout
  bool reached_service = false;
};

/// A call between its attempts, or with an attempt that takes time.
struct CallInProgress {
  SimTime due{};         ///< when `waits_for` comes
  SimTime attempt_at{};  ///< the last one
  Slot slot = 0;
  std::uint32_t call = 0;                   ///< its number at its client
  std::uint32_t attempt = 0;                ///< made so far
  std::uint32_t next = kNone;               ///< of the same client, in no order
  CallOutcome outcome;                      ///< of the last attempt
  std::int16_t retry_tokens = kRetryQuota;  ///< of a client that is a process of its own for each call
  std::int16_t retry_cost = 0;              ///< what the last retry took from the quota
  std::uint16_t workload = 0;
  CallEvent waits_for = CallEvent::attempt;
  std::uint8_t connects = 0;  ///< packets sent so far that ask for a connection, of the attempt
  bool rate_limited = false;  ///< the next attempt has its limiter's permission
  bool abandoned = false;     ///< its process has died
};

}  // namespace credsim::model
