#include "model/provisioning.hpp"

#include <algorithm>
#include <cmath>

#include "engine/contract.hpp"
#include "model/agent.hpp"
#include "model/purpose.hpp"
#include "model/session.hpp"
#include "model/workload_process.hpp"

namespace credsim::model {

namespace {

Duration draw(const Instance& instance, Purpose purpose, const Distribution& distribution, std::uint64_t index) {
  return distribution.sample(instance.stream.child(key(purpose)), index);
}

/// The instance needs an interface or an address and there is none: one row, and again after the retry interval.
void retry_provisioning(World& world, Slot slot, Reason reason) {
  Instance& instance = world.instances[slot];
  ResourceState& state = world.resource_of_slot(slot);
  const bool address = reason == Reason::subnet_exhausted;
  RegionState& region = world.regions[state.region];
  if (instance.lacks == Instance::Lacks::nothing) {
    instance.lacks = address ? Instance::Lacks::address : Instance::Lacks::interface;
    if (!address) region.interface_demand.add(world.now, 1);
    if (address)
      for (const std::size_t subnet : state.subnets) world.subnets[subnet].demand.add(world.now, 1);
  }
  if (address) {
    for (const std::size_t subnet : state.subnets) {
      SubnetState& exhausted = world.subnets[subnet];
      exhausted.first_refused = std::min(exhausted.first_refused, world.now);
      ++exhausted.refused;
    }
  } else {
    region.interface_refused = std::min(region.interface_refused, world.now);
    ++region.interface_refusals;
  }
  ++world.recorder.resource(state.index).provisioning_failures[static_cast<std::size_t>(reason)];
  world.recorder.failure({.at = world.now,
                          .instance = instance.id,
                          .resource = state.index,
                          .workload = FailureRow::kNoWorkload,
                          .operation = FailureRow::Operation::create_network_interface,
                          .reason = reason,
                          .attempts = instance.provisioning_attempts});
  world.schedule(world.now + state.resource->provisioning.retry_interval, slot, InstanceEvent::provision);
}

void stop_lacking(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  ResourceState& state = world.resource_of_slot(slot);
  if (instance.lacks == Instance::Lacks::interface) world.regions[state.region].interface_demand.add(world.now, -1);
  if (instance.lacks == Instance::Lacks::address)
    for (const std::size_t subnet : state.subnets) world.subnets[subnet].demand.add(world.now, -1);
  instance.lacks = Instance::Lacks::nothing;
}

/// With the interface's token spent, the end of the network race is known.
void schedule_network(World& world, Slot slot, Duration token_wait) {
  Instance& instance = world.instances[slot];
  const ProvisioningDelay& eni = world.resource_of_slot(slot).resource->provisioning.eni;
  const SimTime from = eni.after_boot ? instance.boot_at : instance.network_from;
  instance.eni_at = from + token_wait + instance.eni_delay;
  world.schedule(instance.eni_at, slot, InstanceEvent::network_ready);
}

void grant_interface(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  const Duration wait = world.now - instance.network_from;
  instance.interface_granted = true;
  world.recorder.resource(instance.resource).interface_wait.record(world.now - instance.provisioned);
  // An image builder that was stopped meanwhile has no race to run until it is started.
  if (instance.phase != Phase::stopped) schedule_network(world, slot, wait);
}

void ask_for_interface(World& world, Slot slot) {
  RegionState& region = world.regions[world.resource_of_slot(slot).region];
  MeteredBucket& bucket = region.bucket(BucketKind::create_network_interface);
  if (region.interface_queue.empty()) {
    if (bucket.try_take(world.now)) return grant_interface(world, slot);
  } else {
    bucket.meter.count(world.now);
    bucket.refuse(world.now);
  }
  region.interface_queue.push_back({slot, world.instances[slot].id});
  if (region.interface_queue.size() == 1) grant_interfaces(world, world.resource_of_slot(slot).region);
}

/// Boot, network and agent start side by side, with boot taking `boot`.
void start_up(World& world, Slot slot, Duration boot) {
  Instance& instance = world.instances[slot];
  const Resource& resource = *world.resource_of_slot(slot).resource;
  const std::uint32_t index = instance.starts++;
  instance.booted = instance.network_ready = false;
  instance.network_from = world.now;
  instance.boot_at = world.now + boot;
  instance.eni_at = kNever;
  world.schedule(instance.boot_at, slot, InstanceEvent::boot_done);

  const Provisioning& provisioning = resource.provisioning;
  instance.eni_delay = draw(instance, Purpose::eni, provisioning.eni.delay, index);
  if (world.faults.any(FaultKind::eni_delay)) {
    const double factor = world.faults.factor(FaultKind::eni_delay, instance);
    instance.eni_delay = Duration{std::llround(static_cast<double>(instance.eni_delay.count()) * factor)};
  }
  if (instance.interface_granted) schedule_network(world, slot, Duration{});

  const SimTime agent_from = provisioning.agent.after_boot ? instance.boot_at : world.now;
  start_agent(world, slot, agent_from + draw(instance, Purpose::agent_start, provisioning.agent.delay, index));
  start_workloads(world, slot, WorkloadStart::provision);
}

void become_available(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  if (!instance.booted || !instance.network_ready || instance.phase != Phase::provisioning) return;
  if (instance.session != kNone) {
    const bool begun = world.sessions[instance.session].started != kNever;
    if (!begun) return begin_session(world, slot);
    return world.set_phase(slot, Phase::in_use);
  }
  world.set_phase(slot, Phase::available);
  instance_is_available(world, slot);
}

/// The credentials of an instance that is not running are nobody's cover.
void uncover(World& world, Slot slot) {
  const Instance& instance = world.instances[slot];
  if (instance.running() && instance.sequence > 0) world.resource_of_slot(slot).covered.remove(instance.expires);
}

void record_end(World& world, Slot slot, SimTime terminated) {
  Instance& instance = world.instances[slot];
  if (instance.provisioned == kNever) {
    if (instance.provisioning_attempts > 0) ++world.recorder.resource(instance.resource).instances_never_provisioned;
    return;
  }
  ResourceCounters& counters = world.recorder.resource(instance.resource);
  if (instance.sequence > 0) {
    counters.time_after_first_credential_us +=
        static_cast<std::uint64_t>((world.now - instance.first_credential).count());
    if (instance.expires < world.now) record_gap(world, slot, world.now, true);
  }
  world.recorder.instance({.instance = instance.id,
                           .resource = instance.resource,
                           .number = instance.number,
                           .provisioned = instance.provisioned,
                           .boot = instance.first_boot,
                           .eni = instance.first_eni,
                           .first_credential = instance.first_credential,
                           .terminated = terminated});
}

}  // namespace

Slot request_instance(World& world, ResourceState& state, SimTime at, std::uint32_t session) {
  Slot slot;
  if (state.free_slots.empty()) {
    slot = static_cast<Slot>(world.instances.size());
    expect(slot < kIndexMask, "a cell holds at most 2^30 instances at once");
    Instance& added = world.instances.emplace_back();
    added.clients = static_cast<std::uint32_t>(world.clients.size());
    added.resource = state.index;
    world.clients.resize(world.clients.size() + state.workloads.size());
  } else {
    slot = state.free_slots.back();
    state.free_slots.pop_back();
    const Instance old = world.instances[slot];
    world.instances[slot] = {};
    world.instances[slot].epoch = old.epoch;
    world.instances[slot].clients = old.clients;
    world.instances[slot].resource = old.resource;
    for (std::size_t i = 0; i < state.workloads.size(); ++i) world.clients[old.clients + i] = {};
  }
  Instance& instance = world.instances[slot];
  instance.id = InstanceId{(static_cast<std::uint64_t>(world.run.cell) << 32) | world.instances_made++};
  instance.number = state.instances_made++;
  instance.stream = state.stream.child(instance.number);
  instance.role = state.role;
  instance.session = session;
  world.set_phase(slot, Phase::requested);
  world.schedule(at, slot, InstanceEvent::provision);
  return slot;
}

void request_first_instances(World& world) {
  for (ResourceState& state : world.resources) {
    for (std::int64_t i = 0; i < state.desired; ++i) {
      const RandomStream stream = state.stream.child(state.instances_made).child(key(Purpose::provisioning_start));
      request_instance(world, state, kSimulationStart + state.resource->provisioning.start.sample(stream, 0), kNone);
    }
  }
}

void provision(World& world, Slot slot) {
  world.recorder.count_event();
  Instance& instance = world.instances[slot];
  ResourceState& state = world.resource_of_slot(slot);
  RegionState& region = world.regions[state.region];
  ++instance.provisioning_attempts;
  stop_lacking(world, slot);
  if (region.interfaces >= region.region->network_interfaces)
    return retry_provisioning(world, slot, Reason::interface_quota);
  // Where most addresses are free, so that a fleet fills its subnets evenly.
  const std::size_t subnet = *std::ranges::max_element(
      state.subnets, {}, [&](std::size_t candidate) { return world.subnets[candidate].pool.free(); });
  const std::optional<std::uint32_t> address = world.subnets[subnet].pool.take();
  if (!address) return retry_provisioning(world, slot, Reason::subnet_exhausted);
  instance.subnet = static_cast<std::uint32_t>(subnet);
  instance.address = *address;
  world.subnets[subnet].demand.add(world.now, 1);
  ++region.interfaces;
  region.interface_demand.add(world.now, 1);
  instance.provisioned = world.now;
  ++world.recorder.resource(state.index).instances;
  world.set_phase(slot, Phase::provisioning);
  start_up(world, slot, draw(instance, Purpose::boot, state.resource->provisioning.boot, 0));
  ask_for_interface(world, slot);
}

void network_becomes_ready(World& world, Slot slot) {
  world.recorder.count_event();
  Instance& instance = world.instances[slot];
  instance.network_ready = true;
  if (instance.first_eni == kNever) {
    instance.first_eni = world.now;
    world.recorder.resource(instance.resource).network_ready.record(world.now - instance.provisioned);
  }
  become_available(world, slot);
}

void boot_is_done(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  instance.booted = true;
  if (instance.first_boot == kNever) instance.first_boot = world.now;
  start_workloads(world, slot, WorkloadStart::boot);
  // A session that a reboot interrupted goes on, with its login scripts run again.
  if (instance.session != kNone && world.sessions[instance.session].started != kNever)
    start_workloads(world, slot, WorkloadStart::session_start);
  become_available(world, slot);
}

void grant_interfaces(World& world, std::size_t region_index) {
  RegionState& region = world.regions[region_index];
  auto& bucket = region.bucket(BucketKind::create_network_interface).bucket;
  auto& queue = region.interface_queue;
  ++region.grant_generation;
  while (!queue.empty()) {
    const auto [slot, id] = queue.front();
    const Instance& instance = world.instances[slot];
    const bool still_waits = instance.id == id && !instance.interface_granted;
    if (still_waits && bucket && !bucket->try_take(world.now)) {
      world.schedule(bucket->next_token(world.now),
                     control_entity(ControlKind::interface_grant, static_cast<std::uint32_t>(region_index)),
                     region.grant_generation);
      return;
    }
    queue.pop_front();
    if (still_waits) grant_interface(world, slot);
  }
}

void stop_instance(World& world, Slot slot) {
  uncover(world, slot);
  Instance& instance = world.instances[slot];
  ++instance.epoch;
  instance.booted = instance.network_ready = false;
  world.set_phase(slot, Phase::stopped);
}

void start_stopped_instance(World& world, Slot slot) {
  ResourceState& state = world.resource_of_slot(slot);
  Instance& instance = world.instances[slot];
  world.set_phase(slot, Phase::provisioning);
  if (instance.sequence > 0) state.covered.add(instance.expires);
  start_up(world, slot, draw(instance, Purpose::on_demand_start, state.resource->on_demand_start, instance.starts));
}

void restart_instance(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  ++instance.epoch;
  world.set_phase(slot, Phase::provisioning);
  start_up(world, slot,
           draw(instance, Purpose::boot, world.resource_of_slot(slot).resource->provisioning.boot, instance.starts));
}

void terminate_instance(World& world, Slot slot) {
  ResourceState& state = world.resource_of_slot(slot);
  record_end(world, slot, world.now);
  uncover(world, slot);
  stop_lacking(world, slot);
  Instance& instance = world.instances[slot];
  if (instance.provisioned != kNever) {
    RegionState& region = world.regions[state.region];
    --region.interfaces;
    region.interface_demand.add(world.now, -1);
    world.subnets[instance.subnet].pool.give_back(instance.address);
    world.subnets[instance.subnet].demand.add(world.now, -1);
  }
  ++instance.epoch;
  instance.id = kNoInstance;
  instance.session = kNone;
  world.set_phase(slot, Phase::free);
  state.free_slots.push_back(slot);
}

void record_survivors(World& world) {
  for (Slot slot = 0; slot < world.instances.size(); ++slot)
    if (world.instances[slot].phase != Phase::free) record_end(world, slot, kNever);
}

}  // namespace credsim::model
