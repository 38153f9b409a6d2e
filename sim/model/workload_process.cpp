#include "model/workload_process.hpp"

#include <algorithm>

#include "engine/contract.hpp"
#include "model/call.hpp"
#include "model/held_credential.hpp"
#include "model/purpose.hpp"
#include "model/retry.hpp"

namespace credsim::model {

namespace {

// A call's attempts have the draws call·2^16 + attempt.
constexpr unsigned kAttemptBits = 16;

const Workload& workload_of(World& world, Slot slot, std::size_t workload) {
  return world.resource_of_slot(slot).resource->workloads[workload];
}

Client& client_of(World& world, Slot slot, std::size_t workload) {
  return world.clients[world.instances[slot].clients + workload];
}

RandomStream stream_of(World& world, Slot slot, std::size_t workload, Purpose purpose) {
  return world.instances[slot].stream.child(key(purpose)).child(world.resource_of_slot(slot).workloads[workload].key);
}

bool is_process_per_call(const Workload& workload) {
  return workload.client.tool == ClientTool::aws_cli;
}

void schedule_call(World& world, Slot slot, std::size_t workload) {
  const Duration interval = workload_of(world, slot, workload)
                                .calls.interval.sample(stream_of(world, slot, workload, Purpose::call_interval),
                                                       client_of(world, slot, workload).intervals++);
  world.schedule(world.now + interval, slot, InstanceEvent::call, static_cast<std::uint32_t>(workload));
}

std::uint64_t draw_index(const CallInProgress& call) {
  return (std::uint64_t{call.call} << kAttemptBits) + call.attempt;
}

/// Puts a call aside until `at`. `place` is where it already is, or kNone.
void set_aside(World& world, CallInProgress call, std::uint32_t place, SimTime at, InstanceEvent event) {
  if (at >= world.end) {
    if (place != kNone) world.free_calls.push_back(place);
    return;
  }
  if (place == kNone) {
    if (world.free_calls.empty()) {
      place = static_cast<std::uint32_t>(world.calls.size());
      expect(place < kPayloadMask, "a cell holds at most 2^27 calls in progress");
      world.calls.emplace_back();
    } else {
      place = world.free_calls.back();
      world.free_calls.pop_back();
    }
  }
  const std::uint32_t who = entity(EntityClass::instance, call.slot);
  world.calls[place] = call;
  world.schedule(at, who, call_tag(event, place));
}

AdaptiveLimiter& limiter_of(World& world, Client& client) {
  if (client.limiter == kNone) {
    client.limiter = static_cast<std::uint32_t>(world.limiters.size());
    world.limiters.emplace_back(world.now);
  }
  return world.limiters[client.limiter];
}

/// The attempt's outcome is known to the client: the call ends, or tries again after a sleep.
void conclude(World& world, CallInProgress call, std::uint32_t place) {
  ResourceState& state = world.resource_of_slot(call.slot);
  const Workload& workload = state.resource->workloads[call.workload];
  Client& client = client_of(world, call.slot, call.workload);
  WorkloadCounters& counters = world.recorder.workload(state.index, call.workload);
  std::int16_t& tokens = is_process_per_call(workload) ? call.retry_tokens : client.retry_tokens;
  if (workload.retry.mode == RetryMode::adaptive)
    limiter_of(world, client).on_answer(world.now, !call.outcome.succeeded && call.outcome.reason == Reason::throttled);

  if (call.outcome.succeeded) {
    ++counters.calls_succeeded;
    return_quota(workload.retry, tokens, call.retry_cost);
    if (place != kNone) world.free_calls.push_back(place);
    return;
  }
  const double u = stream_of(world, call.slot, call.workload, Purpose::call_backoff).uniform(draw_index(call));
  const auto sleep = client_backoff(workload.retry, call.attempt, call.outcome, u, tokens, call.retry_cost);
  if (sleep) return set_aside(world, call, place, world.now + *sleep, InstanceEvent::attempt);

  ++counters.call_failures[static_cast<std::size_t>(call.outcome.reason)];
  world.recorder.failure({.at = call.attempt_at,
                          .instance = world.instances[call.slot].id,
                          .resource = state.index,
                          .workload = call.workload,
                          .operation = FailureRow::Operation::call,
                          .reason = call.outcome.reason,
                          .attempts = call.attempt});
  if (place != kNone) world.free_calls.push_back(place);
}

void attempt(World& world, CallInProgress call, std::uint32_t place) {
  ResourceState& state = world.resource_of_slot(call.slot);
  const Workload& workload = state.resource->workloads[call.workload];
  if (workload.retry.mode == RetryMode::adaptive && !call.rate_limited) {
    const Duration wait = limiter_of(world, client_of(world, call.slot, call.workload)).acquire(world.now);
    if (wait > Duration{}) {
      call.rate_limited = true;
      return set_aside(world, call, place, world.now + wait, InstanceEvent::attempt);
    }
  }
  world.recorder.count_event();
  ++world.recorder.workload(state.index, call.workload).attempts;
  call.rate_limited = false;
  call.attempt_at = world.now;
  ++call.attempt;
  call.outcome = decide_call(world, call.slot, call.workload, draw_index(call));

  Duration takes{};
  if (call.outcome.timed_out) takes = workload.connect_timeout;
  if (call.outcome.reached_service && workload.latency)
    takes =
        workload.latency->sample(stream_of(world, call.slot, call.workload, Purpose::call_latency), draw_index(call));
  if (takes > Duration{}) return set_aside(world, call, place, world.now + takes, InstanceEvent::result);
  conclude(world, call, place);
}

/// The waiting is over: the process starts, and with it the interval to its first call.
void start_process(World& world, Slot slot, std::size_t workload) {
  const ResourceState& state = world.resource_of_slot(slot);
  start_holding(client_of(world, slot, workload), state.resource->workloads[workload], world.instances[slot],
                world.recorder.workload(state.index, workload));
  schedule_call(world, slot, workload);
}

}  // namespace

void start_workloads(World& world, Slot slot, WorkloadStart when) {
  const ResourceState& state = world.resource_of_slot(slot);
  for (std::size_t i = 0; i < state.workloads.size(); ++i) {
    const Workload& workload = state.resource->workloads[i];
    if (workload.starts != when) continue;
    switch (workload.wait.kind) {
      case NetworkWait::Kind::none:
        start_process(world, slot, i);
        break;
      case NetworkWait::Kind::fixed: {
        const Duration sleep =
            workload.wait.fixed.sample(stream_of(world, slot, i, Purpose::workload_wait), world.instances[slot].starts);
        world.schedule(world.now + sleep, slot, InstanceEvent::workload_start, static_cast<std::uint32_t>(i));
        break;
      }
      case NetworkWait::Kind::poll:
        client_of(world, slot, i).wait_from = world.now;
        world.schedule(world.now, slot, InstanceEvent::workload_poll, static_cast<std::uint32_t>(i));
        break;
    }
  }
}

void workload_starts(World& world, Slot slot, std::size_t workload) {
  start_process(world, slot, workload);
}

void poll_network(World& world, Slot slot, std::size_t workload) {
  const Instance& instance = world.instances[slot];
  const NetworkWait& wait = workload_of(world, slot, workload).wait;
  const SimTime from = client_of(world, slot, workload).wait_from;
  if (network_is_up(world, instance) || world.now - from >= wait.timeout) return start_process(world, slot, workload);

  // Looks that cannot find the network are not worth an event each: on to the first that can.
  SimTime next = world.now + wait.interval;
  if (!instance.network_ready && instance.eni_at != kNever && instance.eni_at > next) {
    const std::int64_t looks = (instance.eni_at - from + wait.interval - Duration{1}) / wait.interval;
    next = from + looks * wait.interval;
  }
  world.schedule(std::min(next, from + wait.timeout), slot, InstanceEvent::workload_poll,
                 static_cast<std::uint32_t>(workload));
}

void make_call(World& world, Slot slot, std::size_t workload) {
  Client& client = client_of(world, slot, workload);
  CallInProgress call;
  call.slot = slot;
  call.epoch = world.instances[slot].epoch;
  call.call = client.calls++;
  call.workload = static_cast<std::uint16_t>(workload);
  const Workload& kind = workload_of(world, slot, workload);
  if (is_process_per_call(kind) && client.limiter != kNone) world.limiters[client.limiter] = AdaptiveLimiter(world.now);
  if (!kind.calls.once) schedule_call(world, slot, workload);
  attempt(world, call, kNone);
}

void next_attempt(World& world, std::uint32_t place) {
  const CallInProgress call = world.calls[place];
  if (world.instances[call.slot].epoch != call.epoch) return world.free_calls.push_back(place);
  attempt(world, call, place);
}

void attempt_result(World& world, std::uint32_t place) {
  const CallInProgress call = world.calls[place];
  if (world.instances[call.slot].epoch != call.epoch) return world.free_calls.push_back(place);
  conclude(world, call, place);
}

}  // namespace credsim::model
