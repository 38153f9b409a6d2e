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

std::int16_t retry_cost(const RetryLaw& law, const CallOutcome& outcome) {
  if (outcome.reason == Reason::throttled) return law.throttled_cost;
  return outcome.timed_out ? law.timed_out_cost : law.cost;
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

std::optional<Duration> client_backoff(const RetryLaw& law, std::uint32_t max_attempts, std::uint32_t failed,
                                       const CallOutcome& outcome, double u, std::int16_t& tokens, std::int16_t& cost) {
  if (!outcome.retryable || failed >= max_attempts) return std::nullopt;
  if (law.has_quota()) {
    const std::int16_t wanted = retry_cost(law, outcome);
    if (tokens < wanted) return std::nullopt;
    tokens = static_cast<std::int16_t>(tokens - wanted);
    cost = wanted;
  }
  const Duration base = outcome.reason == Reason::throttled ? law.throttled_base : law.base;
  const Duration span = doubled(base, law.growth_bits * (failed - 1), law.cap);
  return law.jitter ? share_of(span, u) : span;
}

}  // namespace credsim::model
