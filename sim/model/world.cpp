#include "model/world.hpp"

#include <algorithm>

namespace credsim::model {

ResourceState::ResourceState(const Scenario& scenario, std::uint32_t scenario_index, std::size_t region_index,
                             RandomStream resource_stream)
    : index(scenario_index),
      resource(&scenario.resources[scenario_index]),
      region(region_index),
      stream(resource_stream),
      covered(scenario.series_step, resource->credentials.lifetime),
      live(scenario.series_step, resource->credentials.lifetime),
      oldest(scenario.series_step, resource->credentials.lifetime) {
  requester = requester_of(scenario, *resource);
  if (resource->role) role = static_cast<std::uint32_t>(*resource->role);
  desired = resource->first_instances();
  min = resource->scaling ? resource->scaling->min : desired;
  max = resource->scaling ? resource->scaling->max : desired;
  if (resource->scaling)
    step_taken.assign(std::max<std::size_t>(2, resource->scaling->steps.size()),
                      kSimulationStart - std::chrono::hours{24});
}

World::World(const Scenario& a_scenario, const CellPlan& plan, const CellRun& a_run, CellSink& sink)
    : scenario(a_scenario),
      run(a_run),
      end(kSimulationStart + a_scenario.duration),
      faults(a_scenario),
      permissions(a_scenario),
      recorder(a_scenario, a_run.audit_level, sink),
      resource_of(a_scenario.resources.size(), kNone),
      paused(a_scenario.faults.size()) {
  for (const CellPlan::Place& place : plan.places) regions.push_back(start_region(scenario, place));
  const auto region_index = [&](std::size_t account, std::size_t region) {
    std::size_t i = 0;
    while (regions[i].place.account != account || regions[i].place.region != region) ++i;
    return i;
  };

  const RandomStream root = RandomStream::root(run.seed, run.replication);
  for (const std::size_t index : plan.resources) {
    const Resource& resource = scenario.resources[index];
    const std::size_t region = region_index(resource.account, resource.region);
    // Names are unique in their account and Region only, so these belong to the key too.
    const RandomStream stream =
        root.child(scenario.accounts[resource.account].id).child(regions[region].region->name).child(resource.name);
    resource_of[index] = static_cast<std::uint32_t>(resources.size());
    ResourceState& state = resources.emplace_back(scenario, static_cast<std::uint32_t>(index), region, stream);
    for (const Workload& workload : resource.workloads)
      state.workloads.push_back({.key = RandomStream::root(0, 0).child(workload.name).bits(0),
                                 .region = region_index(resource.account, workload.region),
                                 .bucket = bucket_of(workload.calls),
                                 .names_profile = workload.profile == kMachineRoleProfile});
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
  --state.phases[static_cast<std::size_t>(instances[slot].phase)];
  ++state.phases[static_cast<std::size_t>(phase)];
  instances[slot].phase = phase;
}

}  // namespace credsim::model
