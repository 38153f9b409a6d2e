#include "model/agent.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/purpose.hpp"
#include "model/retry.hpp"

namespace credsim::model {

namespace {

/// The index in Scenario::faults, plus one, of the trust policy in force instead of the role's own; 0 for its own.
std::uint32_t trust_set(const World& world, const Instance& instance) {
  if (world.faults.all(FaultKind::trust_policy_changed).empty()) return 0;
  const std::size_t fault = world.faults.policy_change(FaultKind::trust_policy_changed, instance, world.now);
  return fault == FaultSchedule::npos ? 0 : static_cast<std::uint32_t>(fault) + 1;
}

/// Step 3: what the prerequisites say now. Known by (role, trust policy), since nothing else goes into it.
std::optional<Reason> prerequisites_refuse(World& world, ResourceState& state, const Instance& instance) {
  if (world.faults.any(FaultKind::role_deleted) && world.faults.hit(FaultKind::role_deleted, instance))
    return Reason::role_not_found;
  const std::uint32_t set = trust_set(world, instance);
  for (const auto& known : state.prerequisites)
    if (known.role == instance.role && known.trust_set == set) return known.refusal;
  const Role& role = world.scenario.roles[instance.role];
  const auto& trust = set == 0 ? role.trust_policy : world.scenario.faults[set - 1].trust_policy;
  const std::vector<Reason> unmet = unmet_prerequisites(role, trust ? &*trust : nullptr, state.requester);
  const std::optional<Reason> refusal = unmet.empty() ? std::nullopt : std::optional(unmet.front());
  state.prerequisites.push_back({instance.role, set, refusal});
  return refusal;
}

/// Step 1: a fault makes STS unreachable, or fail for a share of attempts.
bool sts_fails(const World& world, const Instance& instance) {
  const FaultSchedule& faults = world.faults;
  if (faults.any(FaultKind::sts_outage) && faults.hit(FaultKind::sts_outage, instance)) return true;
  return std::ranges::any_of(faults.active(FaultKind::sts_error_rate), [&](std::size_t fault) {
    return faults.hits(fault, instance) &&
           faults.share_draw(fault, instance, 0, instance.attempts_ever) < world.scenario.faults[fault].share;
  });
}

std::optional<Reason> refuse(World& world, ResourceState& state, const Instance& instance) {
  if (sts_fails(world, instance)) return Reason::service_unavailable;
  if (!world.regions[state.region].bucket(BucketKind::sts_service).try_take(world.now)) return Reason::throttled;
  return prerequisites_refuse(world, state, instance);
}

bool retryable(Reason reason) {
  return reason == Reason::service_unavailable || reason == Reason::throttled;
}

void schedule_retry(World& world, Slot slot, const AgentRetry& retry, Reason reason) {
  Instance& instance = world.instances[slot];
  if (!retryable(reason) || instance.series_attempts >= retry.max_attempts) {
    instance.series_attempts = 0;
    instance.backoff = Duration{};
    return world.schedule(world.now + retry.interval, slot, InstanceEvent::assume_role);
  }
  const double u = instance.stream.child(key(Purpose::agent_backoff)).uniform(instance.attempts_ever);
  instance.backoff = agent_backoff(retry, instance.series_attempts + 1, u, instance.backoff);
  world.schedule(world.now + instance.backoff, slot, InstanceEvent::assume_role);
}

void schedule_rotation(World& world, Slot slot, const CredentialRotation& rotation) {
  const Instance& instance = world.instances[slot];
  const Duration jitter = Distribution::uniform(Duration{}, rotation.jitter)
                              .sample(instance.stream.child(key(Purpose::rotation_jitter)), instance.sequence);
  // A clock that is off by more than the rotation must not make the agent ask without end at one instant.
  const Duration wait =
      std::max<Duration>(rotation.every - jitter - world.faults.clock_skew(instance), std::chrono::seconds{1});
  world.schedule(world.now + wait, slot, InstanceEvent::assume_role);
}

}  // namespace

void start_agent(World& world, Slot slot, SimTime at) {
  Instance& instance = world.instances[slot];
  if (instance.role == kNone) return;
  instance.attempts = instance.series_attempts = 0;
  instance.backoff = Duration{};
  world.schedule(at, slot, InstanceEvent::assume_role);
}

void attempt_assume_role(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  for (const std::size_t fault : world.faults.active(FaultKind::agent_paused))
    if (world.faults.hits(fault, instance)) return world.paused[fault].push_back({slot, instance.epoch});

  world.recorder.count_event();
  ResourceState& state = world.resource_of_slot(slot);
  ResourceCounters& counters = world.recorder.resource(state.index);
  if (instance.attempts == 0) instance.requested = world.now;
  ++instance.attempts;
  ++instance.series_attempts;
  ++instance.attempts_ever;
  if (const std::optional<Reason> reason = refuse(world, state, instance)) {
    ++counters.assume_role_failures[static_cast<std::size_t>(*reason)];
    world.recorder.failure({.at = world.now,
                            .instance = instance.id,
                            .resource = state.index,
                            .workload = FailureRow::kNoWorkload,
                            .operation = FailureRow::Operation::assume_role,
                            .reason = *reason,
                            .attempts = instance.attempts});
    return schedule_retry(world, slot, state.resource->credentials.retry, *reason);
  }
  ++counters.assume_role_successes;
  Duration latency = world.regions[state.region].region->sts_latency.sample(
      instance.stream.child(key(Purpose::assume_role_latency)), instance.attempts_ever);
  if (world.faults.any(FaultKind::sts_latency)) {
    const double factor = world.faults.factor(FaultKind::sts_latency, instance);
    latency = Duration{std::llround(static_cast<double>(latency.count()) * factor)};
  }
  world.schedule(world.now + latency, slot, InstanceEvent::credential_issued);
}

void issue_credential(World& world, Slot slot) {
  Instance& instance = world.instances[slot];
  ResourceState& state = world.resource_of_slot(slot);
  const CredentialRotation& rotation = state.resource->credentials;
  if (instance.sequence == 0) {
    instance.first_credential = world.now;
    ResourceCounters& counters = world.recorder.resource(state.index);
    ++counters.instances_with_credential;
    counters.first_credential.record(world.now - instance.provisioned);
  } else {
    if (instance.expires < world.now) record_gap(world, slot, world.now, false);
    state.covered.remove(instance.expires);
  }
  const SimTime previous_expires = instance.expires;
  ++instance.sequence;
  instance.issued = world.now;
  instance.expires = world.now + rotation.lifetime;
  world.recorder.credential(state.index, {.instance = instance.id,
                                          .sequence = instance.sequence,
                                          .attempts = instance.attempts,
                                          .requested = instance.requested,
                                          .issued = instance.issued,
                                          .expires = instance.expires,
                                          .previous_expires = previous_expires});
  state.covered.add(instance.expires);
  state.live.add(instance.expires);
  state.oldest.add(instance.issued, instance.expires);
  instance.attempts = instance.series_attempts = 0;
  instance.backoff = Duration{};
  schedule_rotation(world, slot, rotation);
}

void make_paused_attempts(World& world, std::size_t fault) {
  const std::vector<PausedAttempt> due = std::exchange(world.paused[fault], {});
  for (const auto& [slot, epoch] : due)
    if (world.instances[slot].epoch == epoch) attempt_assume_role(world, slot);
}

void record_gap(World& world, Slot slot, SimTime closed, bool open) {
  Instance& instance = world.instances[slot];
  if (!instance.had_gap) ++world.recorder.resource(instance.resource).instances_with_gap;
  instance.had_gap = true;
  world.recorder.gap(instance.resource, {.instance = instance.id,
                                         .sequence = instance.sequence,
                                         .opened = instance.expires,
                                         .closed = closed,
                                         .open = open});
}

}  // namespace credsim::model
