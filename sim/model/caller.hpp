#pragma once

#include <algorithm>

#include "model/call.hpp"
#include "model/call_desk.hpp"
#include "model/held_credential.hpp"
#include "model/purpose.hpp"
#include "model/retry.hpp"

namespace credsim::model {

/// One workload's client on one instance, making calls, and deciding them in the order of MODEL.md, "An API call".
/// Calls that contend for a bucket are made in the order of the simulation clock, by events; those that contend for
/// nothing along the instance's own timeline. The two differ in their `Agenda` only, which is told what is due when:
///   void script(SimTime at);                                    // the client's next call
///   void call(std::uint32_t place, SimTime at, CallEvent what);  // a call in progress goes on
template <class Agenda>
class Caller {
 public:
  Caller(World& world, CallDesk& desk, Slot slot, std::size_t workload, const Host& host, Agenda agenda)
      : world_(world),
        desk_(desk),
        state_(world.resource_of_slot(slot)),
        workload_(state_.resource->workloads[workload]),
        target_(state_.workloads[workload]),
        client_(world.client(slot, workload)),
        host_(host),
        slot_(slot),
        index_(workload),
        intervals_(stream(Purpose::call_interval)),
        agenda_(agenda) {}

  [[nodiscard]] Client& client() { return client_; }

  /// The waiting is over: the process starts, and with it the interval to its first call.
  void start_process(SimTime now) {
    client_.set_state(Client::State::running);
    start_holding(client_, workload_, target_.names_profile, host_, counters(now));
    schedule_call(now);
  }

  void make_call(SimTime now) {
    count_first_call(now);
    CallInProgress call;
    call.slot = slot_;
    call.call = client_.intervals - 1;
    call.workload = static_cast<std::uint16_t>(index_);
    if (target_.process_per_call && target_.adaptive) desk_.limiter_of(client_, now) = AdaptiveLimiter(now);
    schedule_next(now);
    attempt(call, kNone, now);
  }

  /// Calls that are certain to succeed at once, as long as nothing happens to the instance and nobody else's calls
  /// matter: those before the time that this returns, for a client without calls in progress. Their decision is known;
  /// what is left of each is to count it.
  [[nodiscard]] SimTime succeeds_until() const {
    const bool can_fail = target_.too_old || !target_.names_profile || target_.bucket || !host_.network_ready ||
                          !client_.holds_credential() || known_verdict() != Verdict::allowed ||
                          world_.faults.concern_calls();
    const bool plain = !can_fail && !target_.adaptive && !workload_.latency;
    return plain ? keeps_holding_until(client_, workload_, host_) : kSimulationStart;
  }
  void make_certain_call(SimTime now) {
    count_first_call(now);
    schedule_next(now);
    WorkloadCounters& counts = counters(now);
    (void)read_before_attempt(client_, workload_, host_, counts);
    count_attempt(counts);
    succeed(counts, 0);
  }

  /// What is due of the call in progress at `place`.
  void go_on(std::uint32_t place, SimTime now) {
    CallInProgress call = desk_.calls[place];
    if (call.answered) {
      conclude(call, place, now, counters(now));
    } else {
      attempt(call, place, now);
    }
  }

 private:
  // A call's attempts have the draws call·2^16 + attempt.
  static constexpr unsigned kAttemptBits = 16;

  static std::uint64_t draw_index(const CallInProgress& call) {
    return (std::uint64_t{call.call} << kAttemptBits) + call.attempt;
  }

  [[nodiscard]] RandomStream stream(Purpose purpose) const {
    return host_.key.stream.child(key(purpose)).child(target_.key);
  }
  [[nodiscard]] WorkloadCounters& counters(SimTime now) { return desk_.counts.at(target_.counts, now); }

  void schedule_next(SimTime now) {
    if (workload_.calls.once) {
      client_.due = kShortNever;
    } else {
      schedule_call(now);
    }
  }

  /// Before the next call is scheduled.
  void count_first_call(SimTime now) {
    if (client_.intervals != 1) [[likely]] {
      return;
    }
    WorkloadCounters& counts = counters(now);
    ++counts.first_calls;
    if (!host_.network_ready) ++counts.first_calls_without_network;
  }

  [[nodiscard]] Verdict known_verdict() const {
    return target_.verdict != Verdict::depends ? target_.verdict : client_.verdict();
  }

  void count_attempt(WorkloadCounters& counts) {
    ++desk_.attempts;
    ++counts.attempts;
  }

  /// `retry_cost`: what the call's last retry took from the quota.
  void succeed(WorkloadCounters& counts, std::int16_t retry_cost) {
    ++counts.calls_succeeded;
    // A process that was there for this call has no more use for its quota.
    if (target_.process_per_call || client_.retry_tokens == kRetryQuota) return;
    auto tokens = static_cast<std::int16_t>(client_.retry_tokens);
    return_quota(workload_.retry, tokens, retry_cost);
    client_.set_retry_tokens(tokens);
  }

  void schedule_call(SimTime now) {
    const Duration interval = workload_.calls.interval.sample(intervals_, client_.intervals++);
    client_.set_due(now + interval);
    agenda_.script(now + interval);
  }

  /// One attempt. It spends a token of the service's bucket if it comes that far, and the client may read its profile;
  /// nothing else changes.
  CallOutcome decide(SimTime now, std::uint64_t draw, WorkloadCounters& counts) {
    const FaultSchedule& faults = world_.faults;
    if (target_.too_old) return {.reason = Reason::client_too_old};
    if (!target_.names_profile) return {.reason = Reason::profile_not_specified};
    const bool just_read = read_before_attempt(client_, workload_, host_, counts);
    if (!host_.has_credential()) return {.reason = Reason::no_credentials};
    if (!network_is_up(world_, host_)) return without_network(host_, workload_, target_, draw);
    const Duration skew = faults.concern_calls() ? faults.clock_skew(host_.key) : Duration{};
    if (!just_read && !refresh_held(client_, workload_, host_, now, skew, counts))
      return {.reason = Reason::refresh_failed};
    if (client_.held_at() + host_.lifetime <= now) return {.reason = Reason::expired_token, .reached_service = true};
    if (target_.bucket && !world_.regions[target_.region].bucket(*target_.bucket).try_take(now))
      return {.reason = Reason::throttled, .retryable = true, .reached_service = true};
    const Verdict known = known_verdict();
    if (known == Verdict::depends || faults.concern_calls() ? !permitted(world_, desk_, host_, index_, client_, now)
                                                            : known == Verdict::denied)
      return {.reason = Reason::access_denied, .reached_service = true};
    if (faults.concern_calls() && service_fails(world_, host_, workload_, target_, draw))
      return {.reason = Reason::service_unavailable, .retryable = true, .reached_service = true};
    return {.succeeded = true, .reached_service = true};
  }

  void attempt(CallInProgress& call, std::uint32_t place, SimTime now) {
    if (target_.adaptive && !call.rate_limited) {
      const Duration wait = desk_.limiter_of(client_, now).acquire(now);
      if (wait > Duration{}) {
        call.rate_limited = true;
        return set_aside(call, place, now + wait, CallEvent::attempt);
      }
    }
    WorkloadCounters& counts = counters(now);
    count_attempt(counts);
    call.rate_limited = false;
    call.attempt_at = now;
    ++call.attempt;
    call.outcome = decide(now, draw_index(call), counts);

    Duration takes{};
    if (call.outcome.timed_out) takes = workload_.connect_timeout;
    if (call.outcome.reached_service && workload_.latency)
      takes = workload_.latency->sample(stream(Purpose::call_latency), draw_index(call));
    if (takes > Duration{}) return set_aside(call, place, now + takes, CallEvent::result);
    conclude(call, place, now, counts);
  }

  /// The attempt's outcome is known to the client: the call ends, or tries again after a sleep.
  void conclude(CallInProgress& call, std::uint32_t place, SimTime now, WorkloadCounters& counts) {
    if (target_.adaptive)
      desk_.limiter_of(client_, now)
          .on_answer(now, !call.outcome.succeeded && call.outcome.reason == Reason::throttled);
    if (call.outcome.succeeded) {
      succeed(counts, call.retry_cost);
      return end(place);
    }
    auto tokens = target_.process_per_call ? call.retry_tokens : static_cast<std::int16_t>(client_.retry_tokens);
    const double u = stream(Purpose::call_backoff).uniform(draw_index(call));
    const auto sleep = client_backoff(workload_.retry, call.attempt, call.outcome, u, tokens, call.retry_cost);
    if (target_.process_per_call) {
      call.retry_tokens = tokens;
    } else {
      client_.set_retry_tokens(tokens);
    }
    if (sleep) return set_aside(call, place, now + *sleep, CallEvent::attempt);

    ++counts.call_failures[static_cast<std::size_t>(call.outcome.reason)];
    if (world_.recorder.keeps_failures())
      desk_.failures.push_back({.at = call.attempt_at,
                                .instance = world_.records.id(slot_),
                                .resource = state_.index,
                                .workload = call.workload,
                                .operation = FailureRow::Operation::call,
                                .reason = call.outcome.reason,
                                .attempts = call.attempt});
    end(place);
  }

  /// Puts a call aside until `at`. `place` is where it already is, or kNone.
  void set_aside(CallInProgress& call, std::uint32_t place, SimTime at, CallEvent event) {
    if (at >= world_.end) return end(place);
    call.due = at;
    call.answered = event == CallEvent::result;
    if (place == kNone) {
      place = desk_.put(client_, call);
    } else {
      call.next = desk_.calls[place].next;
      desk_.calls[place] = call;
    }
    agenda_.call(place, at, event);
  }

  void end(std::uint32_t place) {
    if (place != kNone) desk_.take(client_, place);
  }

  World& world_;
  CallDesk& desk_;
  const ResourceState& state_;
  const Workload& workload_;
  const WorkloadState& target_;
  Client& client_;
  const Host& host_;
  Slot slot_;
  std::size_t index_;
  RandomStream intervals_;
  Agenda agenda_;
};

}  // namespace credsim::model
