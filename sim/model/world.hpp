#pragma once

#include <array>
#include <deque>
#include <optional>
#include <vector>

#include "credsim/cell.hpp"
#include "credsim/pending_event_set.hpp"
#include "credsim/prerequisites.hpp"
#include "credsim/scenario.hpp"

#include "model/adaptive_limiter.hpp"
#include "model/address_pool.hpp"
#include "model/client.hpp"
#include "model/coverage.hpp"
#include "model/event.hpp"
#include "model/fault_schedule.hpp"
#include "model/instance.hpp"
#include "model/permission.hpp"
#include "model/recorder.hpp"
#include "model/region_state.hpp"
#include "model/usage_meter.hpp"

namespace credsim::model {

/// A subnet with the addresses that are taken; fleets that name the same block share it.
struct SubnetState {
  std::size_t region;  ///< index in World::regions
  Subnet subnet;
  AddressPool pool;
  LevelMeter demand;  ///< addresses in use, or asked for in vain
  SimTime first_refused = kNever;
  std::uint64_t refused = 0;
};

/// A session that waits, is being prepared or is in progress.
struct SessionState {
  std::uint32_t resource = 0;  ///< index in World::resources
  std::uint32_t number = 0;
  SimTime arrived = kNever;
  SimTime started = kNever;
  SimTime ends = kNever;
  Slot slot = kNone;  ///< kNone: waits for an instance
  bool alive = false;
};

/// A workload as the cell runs it.
struct WorkloadState {
  std::uint64_t key;                 ///< of its name
  std::size_t region;                ///< index in World::regions: where it calls
  std::optional<BucketKind> bucket;  ///< that its action spends from
  bool names_profile;                ///< the one that holds the role's credentials
};

/// A fleet or an image builder as it stands.
struct ResourceState {
  ResourceState(const Scenario& scenario, std::uint32_t index, std::size_t region, RandomStream stream);

  std::uint32_t index;  ///< in Scenario::resources
  const Resource* resource;
  std::size_t region;  ///< index in World::regions
  RandomStream stream;
  RoleRequester requester;
  std::vector<std::size_t> subnets;  ///< indices in World::subnets
  std::vector<WorkloadState> workloads;

  std::uint32_t role = kNone;  ///< that new instances get
  std::uint32_t instances_made = 0;
  std::int64_t desired = 0;
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::array<std::int64_t, kPhases> phases{};
  std::vector<Slot> free_slots;

  /// Instances that wait for a session, the longest first; entries of instances that no longer do are skipped.
  struct Idle {
    Slot slot;
    InstanceId id;
  };
  std::deque<Idle> idle;

  std::uint32_t sessions_arrived = 0;
  std::int64_t sessions_active = 0;
  std::int64_t sessions_waiting = 0;  ///< for an instance, or for theirs to be ready
  std::deque<std::uint32_t> queue;    ///< sessions that have no instance; entries that gave up are skipped
  LevelMeter session_demand;
  SimTime session_refused = kNever;
  std::uint64_t session_refusals = 0;

  // Step and target scaling: areas under the two curves of utilisation, in instance-microseconds since the last look.
  double in_use_area = 0;
  double actual_area = 0;
  SimTime area_until{};
  std::vector<SimTime> step_taken;  ///< of each scaling step, or of target scaling out and in

  Coverage covered;  ///< running instances with an unexpired credential
  Coverage live;     ///< unexpired credentials
  OldestLive oldest;

  /// Why the agent is refused, for each (role, trust policy in force) that was asked about. A set is 0 for the role's
  /// own policy or 1 + a fault's index.
  struct Prerequisites {
    std::uint32_t role;
    std::uint32_t trust_set;
    std::optional<Reason> refusal;
  };
  std::vector<Prerequisites> prerequisites;

  [[nodiscard]] std::int64_t instances() const {
    std::int64_t sum = 0;
    for (std::size_t phase = 1; phase < kPhases; ++phase) sum += phases[phase];
    return sum;
  }
  [[nodiscard]] std::int64_t in_phase(Phase phase) const { return phases[static_cast<std::size_t>(phase)]; }
};

/// An AssumeRole attempt that an agent_paused fault holds back.
struct PausedAttempt {
  Slot slot;
  std::uint32_t epoch;
};

/// Everything that one cell of one replication knows. The functions of this folder, a file for each noun, change it.
struct World {
  World(const Scenario& scenario, const CellPlan& plan, const CellRun& run, CellSink& sink);

  const Scenario& scenario;
  CellRun run;
  SimTime now{};
  SimTime end;
  PendingEventSet pending;
  FaultSchedule faults;
  Permissions permissions;
  Recorder recorder;
  std::vector<RegionState> regions;  ///< as the plan's places
  std::vector<SubnetState> subnets;
  std::vector<ResourceState> resources;    ///< as the plan's resources
  std::vector<std::uint32_t> resource_of;  ///< Scenario::resources → resources; kNone: of another cell

  std::vector<Instance> instances;  ///< by slot
  std::vector<Client> clients;
  std::vector<SessionState> sessions;
  std::vector<std::uint32_t> free_sessions;
  std::vector<CallInProgress> calls;
  std::vector<std::uint32_t> free_calls;
  std::vector<AdaptiveLimiter> limiters;
  std::vector<std::vector<PausedAttempt>> paused;  ///< by fault: what waits for its end, in its order
  std::uint64_t instances_made = 0;

  [[nodiscard]] ResourceState& resource_of_slot(Slot slot) { return resources[resource_of[instances[slot].resource]]; }

  /// Events at or after the end are not scheduled: they do not happen.
  void schedule(SimTime at, std::uint32_t entity, std::uint32_t tag = 0) {
    if (at < end) pending.push({at, entity, tag});
  }
  void schedule(SimTime at, Slot slot, InstanceEvent event, std::uint32_t workload = 0) {
    schedule(at, entity(EntityClass::instance, slot), instance_tag(event, instances[slot].epoch, workload));
  }

  /// Moves an instance to another phase and keeps every count of phases right.
  void set_phase(Slot slot, Phase phase);
};

}  // namespace credsim::model
