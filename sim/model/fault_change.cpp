#include "model/fault_change.hpp"

#include <algorithm>
#include <cmath>

#include "model/agent.hpp"
#include "model/capacity.hpp"
#include "model/provisioning.hpp"
#include "model/session.hpp"

namespace credsim::model {

namespace {

bool acts_at_its_beginning(FaultKind kind) {
  return kind == FaultKind::instance_loss || kind == FaultKind::mass_restart;
}

/// A bucket as its Region has it, changed by every fault in force, in the order in which they began. None: unlimited.
std::optional<TokenBucket::Options> bucket_in_force(const World& world, const RegionState& region, BucketKind kind) {
  std::optional<TokenBucket::Options> options = region.region->buckets[static_cast<std::size_t>(kind)];
  const auto apply = [&](FaultKind fault_kind, auto change) {
    for (const std::size_t index : world.faults.active(fault_kind)) {
      const Fault& fault = world.scenario.faults[index];
      if (fault.bucket == kind && world.faults.hits_region(index, region.place.account, region.place.region))
        change(fault);
    }
  };
  apply(FaultKind::quota, [&](const Fault& fault) {
    const auto whole_second = static_cast<std::int64_t>(std::ceil(fault.rate->per_second()));
    const std::int64_t burst = options ? options->burst : std::max<std::int64_t>(1, whole_second);
    options = TokenBucket::Options{.rate = *fault.rate,
                                   .burst = fault.burst.value_or(burst),
                                   .background = options ? options->background : Rate{}};
  });
  apply(FaultKind::background_load, [&](const Fault& fault) {
    if (options) options->background = *fault.rate;
  });
  return options;
}

void change_bucket(World& world, std::size_t region_index, BucketKind kind) {
  RegionState& region = world.regions[region_index];
  std::optional<TokenBucket>& bucket = region.bucket(kind).bucket;
  const auto options = bucket_in_force(world, region, kind);
  if (!options) {
    bucket.reset();
  } else if (bucket) {
    bucket->change(world.now, *options);
  } else {
    bucket.emplace(*options);
  }
  if (kind == BucketKind::create_network_interface) grant_interfaces(world, region_index);
  if (kind == BucketKind::delete_network_interface) delete_interfaces(world, region_index);
}

void lose_instances(World& world, std::size_t fault) {
  const double share = world.scenario.faults[fault].share;
  const auto slots = static_cast<Slot>(world.instances.size());  // those that are requested meanwhile are not lost
  for (Slot slot = 0; slot < slots; ++slot) {
    if (world.instances[slot].in(Phase::free) || world.instances[slot].in(Phase::requested)) continue;
    const InstanceKey instance = world.key_of(slot);
    if (!world.faults.hits(fault, instance) || world.faults.share_draw(fault, instance, 0, 0) >= share) continue;
    interrupt_session(world, slot);
    terminate_instance(world, slot);
  }
  for (ResourceState& state : world.resources) meet_capacity(world, state);
}

void restart_instances(World& world, std::size_t fault) {
  for (Slot slot = 0; slot < world.instances.size(); ++slot) {
    if (world.instances[slot].running() && world.faults.hits(fault, world.key_of(slot))) restart_instance(world, slot);
  }
  // Once they have booted they wait anew, behind those that were not restarted.
  for (ResourceState& state : world.resources)
    std::erase_if(state.idle,
                  [&](const ResourceState::Idle& waits) { return !world.is_idle(waits.slot, waits.number); });
}

}  // namespace

void schedule_faults(World& world) {
  for (std::size_t i = 0; i < world.scenario.faults.size(); ++i) {
    const Fault& fault = world.scenario.faults[i];
    const auto index = static_cast<std::uint32_t>(i);
    world.schedule(fault.at, control(ControlKind::fault_change, 2 * index));
    world.schedule(fault.until, control(ControlKind::fault_change, 2 * index + 1));
    if (acts_at_its_beginning(fault.kind)) world.schedule(fault.at, control(ControlKind::fault_action, index));
    if (fault.kind == FaultKind::agent_paused) world.schedule(fault.until, control(ControlKind::fault_action, index));
  }
}

void fault_changes(World& world, std::size_t index, bool ending) {
  if (world.run.cell == 0) world.recorder.count_event();
  world.timelines.catch_up(world.now);  // with the faults that were in force until now
  if (ending) {
    world.faults.end(index);
  } else {
    world.faults.begin(index);
  }
  const Fault& fault = world.scenario.faults[index];
  if (fault.kind != FaultKind::quota && fault.kind != FaultKind::background_load) return;
  for (std::size_t region = 0; region < world.regions.size(); ++region)
    if (world.faults.hits_region(index, world.regions[region].place.account, world.regions[region].place.region))
      change_bucket(world, region, fault.bucket);
}

void fault_acts(World& world, std::size_t fault) {
  switch (world.scenario.faults[fault].kind) {
    case FaultKind::instance_loss:
      return lose_instances(world, fault);
    case FaultKind::mass_restart:
      return restart_instances(world, fault);
    default:
      return make_paused_attempts(world, fault);
  }
}

}  // namespace credsim::model
