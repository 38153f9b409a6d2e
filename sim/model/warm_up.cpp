#include "model/warm_up.hpp"

#include <algorithm>

#include "model/agent.hpp"
#include "model/call_series.hpp"
#include "model/never_served.hpp"
#include "model/provisioning.hpp"

namespace credsim::model {

namespace {

void start_anew(LevelMeter& demand, Refusals& refusals, SimTime now) {
  demand.start_anew(now);
  refusals = {};
}

void start_anew(RegionState& region, SimTime now) {
  for (MeteredBucket& bucket : region.buckets) {
    bucket.meter = {};
    bucket.refusals = {};
  }
  start_anew(region.interface_quota.demand, region.interface_quota.refusals, now);
  for (InstanceQuota& by_type : region.instance_quotas) start_anew(by_type.quota.demand, by_type.quota.refusals, now);
}

/// Those who wait for a token do not ask again, as those do who were refused anything else.
void refuse_waiting(World& world, RegionState& region) {
  for (const RegionState::Waiting& waiting : region.interface_queue)
    if (waits_for_interface(world, waiting))
      region.bucket(BucketKind::create_network_interface).refusals.add(world.now);
  for (std::size_t i = 0; i < region.deletion_queue.size(); ++i)
    region.bucket(BucketKind::delete_network_interface).refusals.add(world.now);
}

void limits_start_anew(World& world) {
  for (RegionState& region : world.regions) {
    start_anew(region, world.now);
    refuse_waiting(world, region);
  }
  for (SubnetState& subnet : world.subnets) start_anew(subnet.demand, subnet.refusals, world.now);
  for (ResourceState& state : world.resources) {
    start_anew(state.session_demand, state.session_refusals, world.now);
    for (std::size_t i = 0; i < state.queue.size(); ++i) state.session_refusals.add(world.now);
  }
}

/// A call fails when its last attempt was made, even if it ends later.
CountsByReason failed_in_warm_up(const World& world, std::size_t workload) {
  CountsByReason failures = world.desk.failed_in_warm_up[workload];
  world.timelines.add_failed_in_warm_up(workload, failures);
  return failures;
}

}  // namespace

WarmUp::WarmUp(World& world) {
  const CellResult& result = world.recorder.result();
  for (std::uint32_t i = 0; i < result.resources.size(); ++i) resources_.push_back(mark(world.recorder.resource(i)));
  for (const auto& of_resource : result.workloads) workloads_.emplace_back(of_resource.size());
  for (const ResourceState& state : world.resources)
    for (std::size_t i = 0; i < state.workloads.size(); ++i) workloads_[state.index][i] = calls_so_far(world, state, i);
  carry_instances_over(world);
  limits_start_anew(world);
}

void WarmUp::carry_instances_over(World& world) {
  for (ResourceState& state : world.resources) state.gap_window = {};
  for (Slot slot = 0; slot < world.instances.size(); ++slot) {
    Instance& instance = world.instances[slot];
    if (instance.in(Phase::free) || instance.in(Phase::requested)) continue;
    ResourceState& state = world.resource_of_slot(slot);
    ResourceCounters& before = resources_[state.index];
    --before.instances;
    instance.had_gap = 0;
    forget_time_unserved(world, slot);
    if (!instance.has_credential()) continue;
    --before.instances_with_credential;
    state.gap_window.first_credential(world.now);
    if (!instance.running()) continue;
    // What ends its running adds its time since the first credential, and the end of a gap the whole of that.
    before.time_after_first_credential_us += static_cast<std::uint64_t>(world.now.time_since_epoch().count());
    const Duration without = std::max(world.now - uncovered_from(world, slot), Duration{});
    before.time_without_credential_us += static_cast<std::uint64_t>(without.count());
  }
}

void WarmUp::take_off(const World& world, CellResult& result) {
  for (const ResourceState& state : world.resources) {
    credsim::take_off(result.resources[state.index], resources_[state.index]);
    for (std::size_t i = 0; i < state.workloads.size(); ++i) {
      WorkloadCounters& before = workloads_[state.index][i];
      before.call_failures = failed_in_warm_up(world, state.workloads[i].counts);
      credsim::take_off(result.workloads[state.index][i], before);
    }
  }
}

}  // namespace credsim::model
