#include "model/capacity.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "model/provisioning.hpp"
#include "model/session.hpp"

namespace credsim::model {

namespace {

constexpr Duration kMinute = std::chrono::minutes{1};
constexpr Duration kTargetCooldown = std::chrono::seconds{300};
// The entry of a minute's look at the utilisation; smaller ones are those of the schedule.
constexpr std::uint32_t kMinuteLook = UINT32_MAX;

void schedule_look(World& world, const ResourceState& state, SimTime at, std::uint32_t entry) {
  world.schedule(at, control(ControlKind::capacity, static_cast<std::uint32_t>(world.capacity_looks.size())));
  world.capacity_looks.push_back({world.resource_of[state.index], entry});
}

bool looks_at_utilisation(const Scaling& scaling) {
  return scaling.target_utilisation || !scaling.steps.empty();
}

void set_desired(World& world, ResourceState& state, std::int64_t desired) {
  state.desired = std::clamp(desired, state.min, state.max);
  meet_capacity(world, state);
}

std::int64_t change_of(const ScalingStep& step, std::int64_t capacity) {
  if (!step.relative) return step.change;
  const double change = static_cast<double>(capacity) * static_cast<double>(step.change) / 100;
  return static_cast<std::int64_t>(change > 0 ? std::ceil(change) : std::floor(change));
}

void follow_steps(World& world, ResourceState& state, double utilisation) {
  const std::vector<ScalingStep>& steps = state.resource->scaling->steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool beyond = steps[i].above ? utilisation > steps[i].bound : utilisation < steps[i].bound;
    if (!beyond || world.now - state.step_taken[i] < steps[i].cooldown) continue;
    state.step_taken[i] = world.now;
    return set_desired(world, state, state.desired + change_of(steps[i], state.desired));
  }
}

void follow_target(World& world, ResourceState& state, double utilisation, double actual) {
  const double wanted = std::ceil(actual * utilisation / *state.resource->scaling->target_utilisation - 1e-9);
  const auto desired = static_cast<std::int64_t>(wanted);
  if (desired == state.desired) return;
  SimTime& taken = state.step_taken[desired > state.desired ? 0 : 1];
  if (world.now - taken < kTargetCooldown) return;
  taken = world.now;
  set_desired(world, state, desired);
}

void look_at_utilisation(World& world, ResourceState& state) {
  const double elapsed = static_cast<double>((world.now - state.area_until).count());
  const auto in_use = static_cast<double>(state.in_phase(Phase::in_use));
  const auto idle = static_cast<double>(state.in_phase(Phase::available) + state.in_phase(Phase::stopped));
  const double in_use_area = state.in_use_area + elapsed * in_use;
  const double actual_area = state.actual_area + elapsed * (in_use + idle);
  state.in_use_area = state.actual_area = 0;
  state.area_until = world.now;
  if (actual_area <= 0) return;
  const double utilisation = in_use_area / actual_area;
  if (state.resource->scaling->target_utilisation) {
    follow_target(world, state, utilisation, actual_area / static_cast<double>(kMinute.count()));
  } else {
    follow_steps(world, state, utilisation);
  }
}

}  // namespace

void meet_capacity(World& world, ResourceState& state) {
  if (state.resource->type == ResourceType::elastic) return serve_waiting(world, state);
  const std::int64_t instances = state.instances();
  for (std::int64_t i = instances; i < state.desired; ++i) request_instance(world, state, world.now, kNone);
  for (std::int64_t i = instances; i > state.desired && !state.idle.empty();) {
    const auto [slot, number] = state.idle.front();
    state.idle.pop_front();
    if (!world.is_idle(slot, number)) continue;
    terminate_instance(world, slot);
    --i;
  }
}

void schedule_capacity(World& world, ResourceState& state) {
  const auto& scaling = state.resource->scaling;
  if (!scaling) return;
  for (std::size_t i = 0; i < scaling->schedule.size(); ++i)
    schedule_look(world, state, scaling->schedule[i].at, static_cast<std::uint32_t>(i));
  if (looks_at_utilisation(*scaling)) schedule_look(world, state, kSimulationStart + kMinute, kMinuteLook);
}

void look_at_capacity(World& world, std::uint32_t look) {
  const auto [resource, scheduled] = world.capacity_looks[look];
  ResourceState& state = world.resources[resource];
  if (scheduled == kMinuteLook) {
    look_at_utilisation(world, state);
    return world.schedule(world.now + kMinute, control(ControlKind::capacity, look));
  }
  const ScheduledScaling& entry = state.resource->scaling->schedule[scheduled];
  state.min = entry.min;
  state.max = entry.max;
  set_desired(world, state, state.desired);
}

void schedule_role_changes(World& world, ResourceState& state) {
  const auto& changes = state.resource->role_changes;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    world.schedule(changes[i].at,
                   control(ControlKind::role_change, static_cast<std::uint32_t>(world.role_changes.size())));
    world.role_changes.push_back({world.resource_of[state.index], static_cast<std::uint32_t>(i)});
  }
}

void change_role(World& world, std::uint32_t change) {
  const auto [resource, entry] = world.role_changes[change];
  ResourceState& state = world.resources[resource];
  for (Slot slot = 0; slot < world.instances.size(); ++slot) {
    if (&world.resource_of_slot(slot) != &state || world.instances[slot].in(Phase::free)) continue;
    interrupt_session(world, slot);
    terminate_instance(world, slot);
  }
  world.timelines.settle();  // what was called with the old role is decided with the old role
  world.give_role(state, state.resource->role_changes[entry].role);
  meet_capacity(world, state);
}

void report_capacity_limits(World& world, std::vector<LimitUsage>& limits) {
  const auto account_of = [&](std::size_t region) -> const std::string& {
    return world.scenario.accounts[world.regions[region].place.account].id;
  };
  const auto region_of = [&](std::size_t region) -> const std::string& { return world.regions[region].region->name; };
  for (SubnetState& subnet : world.subnets) {
    limits.push_back(usage_of(subnet_limit(account_of(subnet.region), region_of(subnet.region), subnet.subnet.cidr()),
                              static_cast<double>(subnet.subnet.usable_addresses()), subnet.demand, subnet.refusals,
                              world.now));
  }
  for (ResourceState& state : world.resources) {
    if (!state.resource->sessions) continue;
    const bool elastic = state.resource->type == ResourceType::elastic;
    const auto capacity =
        static_cast<double>(elastic ? state.resource->max_concurrent : std::max(state.max, state.desired));
    limits.push_back(usage_of(capacity_limit(account_of(state.region), region_of(state.region), state.resource->name),
                              capacity, state.session_demand, state.session_refusals, world.now));
  }
}

}  // namespace credsim::model
