#include "model/agent.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "credsim/call_request.hpp"

#include "model/never_served.hpp"
#include "model/provisioning.hpp"
#include "model/purpose.hpp"
#include "model/retry.hpp"
#include "model/workload_process.hpp"

namespace credsim::model {

namespace {

/// The index in Scenario::faults, plus one, of the trust policy in force instead of the role's own; 0 for its own.
std::uint32_t trust_set(const World& world, const InstanceKey& instance) {
  if (world.faults.all(FaultKind::trust_policy_changed).empty()) return 0;
  const std::size_t fault = world.faults.policy_change(FaultKind::trust_policy_changed, instance, world.now);
  return fault == FaultSchedule::npos ? 0 : static_cast<std::uint32_t>(fault) + 1;
}

/// Step 3: what the prerequisites say now. Known by (role, trust policy) unless the trust policy looks at the time,
/// since nothing else goes into it.
std::optional<Reason> prerequisites_refuse(World& world, ResourceState& state, const InstanceKey& instance) {
  if (world.faults.any(FaultKind::role_deleted) && world.faults.hit(FaultKind::role_deleted, instance))
    return Reason::role_not_found;
  const std::uint32_t set = trust_set(world, instance);
  for (const auto& known : state.prerequisites)
    if (known.role == instance.role && known.trust_set == set) return known.refusal;
  const Role& role = world.scenario.roles[instance.role];
  const auto& trust = set == 0 ? role.trust_policy : world.scenario.faults[set - 1].trust_policy;
  const auto at = world.scenario.start + world.now.time_since_epoch();
  const std::vector<Reason> unmet = unmet_prerequisites(role, trust ? &*trust : nullptr, state.requester, at);
  const bool trust_decides = !unmet.empty() && unmet.front() == Reason::trust_policy_denies && trust;
  if (trust_decides &&
      iam::evaluate_trust(*trust, agent_request(role, state.requester, at)) == iam::Decision::undecided)
    throw std::runtime_error(
        "AssumeRole is undecided: the trust policy looks at a condition key that the scenario does not give");
  const std::optional<Reason> refusal = unmet.empty() ? std::nullopt : std::optional(unmet.front());
  if (!trust || variation_of(*trust) != Varies::by_time) state.prerequisites.push_back({instance.role, set, refusal});
  return refusal;
}

/// Step 1: a fault makes STS unreachable, or fail for a share of attempts.
bool sts_fails(const World& world, const InstanceKey& instance, std::uint32_t draw) {
  const FaultSchedule& faults = world.faults;
  if (faults.any(FaultKind::sts_outage) && faults.hit(FaultKind::sts_outage, instance)) return true;
  return std::ranges::any_of(faults.active(FaultKind::sts_error_rate), [&](std::size_t fault) {
    return faults.hits(fault, instance) &&
           faults.share_draw(fault, instance, 0, draw) < world.scenario.faults[fault].share;
  });
}

std::optional<Reason> refuse(World& world, ResourceState& state, const InstanceKey& instance, std::uint32_t draw) {
  if (sts_fails(world, instance, draw)) return Reason::service_unavailable;
  const BucketKind payer = state.resource->credentials.assume_role_spends;
  if (!world.regions[state.region].bucket(payer).try_take(world.now)) return Reason::throttled;
  return prerequisites_refuse(world, state, instance);
}

bool retryable(Reason reason) {
  return reason == Reason::service_unavailable || reason == Reason::throttled;
}

/// The series in progress, or a new one that begins now.
RefreshSeries& series_of(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  std::uint32_t& agent = world.agent(slot);
  if (!instance.refreshing) {
    agent = world.series.add({.requested = world.now});
    instance.refreshing = 1;
  }
  return world.series[agent];
}

void schedule_retry(World& world, Slot slot, RefreshSeries& series, const AgentRetry& retry, Reason reason,
                    RandomStream stream) {
  Duration wait;
  if (!retryable(reason) || series.in_series >= retry.max_attempts) {
    series.in_series = 0;
    series.backoff = Duration{};
    wait = retry.interval;
  } else {
    const double u = stream.child(key(Purpose::agent_backoff)).uniform(world.instances[slot].draws);
    series.backoff = agent_backoff(retry, series.in_series + 1, u, series.backoff);
    wait = series.backoff;
  }
  series.due = due_mark(world.now + wait);
  world.schedule(world.now + wait, instance_event(slot, InstanceEvent::assume_role));
}

/// From the issue of a credential to the next rotation.
Duration rotation_wait(const World& world, Slot slot, const ResourceState& state) {
  const InstanceKey instance = world.key_of(slot);
  const Duration jitter =
      state.jitter.sample(instance.stream.child(key(Purpose::rotation_jitter)), world.instances[slot].draws);
  // A clock that is off by more than the rotation must not make the agent ask without end at one instant.
  return std::max<Duration>(state.resource->credentials.every - jitter - world.faults.clock_skew(instance),
                            std::chrono::seconds{1});
}

/// True if the event that comes now is the one that the agent waits for: an attempt, or the answer to one.
bool agent_waits(World& world, Slot slot, bool answer) {
  const Instance& instance = world.instances[slot];
  if (!instance.running() || world.resource_of_slot(slot).role == kNone) return false;
  const std::uint32_t agent = world.agent(slot);
  if (!instance.refreshing) return !answer && agent == due_mark(world.now);
  const RefreshSeries& series = world.series[agent];
  return series.granted == answer && series.due == due_mark(world.now);
}

void attempt(World& world, Slot slot) {
  world.recorder.count_event();
  ResourceState& state = world.resource_of_slot(slot);
  ResourceCounters& counters = world.recorder.resource(state.index);
  const InstanceKey instance = world.key_of(slot);
  const std::uint32_t draw = ++world.instances[slot].draws;
  RefreshSeries& series = series_of(world, slot);
  ++series.attempts;
  ++series.in_series;
  if (const std::optional<Reason> reason = refuse(world, state, instance, draw)) {
    ++counters.assume_role_failures[static_cast<std::size_t>(*reason)];
    world.recorder.failure({.at = world.now,
                            .instance = world.records.id(slot),
                            .resource = state.index,
                            .workload = FailureRow::kNoWorkload,
                            .operation = FailureRow::Operation::assume_role,
                            .reason = *reason,
                            .attempts = series.attempts});
    asked_in_vain(world, slot);
    return schedule_retry(world, slot, series, state.resource->credentials.retry, *reason, instance.stream);
  }
  ++counters.assume_role_successes;
  const Duration drawn = world.regions[state.region].region->sts_latency.sample(
      instance.stream.child(key(Purpose::assume_role_latency)), draw);
  const Duration latency = world.faults.stretched(FaultKind::sts_latency, instance, drawn);
  series.granted = true;
  series.due = due_mark(world.now + latency);
  world.schedule(world.now + latency, instance_event(slot, InstanceEvent::credential_issued));
}

/// The instance has its first credential of the run.
void count_first_credential(World& world, Slot slot) {
  ResourceState& state = world.resource_of_slot(slot);
  state.gap_window.first_credential(world.now);
  ResourceCounters& counters = world.recorder.resource(state.index);
  ++counters.instances_with_credential;
  // The end of the instance adds its time: together, how long it lived after this.
  counters.time_after_first_credential_us -= static_cast<std::uint64_t>(world.now.time_since_epoch().count());
  world.records.note(slot, [&](auto& life) { life.first_credential = world.now; });
}

void first_credential(World& world, Slot slot) {
  StartUp& start_up = world.start_ups[world.instances[slot].link];
  start_up.credential_is_first = false;
  ResourceState& state = world.resource_of_slot(slot);
  if (start_up.unserved.counted) --state.unserved;
  if (start_up.provisioned != kNever)
    world.recorder.resource(state.index).first_credential.record(world.now - start_up.provisioned);
  count_first_credential(world, slot);
}

/// The instance has a credential that was issued at `issued`; it has none of before that counts.
void cover(World& world, Slot slot, SimTime issued) {
  ResourceState& state = world.resource_of_slot(slot);
  world.instances[slot].set_issued(issued);
  const SimTime expires = issued + state.resource->credentials.lifetime;
  if (expires <= world.now) return;
  state.covered.add(expires);
  state.live.add(expires);
  state.oldest.add(issued, expires);
}

void schedule_attempt(World& world, Slot slot, SimTime at) {
  world.agent(slot) = due_mark(at);
  world.schedule(at, instance_event(slot, InstanceEvent::assume_role));
}

}  // namespace

void start_agent(World& world, Slot slot, SimTime at) {
  if (world.resource_of_slot(slot).role == kNone) return;
  schedule_attempt(world, slot, at);
}

void start_in_rotation(World& world, Slot slot) {
  ResourceState& state = world.resource_of_slot(slot);
  Instance& instance = world.instances[slot];
  if (state.role == kNone) return;
  const InstanceKey key_of_instance = world.key_of(slot);
  const auto within = [&](Duration length) {
    const RandomStream stream = key_of_instance.stream.child(key(Purpose::steady_start));
    return Distribution::uniform(Duration{}, length).sample(stream, 0);
  };
  const bool stops = state.resource->type == ResourceType::on_demand;
  if (stops || prerequisites_refuse(world, state, key_of_instance)) {
    instance.link = world.start_ups.add({.provisioned = kNever, .network_is_first = false});
    instance.starting = 1;
    if (!stops) schedule_attempt(world, slot, world.now + within(state.resource->credentials.retry.interval));
    return;
  }
  const Duration cycle = rotation_wait(world, slot, state);
  const SimTime issued = world.now - within(cycle);
  count_first_credential(world, slot);
  cover(world, slot, issued);
  const std::uint32_t sequence = world.records.count_credential(slot);
  if (world.expires(slot) > world.now)
    world.recorder.credential_at_start({.instance = world.records.id(slot),
                                        .sequence = sequence,
                                        .attempts = 0,
                                        .requested = world.now,
                                        .issued = world.now,
                                        .expires = world.expires(slot),
                                        .previous_expires = kNever,
                                        .resource = state.index});
  schedule_attempt(world, slot, issued + cycle);
}

void end_agent(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  if (!instance.refreshing) return;
  world.series.remove(world.agent(slot));
  instance.refreshing = 0;
}

void attempt_assume_role(World& world, Slot slot) {
  if (!agent_waits(world, slot, false)) return;
  if (world.faults.any(FaultKind::agent_paused)) {
    const InstanceKey instance = world.key_of(slot);
    for (const std::size_t fault : world.faults.active(FaultKind::agent_paused)) {
      if (!world.faults.hits(fault, instance)) continue;
      asked_in_vain(world, slot);
      return world.paused[fault].push_back({slot, world.instances[slot].number, due_mark(world.now)});
    }
  }
  attempt(world, slot);
}

void issue_credential(World& world, Slot slot) {
  if (!agent_waits(world, slot, true)) return;
  Instance& instance = world.instances[slot];
  ResourceState& state = world.resource_of_slot(slot);
  log_segment(world, slot);
  SimTime previous_expires = kNever;
  if (!instance.has_credential()) {
    first_credential(world, slot);
  } else {
    previous_expires = world.expires(slot);
    if (previous_expires < world.now) record_gap(world, slot, false);
    state.covered.remove(previous_expires);
  }
  cover(world, slot, world.now);
  const RefreshSeries& series = world.series[world.agent(slot)];
  world.recorder.credential({.instance = world.records.id(slot),
                             .sequence = world.records.count_credential(slot),
                             .attempts = series.attempts,
                             .requested = series.requested,
                             .issued = world.now,
                             .expires = world.expires(slot),
                             .previous_expires = previous_expires,
                             .resource = state.index});
  end_agent(world, slot);
  schedule_attempt(world, slot, world.now + rotation_wait(world, slot, state));
  finish_start(world, slot);
}

void make_paused_attempts(World& world, std::size_t fault) {
  for (const PausedAttempt& due : std::exchange(world.paused[fault], {})) {
    const Instance& instance = world.instances[due.slot];
    if (!instance.running() || instance.number != due.number) continue;
    // The attempt is due now, unless a restart has made another one due meanwhile.
    std::uint32_t& mark = instance.refreshing ? world.series[world.agent(due.slot)].due : world.agent(due.slot);
    if (mark != due.due) continue;
    mark = due_mark(world.now);
    attempt_assume_role(world, due.slot);
  }
}

SimTime uncovered_from(const World& world, Slot slot) {
  return std::max(world.expires(slot), world.switched(slot));
}

void record_gap(World& world, Slot slot, bool open) {
  Instance& instance = world.instances[slot];
  const SimTime opened = uncovered_from(world, slot);
  if (opened >= world.now) return;
  ResourceState& state = world.resource_of_slot(slot);
  const bool stopped = instance.in(Phase::stopped);
  if (!stopped) {
    state.gap_window.gap(opened, world.now);
    if (!instance.had_gap) ++world.recorder.resource(state.index).instances_with_gap;
    instance.had_gap = 1;
  }
  world.recorder.gap({.instance = world.records.id(slot),
                      .sequence = world.records.credentials(slot),
                      .opened = opened,
                      .closed = world.now,
                      .open = open,
                      .stopped = stopped,
                      .resource = state.index});
}

}  // namespace credsim::model
