#include "model/workload_process.hpp"

#include <algorithm>

#include "model/caller.hpp"
#include "model/purpose.hpp"

namespace credsim::model {

namespace {

/// What is due is an event.
struct EventAgenda {
  World& world;
  Slot slot;
  std::size_t workload;

  void script(SimTime at) const { world.schedule(at, world.script_event(slot, workload)); }
  void call(std::uint32_t place, SimTime at) const { world.schedule(at, call_event(place)); }
};

Caller<EventAgenda> caller(World& world, Slot slot, std::size_t workload, const Host& host) {
  return {world, world.desk, slot, workload, host, EventAgenda{world, slot, workload}};
}

void hand_over(World& world) {
  world.recorder.count_attempts(std::exchange(world.desk.attempts, 0));
  for (const FailureRow& row : world.desk.failures) world.recorder.failure(row);
  world.desk.failures.clear();
}

void log(World& world, Slot slot, Segment::Then then, std::size_t workload) {
  if (!world.resource_of_slot(slot).has_timelines) return;
  const Instance& instance = world.instances[slot];
  world.timelines.log({.until = world.now,
                       .issued = instance.issued_at(),
                       .slot = slot,
                       .workload = static_cast<std::uint16_t>(workload),
                       .then = then,
                       .network_ready = instance.network_ready != 0});
}

void start_process(World& world, Slot slot, std::size_t workload) {
  Client& client = world.client(slot, workload);
  client.due = kShortNever;
  if (world.resource_of_slot(slot).workloads[workload].contends()) {
    caller(world, slot, workload, world.host(slot)).start_process(world.now);
  } else {
    log(world, slot, Segment::Then::script_starts, workload);
  }
}

void wait(World& world, Slot slot, std::size_t workload, Client::State how, SimTime until) {
  Client& client = world.client(slot, workload);
  client.set_state(how);
  client.set_due(until);
  world.schedule(until, world.script_event(slot, workload));
}

void poll_network(World& world, Slot slot, std::size_t workload) {
  const Instance& instance = world.instances[slot];
  const NetworkWait& polling = world.resource_of_slot(slot).resource->workloads[workload].wait;
  const SimTime from = world.client(slot, workload).held_at();
  if (network_is_up(world, world.host(slot)) || world.now - from >= polling.timeout)
    return start_process(world, slot, workload);

  // Looks that cannot find the network are not worth an event each: on to the first that can.
  SimTime next = world.now + polling.interval;
  const SimTime eni_at =
      instance.starting && instance.interface_granted ? world.start_ups[instance.link].eni_at : kNever;
  if (!instance.network_ready && eni_at != kNever && eni_at > next) {
    const std::int64_t looks = (eni_at - from + polling.interval - Duration{1}) / polling.interval;
    next = from + looks * polling.interval;
  }
  wait(world, slot, workload, Client::State::polling, std::min(next, from + polling.timeout));
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
        const RandomStream stream = world.stream(slot).child(key(Purpose::workload_wait)).child(state.workloads[i].key);
        const Duration sleep = workload.wait.fixed.sample(stream, world.instances[slot].draws);
        wait(world, slot, i, Client::State::sleeping, world.now + sleep);
        break;
      }
      case NetworkWait::Kind::poll:
        world.client(slot, i).set_held(world.now);
        wait(world, slot, i, Client::State::polling, world.now);
        break;
    }
  }
}

void start_running_workloads(World& world, Slot slot) {
  const ResourceState& state = world.resource_of_slot(slot);
  for (std::size_t i = 0; i < state.workloads.size(); ++i) {
    const Workload& workload = state.resource->workloads[i];
    if (workload.starts == WorkloadStart::session_start) continue;
    world.client(slot, i).has_called = 1;
    if (!workload.calls.once) start_process(world, slot, i);
  }
}

void end_workloads(World& world, Slot slot) {
  const ResourceState& state = world.resource_of_slot(slot);
  for (std::size_t i = 0; i < state.workloads.size(); ++i) {
    Client& client = world.client(slot, i);
    const bool waits = client.in(Client::State::sleeping) || client.in(Client::State::polling);
    if (state.workloads[i].contends() || waits) world.desk.end_process(client, true);
  }
  log(world, slot, Segment::Then::scripts_end, 0);
}

void log_segment(World& world, Slot slot) {
  log(world, slot, Segment::Then::goes_on, 0);
}

void script_is_due(World& world, Slot slot, std::size_t workload) {
  const Client& client = world.client(slot, workload);
  if (client.due != to_short(world.now)) return;
  switch (static_cast<Client::State>(client.state)) {
    case Client::State::idle:
      return;
    case Client::State::sleeping:
      return start_process(world, slot, workload);
    case Client::State::polling:
      return poll_network(world, slot, workload);
    case Client::State::running:
      // What waits for a script that calls along its timeline is from before a restart, however well it fits.
      if (!world.resource_of_slot(slot).workloads[workload].contends()) return;
      caller(world, slot, workload, world.host(slot)).make_call(world.now);
      return hand_over(world);
  }
}

void call_is_due(World& world, std::uint32_t place) {
  const CallInProgress& call = world.desk.calls[place];
  if (call.abandoned) return world.desk.calls.remove(place);
  caller(world, call.slot, call.workload, world.host(call.slot)).go_on(place, world.now);
  hand_over(world);
}

}  // namespace credsim::model
