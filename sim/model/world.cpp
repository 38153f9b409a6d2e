#include "model/world.hpp"

#include <algorithm>
#include <bit>

#include "engine/contract.hpp"

namespace credsim::model {

ResourceState::ResourceState(const Scenario& scenario, std::uint32_t scenario_index, std::size_t region_index,
                             RandomStream resource_stream, Duration grid)
    : index(scenario_index),
      resource(&scenario.resources[scenario_index]),
      region(region_index),
      stream(resource_stream),
      // Every step of the series they go on to it.
      covered(grid, resource->credentials.lifetime + scenario.series_step),
      live(grid, resource->credentials.lifetime + scenario.series_step),
      oldest(grid, resource->credentials.lifetime + scenario.series_step) {
  requester = requester_of(scenario, *resource);
  jitter = Distribution::uniform(Duration{}, resource->credentials.jitter);
  desired = resource->first_instances();
  min = resource->scaling ? resource->scaling->min : desired;
  max = resource->scaling ? resource->scaling->max : desired;
  if (resource->scaling)
    step_taken.assign(std::max<std::size_t>(2, resource->scaling->steps.size()),
                      kSimulationStart - std::chrono::hours{24});
}

namespace {

std::size_t workloads_of(const Scenario& scenario, const CellPlan& plan) {
  std::size_t workloads = 0;
  for (const std::size_t resource : plan.resources) workloads += scenario.resources[resource].workloads.size();
  return workloads;
}

/// How many steps of the series calls are counted for before they are written down: about two hours of them, so that an
/// instance's calls are decided several at a time, and not more than fit into the nearest caches.
std::size_t count_window(const Scenario& scenario) {
  return static_cast<std::size_t>(std::clamp<std::int64_t>(std::chrono::hours{2} / scenario.series_step, 16, 1024));
}

WorkloadState workload_state(const Workload& workload, std::size_t region, std::size_t counts) {
  return {.key = RandomStream::root(0, 0).child(workload.name).bits(0),
          .region = region,
          .bucket = bucket_of(workload.calls),
          .counts = counts,
          .names_profile = workload.profile == kMachineRoleProfile,
          .too_old = workload.client.too_old(),
          .process_per_call = workload.client.tool == ClientTool::aws_cli,
          .adaptive = is_adaptive(workload.retry.mode),
          .habits = habits_of(workload.client.tool),
          .retry_law = retry_law(workload.client.tool, workload.retry.mode),
          .clock_tolerance = clock_tolerance(workload.calls)};
}

}  // namespace

World::World(const Scenario& a_scenario, const CellPlan& plan, const CellRun& a_run, CellSink& sink)
    : scenario(a_scenario),
      run(a_run),
      end(kSimulationStart + a_scenario.duration),
      faults(a_scenario),
      recorder(a_scenario, a_run.audit_level, sink),
      resource_of(a_scenario.resources.size(), kNone),
      records(a_run.audit_level, a_run.cell),
      paused(a_scenario.faults.size()),
      desk(a_scenario, workloads_of(a_scenario, plan), count_window(a_scenario)),
      timelines(*this, a_run.threads, workloads_of(a_scenario, plan), count_window(a_scenario)) {
  for (const CellPlan::Place& place : plan.places) regions.push_back(start_region(scenario, place));
  const auto region_index = [&](std::size_t account, std::size_t region) {
    std::size_t i = 0;
    while (regions[i].place.account != account || regions[i].place.region != region) ++i;
    return i;
  };

  std::size_t counted_workloads = 0;
  const RandomStream root = RandomStream::root(run.seed, run.replication);
  for (const std::size_t index : plan.resources) {
    const Resource& resource = scenario.resources[index];
    const std::size_t region = region_index(resource.account, resource.region);
    // Names are unique in their account and Region only, so these belong to the key too.
    const RandomStream stream =
        root.child(scenario.accounts[resource.account].id).child(regions[region].region->name).child(resource.name);
    resource_of[index] = static_cast<std::uint32_t>(resources.size());
    ResourceState& state =
        resources.emplace_back(scenario, static_cast<std::uint32_t>(index), region, stream, run.grid_of(scenario));
    for (const Workload& workload : resource.workloads) {
      state.workloads.push_back(
          workload_state(workload, region_index(resource.account, workload.region), counted_workloads++));
      if (!state.workloads.back().contends()) state.has_timelines = true;
    }
    workload_bits = std::max(
        workload_bits, static_cast<unsigned>(std::bit_width(std::max<std::size_t>(resource.workloads.size(), 1) - 1)));
    give_role(state, resource.role);
    state.instance_quota = instance_quota_of(regions[region], resource);
    has_sessions = has_sessions || resource.sessions.has_value();
    has_stops = has_stops || resource.type == ResourceType::on_demand || !resource.stop_start.empty();
    for (const Subnet& subnet : resource.subnets) {
      std::size_t i = 0;
      while (i < subnets.size() && (subnets[i].region != region || subnets[i].subnet.base != subnet.base ||
                                    subnets[i].subnet.prefix_bits != subnet.prefix_bits))
        ++i;
      if (i == subnets.size())
        subnets.push_back({.region = region, .subnet = subnet, .pool = AddressPool(subnet), .demand = {}});
      state.subnets.push_back(i);
    }
  }
}

void World::give_role(ResourceState& state, std::optional<std::size_t> role) {
  state.role = role ? static_cast<std::uint32_t>(*role) : kNone;
  for (std::size_t i = 0; i < state.workloads.size(); ++i)
    state.workloads[i].verdict = role ? desk.permissions.verdict(state.index, i, state.role) : Verdict::depends;
}

void World::add_block(ResourceState& state) {
  const auto first = static_cast<Slot>(instances.size());
  expect(first + kSlotsPerBlock <= std::min(kSlotsMax, 1U << (kIndexBits - workload_bits)),
         "a cell holds at most 2^26 instances at once, and 2^29 scripts");
  expect(clients.size() < UINT32_MAX - kSlotsPerBlock * state.workloads.size(), "a cell holds at most 2^32 scripts");
  blocks.push_back({.resource = resource_of[state.index],
                    .first_client = static_cast<std::uint32_t>(clients.size()),
                    .workloads = static_cast<std::uint32_t>(state.workloads.size())});
  instances.resize(first + kSlotsPerBlock);
  records.resize(first + kSlotsPerBlock);
  if (has_sessions) session_of.resize(first + kSlotsPerBlock, kNone);
  if (has_stops) switched_at.resize(first + kSlotsPerBlock);
  clients.resize(clients.size() + kSlotsPerBlock * state.workloads.size());
  for (Slot slot = first + kSlotsPerBlock; slot-- > first;) state.free_slots.push_back(slot);
}

void World::reserve() {
  std::size_t slots = 0;
  std::size_t scripts = 0;
  for (const ResourceState& state : resources) {
    const auto blocks_needed = (static_cast<std::size_t>(state.desired) + kSlotsPerBlock - 1) / kSlotsPerBlock;
    slots += blocks_needed * kSlotsPerBlock;
    scripts += blocks_needed * kSlotsPerBlock * state.workloads.size();
  }
  instances.reserve(slots);
  records.reserve(slots);
  clients.reserve(scripts);
}

Slot World::take_slot(ResourceState& state) {
  if (state.free_slots.empty()) add_block(state);
  const Slot slot = state.free_slots.back();
  state.free_slots.pop_back();
  if (instances[slot].draws > 0)
    timelines.settle();  // what its last instance did needs to be known before it is another's
  instances[slot] = {};
  if (has_stops) switched_at[slot] = kSimulationStart;
  for (std::size_t i = 0; i < state.workloads.size(); ++i) client(slot, i) = {};
  return slot;
}

void World::set_phase(Slot slot, Phase phase) {
  ResourceState& state = resource_of_slot(slot);
  if (state.resource->scaling) {
    const double elapsed = static_cast<double>((now - state.area_until).count());
    const auto in_use = static_cast<double>(state.in_phase(Phase::in_use));
    const auto idle = static_cast<double>(state.in_phase(Phase::available) + state.in_phase(Phase::stopped));
    state.in_use_area += elapsed * in_use;
    state.actual_area += elapsed * (in_use + idle);
    state.area_until = now;
  }
  --state.phases[instances[slot].phase];
  ++state.phases[static_cast<std::size_t>(phase)];
  instances[slot].set_phase(phase);
}

}  // namespace credsim::model
