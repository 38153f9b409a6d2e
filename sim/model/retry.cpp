#include "model/retry.hpp"

#include <algorithm>
#include <cmath>

namespace credsim::model {

namespace {

Duration share_of(Duration span, double u) {
  return Duration{static_cast<std::int64_t>(std::floor(static_cast<double>(span.count()) * u + 0.5))};
}

/// base · 2^doublings, at most `cap`, whatever the number of doublings.
Duration doubled(Duration base, std::uint32_t doublings, Duration cap) {
  if (doublings >= 62 || base.count() > (cap.count() >> doublings)) return cap;
  return Duration{base.count() << doublings};
}

// botocore: retries/standard.py. The 2026 numbers are those behind AWS_NEW_RETRIES_2026 from 1.43.3 on.
std::int16_t retry_cost(RetryMode mode, const CallOutcome& outcome) {
  if (mode == RetryMode::standard_2026) return outcome.reason == Reason::throttled ? 5 : 14;
  return outcome.timed_out ? 10 : 5;
}

}  // namespace

Duration agent_backoff(const AgentRetry& retry, std::uint32_t next, double u, Duration previous) {
  const Duration span = doubled(retry.base, next - 2, retry.cap);
  switch (retry.jitter) {
    case AgentJitter::full:
      return share_of(span, u);
    case AgentJitter::equal:
      return span / 2 + share_of(span - span / 2, u);
    case AgentJitter::decorrelated: {
      const Duration upper = std::max(retry.base, std::min(3 * std::max(previous, retry.base), 3 * retry.cap));
      return std::min(retry.cap, retry.base + share_of(upper - retry.base, u));
    }
    case AgentJitter::none:
      return span;
  }
  return span;
}

std::optional<Duration> client_backoff(const ClientRetry& retry, std::uint32_t failed, const CallOutcome& outcome,
                                       double u, std::int16_t& tokens, std::int16_t& cost) {
  if (!outcome.retryable || failed >= retry.max_attempts) return std::nullopt;
  if (has_quota(retry.mode)) {
    const std::int16_t wanted = retry_cost(retry.mode, outcome);
    if (tokens < wanted) return std::nullopt;
    tokens = static_cast<std::int16_t>(tokens - wanted);
    cost = wanted;
  }
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  switch (retry.mode) {
    case RetryMode::none:
      return std::nullopt;
    case RetryMode::legacy:
      return share_of(doubled(seconds{1}, failed - 1, std::chrono::hours{24 * 365}), u);
    case RetryMode::standard:
    case RetryMode::adaptive:
      return share_of(doubled(seconds{1}, failed - 1, seconds{20}), u);
    case RetryMode::standard_2026: {
      const Duration base = outcome.reason == Reason::throttled ? Duration{seconds{1}} : Duration{milliseconds{50}};
      return share_of(doubled(base, failed - 1, seconds{20}), u);
    }
  }
  return std::nullopt;
}

}  // namespace credsim::model
