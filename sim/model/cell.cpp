#include "credsim/cell.hpp"

#include <algorithm>
#include <optional>

#include "model/agent.hpp"
#include "model/call_series.hpp"
#include "model/capacity.hpp"
#include "model/fault_change.hpp"
#include "model/provisioning.hpp"
#include "model/series.hpp"
#include "model/session.hpp"
#include "model/warm_up.hpp"
#include "model/workload_process.hpp"
#include "model/world.hpp"

namespace credsim {

using namespace model;

namespace {

// Often enough that a user who interrupts does not wait, rarely enough to cost nothing.
constexpr std::uint64_t kEventsBetweenLooks = 4096;

// How many events ahead memory is asked for: far enough that it is there in time, near enough that it still is.
constexpr std::size_t kPrefetchInstance = 16;
constexpr std::size_t kPrefetchClient = 8;

}  // namespace

/// The simulation clock goes from event to event.
class CellSimulation::Clockwork {
 public:
  Clockwork(const Scenario& scenario, const CellPlan& plan, const CellRun& run, CellSink& sink,
            const std::atomic<bool>& stop, CellProgress& progress)
      : world_(scenario, plan, run, sink),
        call_series_(world_),
        series_(world_, call_series_.writer().size()),
        stop_(stop),
        progress_(progress) {
    start();
  }

  void advance(SimTime until) {
    if (interrupted_ || until <= world_.now) return;
    pause_at_ = until;
    if (paused_) schedule_sample();
    paused_ = false;
    for (std::uint64_t handled = 0; !paused_ && !world_.pending.empty(); ++handled) {
      if (handled % kEventsBetweenLooks == 0) {
        show_progress();
        if (stop_.load(std::memory_order_relaxed)) {
          interrupted_ = true;
          return;
        }
      }
      prefetch();
      const Event event = world_.pending.pop();
      world_.now = event.at;
      dispatch(event);
    }
    if (!paused_) world_.now = world_.end;
    if (pause_at_ != kNever) world_.recorder.flush();  // whoever watches may look at the audit, too
  }

  std::vector<SeriesDefinition> series() {
    std::vector<SeriesDefinition> definitions;
    call_series_.writer().append_definitions(definitions);
    series_.writer().append_definitions(definitions);
    return definitions;
  }

  void look(std::vector<double>& values) {
    call_series_.look(world_);
    series_.look();
    call_series_.writer().append_values(values);
    series_.writer().append_values(values);
  }

  CellResult finish() {
    CellResult& result = world_.recorder.result();
    if (!interrupted_ && world_.scenario.duration % world_.scenario.series_step == Duration{}) sample();
    call_series_.finish(world_);
    if (is_in_warm_up()) end_warm_up();
    record_survivors(world_);
    record_open_sessions(world_);
    if (warm_up_) warm_up_->take_off(world_, result);
    for (RegionState& region : world_.regions) report_limits(region, world_.scenario, world_.now, result.limits);
    report_capacity_limits(world_, result.limits);
    result.gauges = series_.writer().gauges();
    result.events = world_.recorder.events();
    result.interrupted = interrupted_;
    result.ended = world_.now;
    world_.recorder.flush();
    show_progress();
    return std::move(result);
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
      schedule_role_changes(world_, state);
      for (const StopStart& pause : state.resource->stop_start) {
        world_.schedule(pause.stop, control(ControlKind::builder_stop, index));
        world_.schedule(pause.start, control(ControlKind::builder_start, index));
      }
    }
  }

  /// The memory that events soon to come will touch: of what an instance needs, first itself, then its scripts'
  /// clients.
  void prefetch() {
    const std::size_t known = world_.pending.known();
    const bool refilled = known > known_ + kPrefetchInstance / 2;  // those that come first have not been asked for
    known_ = known;
    for (std::size_t ahead = refilled ? 0 : kPrefetchInstance; ahead <= kPrefetchInstance; ++ahead)
      if (const auto far = world_.pending.peek(ahead); far && event_class(*far) == EventClass::instance)
        world_.prefetch_instance(event_index(*far) >> kInstanceEventBits);
    if (const auto near = world_.pending.peek(kPrefetchClient); near && event_class(*near) == EventClass::script) {
      const Slot slot = event_index(*near) >> world_.workload_bits;
      world_.prefetch_instance(slot);
      world_.prefetch_clients(slot);
    }
  }

  void dispatch(const Event& event) {
    const std::uint32_t index = event_index(event.what);
    switch (event_class(event.what)) {
      case EventClass::early:
        return event.what == kSeriesSample ? step_or_pause() : session_is_over(world_, index - 1);
      case EventClass::control:
        return dispatch_control(static_cast<ControlKind>(index >> kControlBits), index & kControlMask);
      case EventClass::instance:
        return dispatch_instance(index >> kInstanceEventBits,
                                 static_cast<InstanceEvent>(index & ((1U << kInstanceEventBits) - 1)));
      case EventClass::script:
        return script_is_due(world_, index >> world_.workload_bits, index & ((1U << world_.workload_bits) - 1));
      case EventClass::call:
        return call_is_due(world_, index);
      case EventClass::session:
        return dispatch_session(index);
    }
  }

  void dispatch_control(ControlKind kind, std::uint32_t index) {
    switch (kind) {
      case ControlKind::fault_change:
        return fault_changes(world_, index / 2, index % 2 != 0);
      case ControlKind::fault_action:
        return fault_acts(world_, index);
      case ControlKind::role_change:
        return change_role(world_, index);
      case ControlKind::builder_stop:
        return for_each_instance(index, true, stop_instance);
      case ControlKind::builder_start:
        return for_each_instance(index, false, start_stopped_instance);
      case ControlKind::capacity:
        return look_at_capacity(world_, index);
      case ControlKind::interface_deletion:
        if (world_.regions[index].deletion_at == world_.now) delete_interfaces(world_, index);
        return;
      case ControlKind::interface_grant:
        if (world_.regions[index].grant_at == world_.now) grant_interfaces(world_, index);
        return;
    }
  }

  void dispatch_instance(Slot slot, InstanceEvent event) {
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
    }
  }

  void dispatch_session(std::uint32_t index) {
    if (index < kSessionPatience) return session_arrives(world_, world_.resources[index]);
    const SessionState& session = world_.sessions[index - kSessionPatience];
    if (session.alive && session.slot == kNone && session.gives_up == world_.now)
      session_gives_up(world_, index - kSessionPatience);
  }

  /// A step of the series, the end of the warm-up, the moment to pause at, or several of them.
  void step_or_pause() {
    if (is_in_warm_up() && world_.now >= kSimulationStart + world_.scenario.warm_up) end_warm_up();
    if ((world_.now - kSimulationStart) % world_.scenario.series_step == Duration{}) sample();
    paused_ = world_.now == pause_at_;
    if (!paused_) schedule_sample();
  }

  void sample() {
    call_series_.reach(world_);
    series_.sample();
  }

  void schedule_sample() {
    const Duration step = world_.scenario.series_step;
    const SimTime next = kSimulationStart + ((world_.now - kSimulationStart) / step + 1) * step;
    const SimTime warm = is_in_warm_up() ? kSimulationStart + world_.scenario.warm_up : kNever;
    world_.schedule(std::min({next, warm, pause_at_}), kSeriesSample);
  }

  [[nodiscard]] bool is_in_warm_up() const { return world_.scenario.warm_up > Duration{} && !warm_up_; }

  void end_warm_up() {
    world_.timelines.catch_up(world_.now);
    warm_up_.emplace(world_);
    series_.forget_maxima();
  }

  void show_progress() {
    progress_.sim_time_us.store(world_.now.time_since_epoch().count(), std::memory_order_relaxed);
    progress_.events.store(world_.recorder.events(), std::memory_order_relaxed);
  }

  /// The instances of a builder that run, or those that are stopped.
  template <class Action>
  void for_each_instance(std::uint32_t resource, bool running, Action action) {
    for (Slot slot = 0; slot < world_.instances.size(); ++slot) {
      const Instance& instance = world_.instances[slot];
      if (&world_.resource_of_slot(slot) != &world_.resources[resource]) continue;
      if (running ? instance.running() : instance.in(Phase::stopped)) action(world_, slot);
    }
  }

  World world_;
  CallSeries call_series_;
  SeriesSampler series_;
  std::optional<WarmUp> warm_up_;  // when it is over
  const std::atomic<bool>& stop_;
  CellProgress& progress_;
  SimTime pause_at_ = kNever;
  bool paused_ = false;  // at pause_at_, and no event of the series is pending
  bool interrupted_ = false;
  std::size_t known_ = 0;  // events that the set could name when memory was last asked for
};

CellSimulation::CellSimulation(const Scenario& scenario, const CellPlan& plan, const CellRun& run, CellSink& sink,
                               const std::atomic<bool>& stop, CellProgress& progress)
    : clockwork_(std::make_unique<Clockwork>(scenario, plan, run, sink, stop, progress)) {}

CellSimulation::~CellSimulation() = default;

void CellSimulation::advance(SimTime until) {
  clockwork_->advance(until);
}

std::vector<SeriesDefinition> CellSimulation::series() {
  return clockwork_->series();
}

void CellSimulation::look(std::vector<double>& values) {
  clockwork_->look(values);
}

CellResult CellSimulation::finish() {
  return clockwork_->finish();
}

CellResult simulate_cell(const Scenario& scenario, const CellPlan& plan, const CellRun& run, CellSink& sink,
                         const std::atomic<bool>& stop, CellProgress& progress) {
  CellSimulation simulation(scenario, plan, run, sink, stop, progress);
  simulation.advance(kNever);
  return simulation.finish();
}

}  // namespace credsim
