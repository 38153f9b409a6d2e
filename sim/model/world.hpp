#pragma once

#include <array>
#include <deque>
#include <optional>
#include <vector>

#include "credsim/cell.hpp"
#include "credsim/pending_event_set.hpp"
#include "credsim/prerequisites.hpp"
#include "credsim/scenario.hpp"

#include "engine/large_vector.hpp"
#include "model/address_pool.hpp"
#include "model/call_desk.hpp"
#include "model/client.hpp"
#include "model/coverage.hpp"
#include "model/event.hpp"
#include "model/fault_schedule.hpp"
#include "model/gap_window.hpp"
#include "model/host.hpp"
#include "model/instance.hpp"
#include "model/instance_records.hpp"
#include "model/permission.hpp"
#include "model/pool.hpp"
#include "model/recorder.hpp"
#include "model/region_state.hpp"
#include "model/timelines.hpp"
#include "model/usage_meter.hpp"

namespace credsim::model {

/// A subnet with the addresses that are taken; fleets that name the same block share it.
struct SubnetState {
  std::size_t region;  ///< index in World::regions
  Subnet subnet;
  AddressPool pool;
  LevelMeter demand;  ///< addresses in use, or asked for in vain
  Refusals refusals;
};

/// A session that waits, is being prepared or is in progress.
struct SessionState {
  std::uint32_t resource = 0;  ///< index in World::resources
  std::uint32_t number = 0;
  SimTime arrived = kNever;
  SimTime started = kNever;
  SimTime ends = kNever;
  SimTime gives_up = kNever;
  Slot slot = kNone;  ///< kNone: waits for an instance
  bool alive = false;
};

/// A workload as the cell runs it.
struct WorkloadState {
  std::uint64_t key;                   ///< of its name
  std::size_t region;                  ///< index in World::regions: where it calls
  std::optional<BucketKind> bucket;    ///< that its action spends from
  std::size_t counts;                  ///< index in CallCounts
  Verdict verdict = Verdict::depends;  ///< for the role that instances have now
  bool names_profile;                  ///< the one that holds the role's credentials
  bool too_old;                        ///< its client is
  bool process_per_call;               ///< its client is
  bool adaptive;                       ///< its retry mode is
  ClientHabits habits;                 ///< of its client
  RetryLaw retry_law;                  ///< of its client
  Duration clock_tolerance;            ///< of the called service: how far off it lets a signature's time be

  /// Its calls compete with others' for tokens, so they are made in the order of the simulation clock.
  [[nodiscard]] bool contends() const { return bucket.has_value() && names_profile && !too_old; }
};

/// A fleet or an image builder as it stands.
struct ResourceState {
  /// `grid`: at whose steps what is counted of credentials is exact.
  ResourceState(const Scenario& scenario, std::uint32_t index, std::size_t region, RandomStream stream, Duration grid);

  std::uint32_t index;  ///< in Scenario::resources
  const Resource* resource;
  std::size_t region;  ///< index in World::regions
  RandomStream stream;
  RoleRequester requester;
  Distribution jitter;                        ///< of its agents' rotations
  std::vector<std::size_t> subnets;           ///< indices in World::subnets
  std::optional<std::size_t> instance_quota;  ///< index in RegionState::instance_quotas, of the quota for its type
  std::vector<WorkloadState> workloads;
  bool has_timelines = false;  ///< one of them contends for nothing

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
    std::uint32_t number;
  };
  std::deque<Idle> idle;

  std::uint32_t sessions_arrived = 0;
  std::int64_t sessions_active = 0;
  std::int64_t sessions_waiting = 0;  ///< for an instance, or for theirs to be ready
  std::deque<std::uint32_t> queue;    ///< sessions that have no instance; entries that gave up are skipped
  LevelMeter session_demand;
  Refusals session_refusals;

  // Step and target scaling: areas under the two curves of utilisation, in instance-microseconds since the last look.
  double in_use_area = 0;
  double actual_area = 0;
  SimTime area_until{};
  std::vector<SimTime> step_taken;  ///< of each scaling step, or of target scaling out and in

  GapWindow gap_window;
  std::int64_t unserved = 0;  ///< instances that are never served if the run ends now; of those that have not ended

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
  std::uint32_t number;  ///< of the instance
  std::uint32_t due;     ///< the mark of the agent's attempt
};

/// Slots are handed out to resources in blocks, so that what all instances of a resource share need not be kept with
/// each.
inline constexpr Slot kSlotsPerBlock = 256;
struct SlotBlock {
  std::uint32_t resource;      ///< index in World::resources
  std::uint32_t first_client;  ///< index in World::clients, of its first slot
  std::uint32_t workloads;     ///< clients of each slot
};

/// A change of a resource's role, or one of its looks at its capacity.
struct PlannedChange {
  std::uint32_t resource;  ///< index in World::resources
  std::uint32_t entry;     ///< index in Resource::role_changes or Scaling::schedule
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
  Recorder recorder;
  std::vector<RegionState> regions;  ///< as the plan's places
  std::vector<SubnetState> subnets;
  std::vector<ResourceState> resources;    ///< as the plan's resources
  std::vector<std::uint32_t> resource_of;  ///< Scenario::resources → resources; kNone: of another cell
  std::vector<PlannedChange> role_changes;
  std::vector<PlannedChange> capacity_looks;

  LargeVector<Instance> instances;  ///< by slot
  std::vector<SlotBlock> blocks;
  LargeVector<Client> clients;
  std::vector<std::uint32_t> session_of;  ///< by slot: index in `sessions`, or kNone; empty where nobody has sessions
  std::vector<SimTime> switched_at;       ///< by slot: switched(); empty where no instance ever stops
  InstanceRecords records;
  Pool<StartUp> start_ups;
  Pool<RefreshSeries> series;
  Pool<SessionState> sessions;
  std::vector<std::vector<PausedAttempt>> paused;  ///< by fault: what waits for its end, in its order
  std::uint32_t instances_made = 0;
  unsigned workload_bits = 0;  ///< of a script event
  bool has_sessions = false;
  bool has_stops = false;  ///< some instances stop and start again
  CallDesk desk;           ///< of the calls that contend
  Timelines timelines;     ///< of those that do not

  [[nodiscard]] ResourceState& resource_of_slot(Slot slot) { return resources[blocks[slot / kSlotsPerBlock].resource]; }
  [[nodiscard]] const ResourceState& resource_of_slot(Slot slot) const {
    return resources[blocks[slot / kSlotsPerBlock].resource];
  }
  [[nodiscard]] Client& client(Slot slot, std::size_t workload) { return clients[first_client(slot) + workload]; }
  [[nodiscard]] RandomStream stream(Slot slot) const {
    return resource_of_slot(slot).stream.child(instances[slot].number);
  }
  [[nodiscard]] InstanceKey key_of(Slot slot) const {
    const ResourceState& state = resource_of_slot(slot);
    return {state.index, state.role, stream(slot)};
  }
  /// What the scripts of `slot` see now.
  [[nodiscard]] Host host(Slot slot) const {
    const Instance& instance = instances[slot];
    return {.key = key_of(slot),
            .number = instance.number,
            .address = instance.address,
            .lifetime = resource_of_slot(slot).resource->credentials.lifetime,
            .issued = instance.issued_at(),
            .network_ready = instance.network_ready != 0};
  }
  [[nodiscard]] std::uint32_t session(Slot slot) const { return session_of.empty() ? kNone : session_of[slot]; }
  void set_session(Slot slot, std::uint32_t session) {
    if (!session_of.empty()) session_of[slot] = session;
  }

  /// When the instance last stopped or started again; before all else if it never did.
  [[nodiscard]] SimTime switched(Slot slot) const { return switched_at.empty() ? kSimulationStart : switched_at[slot]; }
  /// It stops or starts again now.
  void switches(Slot slot) { switched_at[slot] = now; }

  /// Is it still instance `number` that is in `slot`, with nothing to do?
  [[nodiscard]] bool is_idle(Slot slot, std::uint32_t number) const {
    const Instance& instance = instances[slot];
    return instance.number == number && session(slot) == kNone &&
           (instance.in(Phase::available) || instance.in(Phase::stopped));
  }
  /// The end of the newest credential. Precondition: there is one.
  [[nodiscard]] SimTime expires(Slot slot) const {
    return instances[slot].issued_at() + resource_of_slot(slot).resource->credentials.lifetime;
  }
  /// The RefreshSeries if there is one, else the due mark of the agent's next attempt.
  [[nodiscard]] std::uint32_t& agent(Slot slot) {
    Instance& instance = instances[slot];
    return instance.starting ? start_ups[instance.link].agent : instance.link;
  }

  /// Events at or after the end are not scheduled: they do not happen.
  void schedule(SimTime at, std::uint32_t what) {
    if (at < end) pending.push({at, what});
  }
  [[nodiscard]] std::uint32_t script_event(Slot slot, std::size_t workload) const {
    return what(EventClass::script, (slot << workload_bits) | static_cast<std::uint32_t>(workload));
  }

  /// From now on the resource's instances have `role`, or none.
  void give_role(ResourceState& state, std::optional<std::size_t> role);

  /// Moves an instance to another phase and keeps every count of phases right.
  void set_phase(Slot slot, Phase phase);

  /// Room for the first instances, so that it is asked for once.
  void reserve();
  /// A free place for an instance of `state`, which is on nobody's list of free slots any more.
  Slot take_slot(ResourceState& state);

  /// Asks for memory that is soon touched. Always inlined: g++ leaves calls out that seem to do nothing.
  [[gnu::always_inline]] void prefetch_instance(Slot slot) const {
    prefetch(&instances[slot]);
    records.prefetch(slot);
  }
  [[gnu::always_inline]] void prefetch_clients(Slot slot) const { prefetch(clients.data() + first_client(slot)); }

 private:
  /// A record may lie across two lines of a cache.
  template <class Record>
  [[gnu::always_inline]] static void prefetch(const Record* record) {
    __builtin_prefetch(record);
    __builtin_prefetch(reinterpret_cast<const char*>(record + 1) - 1);
  }
  [[nodiscard]] std::size_t first_client(Slot slot) const {
    const SlotBlock& block = blocks[slot / kSlotsPerBlock];
    return block.first_client + std::size_t{slot % kSlotsPerBlock} * block.workloads;
  }
  void add_block(ResourceState& state);
};

}  // namespace credsim::model
