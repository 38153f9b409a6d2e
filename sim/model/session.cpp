#include "model/session.hpp"

#include <algorithm>

#include "model/arrivals.hpp"
#include "model/capacity.hpp"
#include "model/provisioning.hpp"
#include "model/purpose.hpp"
#include "model/workload_process.hpp"

namespace credsim::model {

namespace {

void record_session(World& world, std::uint32_t index, SimTime ended, SessionRow::Outcome outcome) {
  const SessionState& session = world.sessions[index];
  world.recorder.session({.resource = world.resources[session.resource].index,
                          .number = session.number,
                          .instance = session.slot == kNone ? kNoInstance : world.records.id(session.slot),
                          .arrived = session.arrived,
                          .started = session.started,
                          .ended = ended,
                          .outcome = outcome});
}

/// Takes a session out of every count and forgets it.
void close_session(World& world, std::uint32_t index, SessionRow::Outcome outcome) {
  SessionState& session = world.sessions[index];
  ResourceState& state = world.resources[session.resource];
  record_session(world, index, world.now, outcome);
  --(session.started == kNever ? state.sessions_waiting : state.sessions_active);
  state.session_demand.add(world.now, -1);
  session = {};
  world.sessions.remove(index);
}

void reject(World& world, std::uint32_t index) {
  const ResourceState& state = world.resources[world.sessions[index].resource];
  ++world.recorder.resource(state.index).sessions_rejected;
  world.recorder.failure({.at = world.now,
                          .instance = kNoInstance,
                          .resource = state.index,
                          .workload = FailureRow::kNoWorkload,
                          .operation = FailureRow::Operation::create_streaming_url,
                          .reason = Reason::insufficient_capacity,
                          .attempts = 1});
  close_session(world, index, SessionRow::Outcome::rejected);
}

/// Gives the session an instance, if there is one for it.
bool assign_instance(World& world, ResourceState& state, std::uint32_t index) {
  if (state.resource->type == ResourceType::elastic) {
    if (state.instances() >= state.resource->max_concurrent) return false;
    world.sessions[index].slot = request_instance(world, state, world.now, index);
    return true;
  }
  while (!state.idle.empty()) {
    const auto [slot, number] = state.idle.front();
    state.idle.pop_front();
    if (!world.is_idle(slot, number)) continue;
    world.set_session(slot, index);
    world.sessions[index].slot = slot;
    if (world.instances[slot].in(Phase::stopped)) {
      start_stopped_instance(world, slot);
    } else {
      begin_session(world, slot);
    }
    return true;
  }
  return false;
}

}  // namespace

void schedule_arrival(World& world, ResourceState& state) {
  if (!state.resource->sessions) return;
  const Arrivals& arrivals = state.resource->sessions->arrivals;
  SimTime next = kNever;
  if (arrivals.kind == Arrivals::Kind::times) {
    if (state.sessions_arrived < arrivals.times.size()) next = arrivals.times[state.sessions_arrived];
  } else {
    const auto midnight = std::chrono::floor<std::chrono::days>(world.scenario.start);
    const Duration exponential = Distribution::exponential(std::chrono::hours{1})
                                     .sample(state.stream.child(key(Purpose::session_arrival)), state.sessions_arrived);
    next =
        next_arrival(arrivals, {.into_day = world.scenario.start - midnight, .end = world.end}, world.now, exponential);
  }
  world.schedule(next, what(EventClass::session, world.resource_of[state.index]));
}

void session_arrives(World& world, ResourceState& state) {
  world.recorder.count_event();
  ++world.recorder.resource(state.index).sessions_arrived;
  const std::uint32_t index = world.sessions.add({.resource = world.resource_of[state.index],
                                                  .number = state.sessions_arrived++,
                                                  .arrived = world.now,
                                                  .alive = true});
  schedule_arrival(world, state);
  ++state.sessions_waiting;
  state.session_demand.add(world.now, 1);
  if (assign_instance(world, state, index)) return;

  state.session_refusals.add(world.now);
  const std::optional<Duration>& wait = state.resource->sessions->wait;
  if (wait && *wait == Duration{}) return reject(world, index);
  state.queue.push_back(index);
  if (!wait) return;
  world.sessions[index].gives_up = world.now + *wait;
  world.schedule(world.now + *wait, what(EventClass::session, kSessionPatience + index));
}

void session_gives_up(World& world, std::uint32_t index) {
  world.recorder.count_event();
  ResourceState& state = world.resources[world.sessions[index].resource];
  // All of a queue have the same patience, so it is the first, or close behind among arrivals of one microsecond.
  state.queue.erase(std::ranges::find(state.queue, index));
  reject(world, index);
}

void begin_session(World& world, Slot slot) {
  world.recorder.count_event();
  ResourceState& state = world.resource_of_slot(slot);
  SessionState& session = world.sessions[world.session(slot)];
  session.started = world.now;
  session.ends = world.now + state.resource->sessions->duration.sample(
                                 state.stream.child(key(Purpose::session_duration)), session.number);
  --state.sessions_waiting;
  ++state.sessions_active;
  ResourceCounters& counters = world.recorder.resource(state.index);
  ++counters.sessions_started;
  counters.session_wait.record(session.started - session.arrived);
  world.set_phase(slot, Phase::in_use);
  world.schedule(session.ends, session_end(slot));
  start_workloads(world, slot, WorkloadStart::session_start);
}

void session_is_over(World& world, Slot slot) {
  const std::uint32_t index = world.session(slot);
  if (index == kNone || world.sessions[index].ends != world.now) return;
  world.recorder.count_event();
  ResourceState& state = world.resource_of_slot(slot);
  ++world.recorder.resource(state.index).sessions_completed;
  close_session(world, index, SessionRow::Outcome::completed);
  terminate_instance(world, slot);
  meet_capacity(world, state);
}

void interrupt_session(World& world, Slot slot) {
  const std::uint32_t index = world.session(slot);
  if (index == kNone) return;
  world.recorder.count_event();
  ++world.recorder.resource(world.resource_of_slot(slot).index).sessions_interrupted;
  close_session(world, index, SessionRow::Outcome::interrupted);
  world.set_session(slot, kNone);
}

void instance_is_available(World& world, Slot slot) {
  ResourceState& state = world.resource_of_slot(slot);
  if (!state.queue.empty()) {
    const std::uint32_t index = state.queue.front();
    state.queue.pop_front();
    world.set_session(slot, index);
    world.sessions[index].slot = slot;
    return begin_session(world, slot);
  }
  if (state.resource->type != ResourceType::image_builder && state.instances() > state.desired) {
    return terminate_instance(world, slot);
  }
  if (state.resource->type == ResourceType::on_demand) stop_instance(world, slot);
  // Nobody would ever take it off the list where there is neither a session nor another capacity.
  if (state.resource->sessions || state.resource->scaling) state.idle.push_back({slot, world.instances[slot].number});
}

void serve_waiting(World& world, ResourceState& state) {
  while (!state.queue.empty() && assign_instance(world, state, state.queue.front())) state.queue.pop_front();
}

void record_open_sessions(World& world) {
  for (std::uint32_t index = 0; index < world.sessions.places(); ++index) {
    const SessionState& session = world.sessions[index];
    if (!session.alive) continue;
    const bool active = session.started != kNever;
    record_session(world, index, kNever, active ? SessionRow::Outcome::active : SessionRow::Outcome::waiting);
  }
}

}  // namespace credsim::model
