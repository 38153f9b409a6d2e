#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "credsim/client.hpp"
#include "credsim/resource.hpp"

#include "model/client.hpp"

namespace credsim::model {

/// Before attempt `next` ≥ 2 of a refresh series the agent sleeps this long; `u` is a draw in (0, 1), `previous` what
/// it slept before (zero for the first sleep). Source: MODEL.md, "AssumeRole"; the jitters are those of the AWS
/// Architecture Blog, "Exponential Backoff And Jitter".
[[nodiscard]] Duration agent_backoff(const AgentRetry& retry, std::uint32_t next, double u, Duration previous);

/// After failed attempt `failed` ≥ 1 of a call: how long the client sleeps before the next one, or nothing if it gives
/// up (not retryable, out of attempts, out of quota). Takes from `tokens`, and says in `cost` how much.
[[nodiscard]] std::optional<Duration> client_backoff(const RetryLaw& law, std::uint32_t max_attempts,
                                                     std::uint32_t failed, const CallOutcome& outcome, double u,
                                                     std::int16_t& tokens, std::int16_t& cost);

/// After a success: the quota gets back what the call's last retry took, or one token if there was none.
inline void return_quota(const RetryLaw& law, std::int16_t& tokens, std::int16_t cost) {
  if (!law.has_quota()) return;
  tokens = static_cast<std::int16_t>(std::min<int>(kRetryQuota, tokens + (cost > 0 ? cost : 1)));
}

}  // namespace credsim::model
