#pragma once

#include <cstdint>

#include "credsim/record.hpp"
#include "credsim/time.hpp"

#include "model/event.hpp"

namespace credsim::model {

/// The retry quota of the SDKs' standard modes (botocore, `retries/quota.py`): a client starts with this many tokens.
inline constexpr std::int16_t kRetryQuota = 500;

/// One workload's client on one instance, as long as its process lives.
struct Client {
  /// The credential that it holds; kNever: none yet.
  SimTime held_issued = kNever;
  SimTime held_expires = kNever;
  SimTime wait_from = kNever;  ///< when its script began to wait for the network
  std::uint32_t calls = 0;     ///< made so far, over all its processes: the index of their draws
  /// Intervals drawn so far. More than calls: one that a restart cut off must not be drawn again, since it is a long
  /// one.
  std::uint32_t intervals = 0;
  std::int16_t retry_tokens = kRetryQuota;
  std::uint8_t permission = 0;  ///< a decision that holds for this instance's address: 0 unknown, 1 denied, 2 allowed
  std::uint32_t permission_set = 0;    ///< the set of policies that it is about
  std::uint32_t limiter = UINT32_MAX;  ///< index of its adaptive rate limiter, if it has one

  [[nodiscard]] bool holds_credential() const { return held_issued != kNever; }
};

/// What an attempt came to.
struct CallOutcome {
  bool succeeded = false;
  Reason reason{};  ///< if it did not
  bool retryable = false;
  bool timed_out = false;  ///< without a network, not at once but after the client's connect timeout
  bool reached_service = false;
};

/// A call between its attempts, or waiting for what a slow attempt comes to.
struct CallInProgress {
  Slot slot = 0;
  std::uint32_t epoch = 0;
  std::uint32_t call = 0;                   ///< its number at its client
  std::uint32_t attempt = 0;                ///< made so far
  SimTime attempt_at{};                     ///< the last one
  CallOutcome outcome;                      ///< of the last one
  std::int16_t retry_tokens = kRetryQuota;  ///< of a client that is a process of its own for each call
  std::int16_t retry_cost = 0;              ///< what the last retry took from the quota
  std::uint16_t workload = 0;
  bool rate_limited = false;  ///< the next attempt has its limiter's permission
};

}  // namespace credsim::model
