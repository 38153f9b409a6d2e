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
///   void call(std::uint32_t place, SimTime at);  // a call in progress goes on
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
    start_holding(client_, workload_, target_.habits, target_.names_profile, host_, signing_moment(now, true),
                  counters(now));
    if (target_.adaptive && target_.habits.paces_from_start) (void)desk_.limiter_of(client_, now);
    if (client_.is_under_way()) return schedule_call_under_way(now);
    schedule_call(now);
  }

  void make_call(SimTime now) {
    if (client_.is_to_start_anew(now)) return start_process(now);
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
                          !client_.holds_credential() || client_.clock_corrected ||
                          known_verdict() != Verdict::allowed || world_.faults.concern_calls();
    const bool plain = !can_fail && !target_.adaptive && !workload_.latency;
    return plain ? keeps_holding_until(client_, workload_.credentials, target_.habits, host_) : kSimulationStart;
  }
  void make_certain_call(SimTime now) {
    count_first_call(now);
    schedule_next(now);
    WorkloadCounters& counts = counters(now);
    take_certain_credential(client_, workload_, host_, counts);
    count_attempt(counts);
    succeed(counts, 0);
  }

  /// What is due of the call in progress at `place`.
  void go_on(std::uint32_t place, SimTime now) {
    CallInProgress call = desk_.calls[place];
    switch (call.waits_for) {
      case CallEvent::attempt:
        return attempt(call, place, now);
      case CallEvent::connect:
        return connect(call, place, now);
      case CallEvent::result:
        return conclude(call, place, now, counters(now));
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
    if (!workload_.calls.once) return schedule_call(now);
    client_.due = kShortNever;
  }

  void count_first_call(SimTime now) {
    if (client_.has_called) [[likely]] {
      return;
    }
    client_.has_called = 1;
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
    return_quota(target_.retry_law, tokens, retry_cost);
    client_.set_retry_tokens(tokens);
  }

  void schedule_call(SimTime now) {
    schedule_call_at(now + workload_.calls.interval.sample(intervals_, client_.intervals++));
  }

  /// The first call after `now` of a process that began to call long ago, after a part of its first interval. Calls at
  /// equal distances are then anywhere, and others forget within a few intervals when they began.
  void schedule_call_under_way(SimTime now) {
    constexpr int kIntervals = 8;
    constexpr Duration kLongestMean = std::chrono::days{3652};
    const Distribution& interval = workload_.calls.interval;
    const Duration first = interval.sample(intervals_, client_.intervals++);
    SimTime next = now - kIntervals * std::min(interval.mean(), kLongestMean) +
                   Distribution::uniform(Duration{}, first).sample(stream(Purpose::steady_start), 0);
    while (next <= now) next += interval.sample(intervals_, client_.intervals++);
    schedule_call_at(next);
  }

  void schedule_call_at(SimTime next) {
    if (client_.without_credential) next = std::min(next, client_.held_at());
    client_.set_due(next);
    agenda_.script(next);
  }

  [[nodiscard]] SigningMoment signing_moment(SimTime now, bool is_first) const {
    SigningMoment moment{.now = now, .skew = {}, .helper_fails = false, .is_first = is_first};
    if (world_.faults.concern_calls()) {
      moment.skew = world_.faults.clock_skew(host_.key);
      moment.helper_fails = world_.faults.hit(FaultKind::helper_failure, host_.key);
    }
    return moment;
  }

  /// All that is decided before anything is sent. A reason: the call fails without an attempt.
  std::optional<Reason> sign(const CallInProgress& call, SimTime now, WorkloadCounters& counts) {
    if (target_.too_old) return Reason::client_too_old;
    if (!target_.names_profile) return Reason::profile_not_specified;
    return take_credential(client_, workload_, target_.habits, host_, signing_moment(now, call.attempt == 0), counts);
  }

  /// What the service answers to an attempt that reaches it now. It may spend a token of the service's bucket; nothing
  /// else changes.
  CallOutcome answer(SimTime now, std::uint64_t draw) {
    const FaultSchedule& faults = world_.faults;
    if ((faults.concern_calls() || client_.clock_corrected) && clock_is_refused(world_, host_, target_, client_))
      return {.reason = Reason::clock_skewed, .retryable = target_.habits.corrects_clock, .reached_service = true};
    if (client_.held_at() + host_.lifetime <= now)
      return {.reason = Reason::expired_token,
              .retryable = target_.habits.retries_expired && workload_.credentials != CredentialUse::once,
              .reached_service = true};
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
    call.rate_limited = false;
    call.attempt_at = now;
    if (const std::optional<Reason> unsent = sign(call, now, counts)) {
      call.outcome = {.reason = *unsent};
      return fail(call, place, counts);
    }
    count_attempt(counts);
    ++call.attempt;
    call.connects = 1;
    if (network_is_up(world_, host_)) return reach_service(call, place, now, counts);
    if (!waits_for_path(host_, workload_, target_, draw_index(call))) {
      call.outcome = {.reason = Reason::network_unavailable, .retryable = true};
      return conclude(call, place, now, counts);
    }
    set_aside(call, place, next_connect(call), CallEvent::connect);
  }

  /// A connection is asked for again, or the client's patience is over.
  void connect(CallInProgress& call, std::uint32_t place, SimTime now) {
    if (now >= call.attempt_at + workload_.connect_timeout) {
      call.outcome = {.reason = Reason::network_unavailable, .retryable = true, .timed_out = true};
      return conclude(call, place, now, counters(now));
    }
    if (network_is_up(world_, host_)) return reach_service(call, place, now, counters(now));
    ++call.connects;
    set_aside(call, place, next_connect(call), CallEvent::connect);
  }

  [[nodiscard]] SimTime next_connect(const CallInProgress& call) const {
    return call.attempt_at + std::min(connect_wait(call.connects), workload_.connect_timeout);
  }

  void reach_service(CallInProgress& call, std::uint32_t place, SimTime now, WorkloadCounters& counts) {
    call.outcome = answer(now, draw_index(call));
    const Duration takes =
        workload_.latency ? workload_.latency->sample(stream(Purpose::call_latency), draw_index(call)) : Duration{};
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
    const auto sleep = client_backoff(target_.retry_law, workload_.retry.max_attempts, call.attempt, call.outcome, u,
                                      tokens, call.retry_cost);
    if (target_.process_per_call) {
      call.retry_tokens = tokens;
    } else {
      client_.set_retry_tokens(tokens);
    }
    if (sleep) return set_aside(call, place, now + *sleep, CallEvent::attempt);
    fail(call, place, counts);
  }

  void fail(const CallInProgress& call, std::uint32_t place, WorkloadCounters& counts) {
    const auto reason = static_cast<std::size_t>(call.outcome.reason);
    ++counts.call_failures[reason];
    if (call.attempt_at < desk_.warm_up_end) ++desk_.failed_in_warm_up[target_.counts][reason];
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
    call.waits_for = event;
    if (place == kNone) {
      place = desk_.put(client_, call);
    } else {
      call.next = desk_.calls[place].next;
      desk_.calls[place] = call;
    }
    agenda_.call(place, at);
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
