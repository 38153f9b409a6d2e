#include "model/never_served.hpp"

namespace credsim::model {

namespace {

/// Null if it has had a credential, or is to have none.
StartUp* without_credential(World& world, Slot slot) {
  const Instance& instance = world.instances[slot];
  if (!instance.starting || world.resource_of_slot(slot).role == kNone) return nullptr;
  StartUp& start_up = world.start_ups[instance.link];
  return start_up.credential_is_first ? &start_up : nullptr;
}

/// Keeps the number of those that would be never served if the run ended now.
void count_unserved(World& world, Slot slot, Unserved& unserved) {
  if (unserved.counted || !unserved.could_call || !unserved.asked_in_vain) return;
  unserved.counted = true;
  ++world.resource_of_slot(slot).unserved;
}

}  // namespace

void scripts_can_call(World& world, Slot slot) {
  StartUp* start_up = without_credential(world, slot);
  if (start_up == nullptr || start_up->unserved.since != kNever) return;
  start_up->unserved.could_call = true;
  start_up->unserved.since = world.now;
  count_unserved(world, slot, start_up->unserved);
}

void scripts_stop(World& world, Slot slot) {
  StartUp* start_up = without_credential(world, slot);
  if (start_up == nullptr || start_up->unserved.since == kNever) return;
  start_up->unserved.before += world.now - start_up->unserved.since;
  start_up->unserved.since = kNever;
}

void forget_time_unserved(World& world, Slot slot) {
  StartUp* start_up = without_credential(world, slot);
  if (start_up == nullptr) return;
  start_up->unserved.before = Duration{};
  if (start_up->unserved.since != kNever) start_up->unserved.since = world.now;
}

void asked_in_vain(World& world, Slot slot) {
  StartUp* start_up = without_credential(world, slot);
  if (start_up == nullptr) return;
  start_up->unserved.asked_in_vain = true;
  count_unserved(world, slot, start_up->unserved);
}

void count_if_never_served(World& world, Slot slot, bool over) {
  const StartUp* start_up = without_credential(world, slot);
  if (start_up == nullptr) return;
  const Unserved& unserved = start_up->unserved;
  ResourceState& state = world.resource_of_slot(slot);
  if (unserved.counted) --state.unserved;
  const bool ended_in_use = over && world.instances[slot].in(Phase::in_use);
  if (!unserved.could_call || (!unserved.asked_in_vain && !ended_in_use)) return;
  ResourceCounters& counters = world.recorder.resource(state.index);
  ++counters.instances_never_served;
  const Duration since = unserved.since == kNever ? Duration{} : world.now - unserved.since;
  counters.time_never_served_us += static_cast<std::uint64_t>((unserved.before + since).count());
}

}  // namespace credsim::model
