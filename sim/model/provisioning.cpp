#include "model/provisioning.hpp"

#include <algorithm>

#include "model/agent.hpp"
#include "model/never_served.hpp"
#include "model/purpose.hpp"
#include "model/session.hpp"
#include "model/workload_process.hpp"

namespace credsim::model {

namespace {

Duration draw(const World& world, Slot slot, Purpose purpose, const Distribution& distribution) {
  return distribution.sample(world.stream(slot).child(key(purpose)), world.instances[slot].draws);
}

StartUp& start_up_of(World& world, Slot slot) {
  return world.start_ups[world.instances[slot].link];
}

void schedule_provisioning(World& world, Slot slot, SimTime at) {
  world.instances[slot].link = due_mark(at);
  world.schedule(at, instance_event(slot, InstanceEvent::provision));
}

/// AppStream's quota for the type of the resource's instances. Precondition: there is one.
MeteredQuota& instance_quota(World& world, const ResourceState& state) {
  return world.regions[state.region].instance_quotas[*state.instance_quota].quota;
}

/// What an instance lacks is demand as long as it waits for it.
void change_unmet_demand(World& world, const ResourceState& state, Lacks lacks, std::int64_t change) {
  switch (lacks) {
    case Lacks::nothing:
      return;
    case Lacks::instance:
      return instance_quota(world, state).demand.add(world.now, change);
    case Lacks::interface:
      return world.regions[state.region].interface_quota.demand.add(world.now, change);
    case Lacks::address:
      for (const std::size_t subnet : state.subnets) world.subnets[subnet].demand.add(world.now, change);
  }
}

/// The limit that `reason` says is full has refused an instance, which lacks what is returned.
Lacks refuse(World& world, const ResourceState& state, Reason reason) {
  if (reason == Reason::instance_quota) {
    instance_quota(world, state).refusals.add(world.now);
    return Lacks::instance;
  }
  if (reason == Reason::interface_quota) {
    world.regions[state.region].interface_quota.refusals.add(world.now);
    return Lacks::interface;
  }
  for (const std::size_t subnet : state.subnets) world.subnets[subnet].refusals.add(world.now);
  return Lacks::address;
}

/// A quota is full or no address is left: one row, and again after the retry interval. Precondition: the instance lacks
/// nothing.
void retry_provisioning(World& world, Slot slot, Reason reason) {
  Instance& instance = world.instances[slot];
  ResourceState& state = world.resource_of_slot(slot);
  const Lacks lacks = refuse(world, state, reason);
  instance.set_lacks(lacks);
  change_unmet_demand(world, state, lacks, 1);
  ++world.recorder.resource(state.index).provisioning_failures[static_cast<std::size_t>(reason)];
  world.recorder.failure({.at = world.now,
                          .instance = world.records.id(slot),
                          .resource = state.index,
                          .workload = FailureRow::kNoWorkload,
                          .operation = FailureRow::provisioning_operation(reason),
                          .reason = reason,
                          .attempts = instance.draws});
  schedule_provisioning(world, slot, world.now + state.resource->provisioning.retry_interval);
}

void stop_lacking(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  change_unmet_demand(world, world.resource_of_slot(slot), instance.lacking(), -1);
  instance.set_lacks(Lacks::nothing);
}

void grant_interface(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  ResourceState& state = world.resource_of_slot(slot);
  StartUp& start_up = start_up_of(world, slot);
  instance.interface_granted = 1;
  world.recorder.resource(state.index).interface_wait.record(world.now - start_up.provisioned);
  // An image builder that was stopped meanwhile has no race to run until it is started.
  if (instance.in(Phase::stopped)) return;
  start_up.eni_at += world.now - start_up.from;
  world.schedule(start_up.eni_at, instance_event(slot, InstanceEvent::network_ready));
}

void ask_for_interface(World& world, Slot slot) {
  RegionState& region = world.regions[world.resource_of_slot(slot).region];
  if (region.bucket(BucketKind::create_network_interface)
          .try_take_or_queue(world.now, region.interface_queue, {slot, world.instances[slot].number}))
    return grant_interface(world, slot);
  if (region.interface_queue.size() == 1) grant_interfaces(world, world.resource_of_slot(slot).region);
}

/// Boot, network and agent start side by side, with boot taking `boot`.
void start(World& world, Slot slot, Duration boot) {
  Instance& instance = world.instances[slot];
  const Provisioning& provisioning = world.resource_of_slot(slot).resource->provisioning;
  if (instance.draws > 0) world.timelines.settle();  // the scripts that its restart ended need to be over
  if (!instance.starting) {
    const bool restart = instance.draws > 0;
    const StartUp start_up{.provisioned = world.now, .network_is_first = !restart, .credential_is_first = !restart};
    instance.link = world.start_ups.add(start_up);
    instance.starting = 1;
  }
  StartUp& start_up = start_up_of(world, slot);
  instance.booted = instance.network_ready = 0;
  start_up.from = world.now;
  start_up.boot_at = world.now + boot;
  world.schedule(start_up.boot_at, instance_event(slot, InstanceEvent::boot_done));

  const Duration eni = world.faults.stretched(FaultKind::eni_delay, world.key_of(slot),
                                              draw(world, slot, Purpose::eni, provisioning.eni.delay));
  start_up.eni_at = (provisioning.eni.after_boot ? start_up.boot_at : world.now) + eni;
  if (instance.interface_granted) world.schedule(start_up.eni_at, instance_event(slot, InstanceEvent::network_ready));

  const SimTime agent_from = provisioning.agent.after_boot ? start_up.boot_at : world.now;
  const SimTime agent_at = agent_from + draw(world, slot, Purpose::agent_start, provisioning.agent.delay);
  ++instance.draws;
  start_agent(world, slot, agent_at);
  start_workloads(world, slot, WorkloadStart::provision);
}

void become_available(World& world, Slot slot) {
  const Instance& instance = world.instances[slot];
  if (!instance.booted || !instance.network_ready || !instance.in(Phase::provisioning)) return;
  if (const std::uint32_t session = world.session(slot); session != kNone) {
    if (world.sessions[session].started == kNever) return begin_session(world, slot);
    return world.set_phase(slot, Phase::in_use);
  }
  world.set_phase(slot, Phase::available);
  instance_is_available(world, slot);
}

/// The one of its resource's subnets, which are apart, that has its address: an index in World::subnets.
std::size_t subnet_of(const World& world, Slot slot) {
  const ResourceState& state = world.resource_of_slot(slot);
  return *std::ranges::find_if(state.subnets, [&](std::size_t subnet) {
    return world.subnets[subnet].subnet.contains(world.instances[slot].address);
  });
}

void free_interface(World& world, RegionState& region, RegionState::Deletion deletion) {
  region.interface_quota.give_back(world.now);
  SubnetState& subnet = world.subnets[deletion.subnet];
  subnet.pool.give_back(deletion.address);
  subnet.demand.add(world.now, -1);
}

/// The instance is over. What was not created yet needs no deletion.
void give_interface_back(World& world, Slot slot) {
  const std::size_t region_index = world.resource_of_slot(slot).region;
  RegionState& region = world.regions[region_index];
  const RegionState::Deletion deletion{subnet_of(world, slot), world.instances[slot].address};
  if (!world.instances[slot].interface_granted) return free_interface(world, region, deletion);
  if (region.bucket(BucketKind::delete_network_interface).try_take_or_queue(world.now, region.deletion_queue, deletion))
    return free_interface(world, region, deletion);
  if (region.deletion_queue.size() == 1) delete_interfaces(world, region_index);
}

/// The credentials of an instance that is not running are nobody's cover.
void uncover(World& world, Slot slot) {
  const Instance& instance = world.instances[slot];
  if (instance.running() && instance.has_credential()) world.resource_of_slot(slot).covered.remove(world.expires(slot));
}

/// What was under way on the instance is over: its scripts, its start, its agent's attempts.
void end_activity(World& world, Slot slot) {
  end_workloads(world, slot);
  end_agent(world, slot);
  Instance& instance = world.instances[slot];
  instance.booted = instance.network_ready = 0;
  if (instance.starting) start_up_of(world, slot).boot_at = start_up_of(world, slot).eni_at = kNever;
}

/// Added where an instance with a credential stops or ends, and subtracted where it gets its first or starts again:
/// together, how long it ran after its first.
std::uint64_t since_start(const World& world) {
  return static_cast<std::uint64_t>(world.now.time_since_epoch().count());
}

void record_end(World& world, Slot slot, SimTime terminated) {
  const Instance& instance = world.instances[slot];
  ResourceState& state = world.resource_of_slot(slot);
  ResourceCounters& counters = world.recorder.resource(state.index);
  if (instance.in(Phase::requested)) {
    if (instance.draws > 0) ++counters.instances_never_provisioned;
    return;
  }
  if (instance.has_credential()) {
    if (instance.running()) counters.time_after_first_credential_us += since_start(world);
    record_gap(world, slot, true);
    state.gap_window.ends(world.now);
  }
  count_if_never_served(world, slot, terminated != kNever);
  const InstanceRecords::Life life = world.records.life(slot);
  world.recorder.instance({.instance = world.records.id(slot),
                           .resource = state.index,
                           .number = instance.number,
                           .provisioned = life.provisioned,
                           .boot = life.boot,
                           .eni = life.eni,
                           .first_credential = life.first_credential,
                           .terminated = terminated});
}

/// A place in each quota, and an address; or what is full.
std::optional<Reason> take_place(World& world, Slot slot) {
  ResourceState& state = world.resource_of_slot(slot);
  RegionState& region = world.regions[state.region];
  if (state.instance_quota && instance_quota(world, state).full()) return Reason::instance_quota;
  if (region.interface_quota.full()) return Reason::interface_quota;
  // Where most addresses are free, so that a fleet fills its subnets evenly.
  const std::size_t subnet = *std::ranges::max_element(
      state.subnets, {}, [&](std::size_t candidate) { return world.subnets[candidate].pool.free(); });
  const std::optional<std::uint32_t> address = world.subnets[subnet].pool.take();
  if (!address) return Reason::subnet_exhausted;
  world.instances[slot].address = *address;
  world.subnets[subnet].demand.add(world.now, 1);
  region.interface_quota.take(world.now);
  if (state.instance_quota) instance_quota(world, state).take(world.now);
  return std::nullopt;
}

/// What began long before the run: the instance has booted, its interface is there, its agent rotates, its scripts
/// call; or it is stopped until a session asks for it.
void be_up(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  instance.draws = 1;
  instance.booted = instance.network_ready = instance.interface_granted = 1;
  world.records.note(slot, [&](auto& life) { life.boot = life.eni = world.now; });
  start_in_rotation(world, slot);
  if (world.resource_of_slot(slot).resource->type != ResourceType::on_demand) {
    scripts_can_call(world, slot);
    start_running_workloads(world, slot);
  }
  become_available(world, slot);
}

}  // namespace

Slot request_instance(World& world, ResourceState& state, SimTime at, std::uint32_t session) {
  const Slot slot = world.take_slot(state);
  world.records.begin(slot, world.instances_made++);
  world.instances[slot].number = state.instances_made++;
  world.set_session(slot, session);
  world.set_phase(slot, Phase::requested);
  schedule_provisioning(world, slot, at);
  return slot;
}

void request_first_instances(World& world) {
  world.reserve();
  for (ResourceState& state : world.resources) {
    for (std::int64_t i = 0; i < state.desired; ++i) {
      const Provisioning& provisioning = state.resource->provisioning;
      const RandomStream stream = state.stream.child(state.instances_made).child(key(Purpose::provisioning_start));
      const Duration start = provisioning.steady ? Duration{} : provisioning.start.sample(stream, 0);
      const Slot slot = request_instance(world, state, kSimulationStart + start, kNone);
      if (provisioning.steady) provision(world, slot);  // before the first sample
    }
  }
}

void provision(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  if (!instance.in(Phase::requested) || instance.link != due_mark(world.now)) return;
  world.recorder.count_event();
  ResourceState& state = world.resource_of_slot(slot);
  ++instance.draws;
  stop_lacking(world, slot);
  if (const std::optional<Reason> full = take_place(world, slot)) return retry_provisioning(world, slot, *full);
  instance.draws = 0;
  world.records.note(slot, [&](auto& life) { life.provisioned = world.now; });
  ++world.recorder.resource(state.index).instances;
  world.set_phase(slot, Phase::provisioning);
  const Provisioning& provisioning = state.resource->provisioning;
  if (provisioning.steady && world.now == kSimulationStart) return be_up(world, slot);
  start(world, slot, draw(world, slot, Purpose::boot, provisioning.boot));
  ask_for_interface(world, slot);
}

void network_becomes_ready(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  if (!instance.starting || instance.network_ready || !instance.interface_granted) return;
  StartUp& start_up = start_up_of(world, slot);
  if (start_up.eni_at != world.now) return;
  world.recorder.count_event();
  log_segment(world, slot);
  instance.network_ready = 1;
  if (start_up.network_is_first) {
    start_up.network_is_first = false;
    world.recorder.resource(world.resource_of_slot(slot).index).network_ready.record(world.now - start_up.provisioned);
    world.records.note(slot, [&](auto& life) { life.eni = world.now; });
  }
  finish_start(world, slot);
  become_available(world, slot);
}

void boot_is_done(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  if (!instance.starting || instance.booted || start_up_of(world, slot).boot_at != world.now) return;
  instance.booted = 1;
  world.records.note(slot, [&](auto& life) { life.boot = std::min(life.boot, world.now); });
  scripts_can_call(world, slot);
  start_workloads(world, slot, WorkloadStart::boot);
  // A session that a reboot interrupted goes on, with its login scripts run again.
  if (world.session(slot) != kNone && world.sessions[world.session(slot)].started != kNever)
    start_workloads(world, slot, WorkloadStart::session_start);
  finish_start(world, slot);
  become_available(world, slot);
}

void finish_start(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  if (!instance.starting || !instance.booted || !instance.network_ready) return;
  const StartUp& start_up = start_up_of(world, slot);
  if (start_up.credential_is_first && world.resource_of_slot(slot).role != kNone) return;
  const std::uint32_t place = instance.link;
  instance.link = start_up.agent;
  instance.starting = 0;
  world.start_ups.remove(place);
}

namespace {

/// For the first of a queue: takes a token, or schedules `what` for when there is one, which `at` says. It was refused
/// when it came, so this counts no request.
bool take_or_wait(World& world, std::size_t region_index, BucketKind kind, SimTime& at, ControlKind what) {
  auto& bucket = world.regions[region_index].bucket(kind).bucket;
  if (!bucket || bucket->try_take(world.now)) return true;
  at = bucket->next_token(world.now);
  world.schedule(at, control(what, static_cast<std::uint32_t>(region_index)));
  return false;
}

}  // namespace

bool waits_for_interface(const World& world, const RegionState::Waiting& waiting) {
  const Instance& instance = world.instances[waiting.slot];
  return instance.number == waiting.number && instance.starting && !instance.interface_granted;
}

void grant_interfaces(World& world, std::size_t region_index) {
  RegionState& region = world.regions[region_index];
  auto& queue = region.interface_queue;
  region.grant_at = kNever;
  while (!queue.empty()) {
    const Slot slot = queue.front().slot;
    const bool still_waits = waits_for_interface(world, queue.front());
    if (still_waits && !take_or_wait(world, region_index, BucketKind::create_network_interface, region.grant_at,
                                     ControlKind::interface_grant))
      return;
    queue.pop_front();
    if (still_waits) grant_interface(world, slot);
  }
}

void delete_interfaces(World& world, std::size_t region_index) {
  RegionState& region = world.regions[region_index];
  auto& queue = region.deletion_queue;
  region.deletion_at = kNever;
  while (!queue.empty()) {
    if (!take_or_wait(world, region_index, BucketKind::delete_network_interface, region.deletion_at,
                      ControlKind::interface_deletion))
      return;
    free_interface(world, region, queue.front());
    queue.pop_front();
  }
}

void stop_instance(World& world, Slot slot) {
  uncover(world, slot);
  scripts_stop(world, slot);
  if (world.instances[slot].has_credential()) {
    world.recorder.resource(world.resource_of_slot(slot).index).time_after_first_credential_us += since_start(world);
    record_gap(world, slot, false);
  }
  world.switches(slot);
  end_activity(world, slot);
  world.set_phase(slot, Phase::stopped);
}

void start_stopped_instance(World& world, Slot slot) {
  ResourceState& state = world.resource_of_slot(slot);
  if (world.instances[slot].has_credential()) {
    world.recorder.resource(state.index).time_after_first_credential_us -= since_start(world);
    record_gap(world, slot, false);
    state.covered.add(world.expires(slot));
  }
  world.switches(slot);
  world.set_phase(slot, Phase::provisioning);
  start(world, slot, draw(world, slot, Purpose::on_demand_start, state.resource->on_demand_start));
}

void restart_instance(World& world, Slot slot) {
  end_activity(world, slot);
  world.set_phase(slot, Phase::provisioning);
  start(world, slot, draw(world, slot, Purpose::boot, world.resource_of_slot(slot).resource->provisioning.boot));
}

void terminate_instance(World& world, Slot slot) {
  ResourceState& state = world.resource_of_slot(slot);
  record_end(world, slot, world.now);
  uncover(world, slot);
  stop_lacking(world, slot);
  Instance& instance = world.instances[slot];
  if (!instance.in(Phase::requested)) {
    end_activity(world, slot);
    give_interface_back(world, slot);
    if (state.instance_quota) instance_quota(world, state).give_back(world.now);
  }
  if (instance.starting) world.start_ups.remove(instance.link);
  instance.starting = 0;
  world.set_session(slot, kNone);
  world.set_phase(slot, Phase::free);
  state.free_slots.push_back(slot);
}

void record_survivors(World& world) {
  for (Slot slot = 0; slot < world.instances.size(); ++slot)
    if (!world.instances[slot].in(Phase::free)) record_end(world, slot, kNever);
  for (const ResourceState& state : world.resources)
    world.recorder.resource(state.index).instances_in_gap_window = state.gap_window.instances();
}

}  // namespace credsim::model
