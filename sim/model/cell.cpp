#include "credsim/cell.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "model/agent.hpp"
#include "model/capacity.hpp"
#include "model/fault_change.hpp"
#include "model/provisioning.hpp"
#include "model/series.hpp"
#include "model/session.hpp"
#include "model/workload_process.hpp"
#include "model/world.hpp"

namespace credsim {

namespace {

using namespace model;

// Often enough that a user who interrupts does not wait, seldom enough to cost nothing.
constexpr std::uint64_t kEventsBetweenLooks = 4096;

// How many events ahead memory is asked for: far enough that it is there in time, near enough that it still is.
constexpr std::size_t kPrefetchInstance = 16;
constexpr std::size_t kPrefetchClient = 8;

/// One cell's run: the simulation clock goes from event to event.
class CellSimulation {
 public:
  CellSimulation(const Scenario& scenario, const CellPlan& plan, const CellRun& run, CellSink& sink)
      : world_(scenario, plan, run, sink) {}

  CellResult run(const std::atomic<bool>& stop, CellProgress& progress) {
    start();
    bool interrupted = false;
    for (std::uint64_t handled = 0; !world_.pending.empty(); ++handled) {
      if (handled % kEventsBetweenLooks == 0) {
        progress.sim_time_us.store(world_.now.time_since_epoch().count(), std::memory_order_relaxed);
        progress.events.store(world_.recorder.result().events, std::memory_order_relaxed);
        if (stop.load(std::memory_order_relaxed)) {
          interrupted = true;
          break;
        }
      }
      prefetch();
      const Event event = world_.pending.pop();
      world_.now = event.at;
      dispatch(event);
    }
    return finish(interrupted, progress);
  }

 private:
  void start() {
    world_.schedule(kSimulationStart, kSeriesSample);
    schedule_faults(world_);
    request_first_instances(world_);
    for (ResourceState& state : world_.resources) {
      const std::uint32_t index = world_.resource_of[state.index];
      schedule_arrival(world_, state);
      schedule_capacity(world_, state);
      for (std::size_t i = 0; i < state.resource->role_changes.size(); ++i)
        world_.schedule(state.resource->role_changes[i].at, control_entity(ControlKind::role_change, index),
                        static_cast<std::uint32_t>(i));
      for (const StopStart& pause : state.resource->stop_start) {
        world_.schedule(pause.stop, control_entity(ControlKind::builder_stop, index));
        world_.schedule(pause.start, control_entity(ControlKind::builder_start, index));
      }
    }
  }

  /// The memory that events soon to come will touch: first the instance, then, when that is there, its clients.
  void prefetch() {
    if (const Event* far = world_.pending.peek(kPrefetchInstance); far && is_instance(*far)) {
      const char* instance = reinterpret_cast<const char*>(&world_.instances[entity_index(far->entity)]);
      __builtin_prefetch(instance);
      __builtin_prefetch(instance + 64);
      __builtin_prefetch(instance + 128);
      __builtin_prefetch(instance + 192);
    }
    if (const Event* near = world_.pending.peek(kPrefetchClient); near && is_instance(*near)) {
      const Instance& instance = world_.instances[entity_index(near->entity)];
      if (instance.clients < world_.clients.size()) __builtin_prefetch(&world_.clients[instance.clients]);
    }
  }

  static bool is_instance(const Event& event) { return entity_class(event.entity) == EntityClass::instance; }

  void dispatch(const Event& event) {
    const std::uint32_t index = entity_index(event.entity);
    switch (entity_class(event.entity)) {
      case EntityClass::early:
        return event.entity == kSeriesSample ? sample() : session_is_over(world_, index - 1);
      case EntityClass::control:
        return dispatch_control(static_cast<ControlKind>(index >> kControlBits), index & ((1U << kControlBits) - 1),
                                event.tag);
      case EntityClass::instance:
        return dispatch_instance(index, event.tag);
      case EntityClass::session:
        return dispatch_session(index, event.tag);
    }
  }

  void dispatch_control(ControlKind kind, std::uint32_t index, std::uint32_t tag) {
    switch (kind) {
      case ControlKind::fault_change:
        return fault_changes(world_, index, tag != 0);
      case ControlKind::fault_action:
        return fault_acts(world_, index);
      case ControlKind::role_change:
        return change_role(world_, world_.resources[index], tag);
      case ControlKind::builder_stop:
        return for_each_instance(index, true, stop_instance);
      case ControlKind::builder_start:
        return for_each_instance(index, false, start_stopped_instance);
      case ControlKind::capacity:
        return capacity_event(world_, world_.resources[index], tag);
      case ControlKind::interface_grant:
        if (tag == world_.regions[index].grant_generation) grant_interfaces(world_, index);
        return;
    }
  }

  void dispatch_instance(Slot slot, std::uint32_t tag) {
    const InstanceEvent event = instance_event(tag);
    if (event == InstanceEvent::attempt) return next_attempt(world_, tag_call(tag));
    if (event == InstanceEvent::result) return attempt_result(world_, tag_call(tag));
    if (tag_epoch(tag) != (world_.instances[slot].epoch & kEpochMask)) return;
    switch (event) {
      case InstanceEvent::provision:
        return provision(world_, slot);
      case InstanceEvent::network_ready:
        return network_becomes_ready(world_, slot);
      case InstanceEvent::boot_done:
        return boot_is_done(world_, slot);
      case InstanceEvent::credential_issued:
        return issue_credential(world_, slot);
      case InstanceEvent::assume_role:
        return attempt_assume_role(world_, slot);
      case InstanceEvent::workload_start:
        return workload_starts(world_, slot, tag_workload(tag));
      case InstanceEvent::workload_poll:
        return poll_network(world_, slot, tag_workload(tag));
      case InstanceEvent::call:
        return make_call(world_, slot, tag_workload(tag));
      case InstanceEvent::attempt:
      case InstanceEvent::result:
        return;
    }
  }

  void dispatch_session(std::uint32_t index, std::uint32_t tag) {
    if (index < kSessionPatience) return session_arrives(world_, world_.resources[index]);
    const SessionState& session = world_.sessions[index - kSessionPatience];
    if (session.alive && session.slot == kNone && session.number == tag)
      session_gives_up(world_, index - kSessionPatience);
  }

  void sample() {
    series_.sample(world_);
    world_.schedule(world_.now + world_.scenario.series_step, kSeriesSample);
  }

  /// The instances of a builder that run, or those that are stopped.
  template <class Action>
  void for_each_instance(std::uint32_t resource, bool running, Action action) {
    for (Slot slot = 0; slot < world_.instances.size(); ++slot) {
      const Instance& instance = world_.instances[slot];
      if (instance.resource != world_.resources[resource].index) continue;
      if (running ? instance.running() : instance.phase == Phase::stopped) action(world_, slot);
    }
  }

  CellResult finish(bool interrupted, CellProgress& progress) {
    CellResult& result = world_.recorder.result();
    if (!interrupted) {
      world_.now = world_.end;
      if (world_.scenario.duration % world_.scenario.series_step == Duration{}) series_.sample(world_);
    }
    record_survivors(world_);
    record_open_sessions(world_);
    for (RegionState& region : world_.regions) report_limits(region, world_.scenario, world_.now, result.limits);
    report_capacity_limits(world_, result.limits);
    result.gauges = series_.gauges();
    result.interrupted = interrupted;
    result.ended = world_.now;
    world_.recorder.flush();
    progress.sim_time_us.store(world_.now.time_since_epoch().count(), std::memory_order_relaxed);
    progress.events.store(result.events, std::memory_order_relaxed);
    return std::move(result);
  }

  World world_;
  SeriesSampler series_;
};

/// Disjoint sets of places, small enough for a plain table.
struct Places {
  std::vector<CellPlan::Place> places;
  std::vector<std::size_t> parent;

  std::size_t find(std::size_t place) const {
    while (parent[place] != place) place = parent[place];
    return place;
  }
  std::size_t index(std::size_t account, std::size_t region) const {
    std::size_t i = 0;
    while (places[i].account != account || places[i].region != region) ++i;
    return i;
  }
  void join(std::size_t a, std::size_t b) {
    const auto [low, high] = std::minmax({find(a), find(b)});
    parent[high] = low;
  }
};

}  // namespace

std::vector<CellPlan> plan_cells(const Scenario& scenario) {
  Places all;
  for (std::size_t account = 0; account < scenario.accounts.size(); ++account)
    for (std::size_t region = 0; region < scenario.accounts[account].regions.size(); ++region)
      all.places.push_back({account, region});
  all.parent.resize(all.places.size());
  std::iota(all.parent.begin(), all.parent.end(), std::size_t{0});
  for (const Resource& resource : scenario.resources)
    for (const Workload& workload : resource.workloads)
      all.join(all.index(resource.account, resource.region), all.index(resource.account, workload.region));

  std::map<std::size_t, CellPlan> cells;  // by the first place
  for (std::size_t i = 0; i < scenario.resources.size(); ++i) {
    const Resource& resource = scenario.resources[i];
    cells[all.find(all.index(resource.account, resource.region))].resources.push_back(i);
  }
  for (std::size_t place = 0; place < all.places.size(); ++place)
    if (const auto cell = cells.find(all.find(place)); cell != cells.end())
      cell->second.places.push_back(all.places[place]);
  std::vector<CellPlan> plans;
  for (auto& [place, plan] : cells) plans.push_back(std::move(plan));
  return plans;
}

CellResult simulate_cell(const Scenario& scenario, const CellPlan& plan, const CellRun& run, CellSink& sink,
                         const std::atomic<bool>& stop, CellProgress& progress) {
  return CellSimulation(scenario, plan, run, sink).run(stop, progress);
}

}  // namespace credsim
