#include "model/series.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <numeric>

#include "credsim/metric.hpp"

namespace credsim::model {

namespace {

constexpr std::array<std::pair<Phase, std::string_view>, 5> kStates{{{Phase::requested, "requested"},
                                                                     {Phase::provisioning, "provisioning"},
                                                                     {Phase::available, "available"},
                                                                     {Phase::in_use, "in_use"},
                                                                     {Phase::stopped, "stopped"}}};

double number(std::uint64_t value) {
  return static_cast<double>(value);
}
double number(std::int64_t value) {
  return static_cast<double>(value);
}

std::uint64_t sum(const std::array<std::uint64_t, kReasons>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

Labels place_labels(const World& world, const RegionState& region) {
  return {{"account", world.scenario.accounts[region.place.account].id}, {"region", region.region->name}};
}

bool is_gauge(std::string_view metric) {
  return find_metric(metric)->kind == MetricKind::gauge;
}

}  // namespace

void SeriesSampler::sample(World& world) {
  cursor_ = 0;
  for (ResourceState& state : world.resources) {
    sample_resource(world, state);
    sample_workloads(world, state);
  }
  for (RegionState& region : world.regions) sample_region(world, region);
  // A fault is the scenario's, not a cell's: one of them shows it.
  if (world.run.cell == 0) sample_faults(world);
}

std::vector<GaugeSummary> SeriesSampler::gauges() const {
  std::vector<GaugeSummary> gauges;
  for (const Series& series : series_)
    if (series.defined && is_gauge(series.summary.metric)) gauges.push_back(series.summary);
  return gauges;
}

void SeriesSampler::sample_resource(World& world, ResourceState& state) {
  Labels labels = place_labels(world, world.regions[state.region]);
  labels.emplace_back("resource", state.resource->name);
  const ResourceCounters& counters = world.recorder.resource(state.index);

  for (const auto& [phase, name] : kStates)
    emit(world, "instances", number(state.in_phase(phase)), labels, {"state", name});
  state.covered.reach(world.now);
  state.live.reach(world.now);
  const std::int64_t running =
      state.in_phase(Phase::provisioning) + state.in_phase(Phase::available) + state.in_phase(Phase::in_use);
  emit(world, "credentials_live", number(state.live.count()), labels);
  emit(world, "instances_without_credential", number(running - state.covered.count()), labels);
  emit(world, "oldest_live_credential_seconds", std::chrono::duration<double>(state.oldest.reach(world.now)).count(),
       labels);
  emit(world, "credentials_issued_total", number(counters.credentials_issued), labels);
  emit(world, "assume_role_requests_total", number(counters.assume_role_successes), labels, {"outcome", "success"});
  emit(world, "assume_role_requests_total", number(sum(counters.assume_role_failures)), labels, {"outcome", "failure"});
  for (std::size_t i = 0; i < kReasons; ++i)
    emit(world, "assume_role_failures_total", number(counters.assume_role_failures[i]), labels,
         {"reason", reason_name(static_cast<Reason>(i))});
  for (const Reason reason : {Reason::interface_quota, Reason::subnet_exhausted})
    emit(world, "provisioning_failures_total", number(counters.provisioning_failures[static_cast<std::size_t>(reason)]),
         labels, {"reason", reason_name(reason)});
  emit(world, "sessions", number(state.sessions_active), labels, {"state", "active"});
  emit(world, "sessions", number(state.sessions_waiting), labels, {"state", "waiting"});
  emit(world, "sessions_rejected_total", number(counters.sessions_rejected), labels);
}

void SeriesSampler::sample_workloads(World& world, ResourceState& state) {
  for (std::size_t i = 0; i < state.workloads.size(); ++i) {
    const Workload& workload = state.resource->workloads[i];
    Labels labels = place_labels(world, world.regions[state.region]);
    labels.emplace_back("resource", state.resource->name);
    labels.emplace_back("workload", workload.name);
    const WorkloadCounters& counters = world.recorder.workload(state.index, i);
    emit(world, "credential_helper_runs_total", number(counters.helper_runs), labels);
    labels.emplace(labels.begin() + 1, "operation", workload.calls.action);
    emit(world, "api_calls_total", number(counters.calls_succeeded), labels, {"outcome", "success"});
    emit(world, "api_calls_total", number(sum(counters.call_failures)), labels, {"outcome", "failure"});
    emit(world, "api_call_attempts_total", number(counters.attempts), labels);
    for (std::size_t reason = 0; reason < kReasons; ++reason)
      emit(world, "api_call_failures_total", number(counters.call_failures[reason]), labels,
           {"reason", reason_name(static_cast<Reason>(reason))});
  }
}

void SeriesSampler::sample_region(World& world, RegionState& region) {
  const Labels labels = place_labels(world, region);
  for (std::size_t i = 0; i < kBucketKinds; ++i) {
    const auto& bucket = region.buckets[i].bucket;
    if (bucket)
      emit(world, "bucket_tokens", bucket->tokens(world.now), labels,
           {"bucket", bucket_name(static_cast<BucketKind>(i))});
  }
}

void SeriesSampler::sample_faults(World& world) {
  for (std::size_t i = 0; i < world.scenario.faults.size(); ++i) {
    const Fault& fault = world.scenario.faults[i];
    emit(world, "fault_active", world.faults.in_force(i) ? 1 : 0, {{"kind", std::string(fault_kind_name(fault.kind))}},
         {"name", fault.name});
  }
}

void SeriesSampler::emit(World& world, std::string_view metric, double value, const Labels& labels,
                         std::pair<std::string_view, std::string_view> label) {
  if (cursor_ == series_.size()) series_.emplace_back();
  Series& series = series_[cursor_++];
  if (!series.defined) {
    if (value == 0) return;
    series.defined = true;
    series.id = defined_++;
    series.summary.metric = metric;
    series.summary.labels = labels;
    if (!label.first.empty()) {
      series.summary.labels.emplace_back(label);
      std::ranges::sort(series.summary.labels);
    }
    world.recorder.series_definition(
        {.id = series.id, .metric = series.summary.metric, .labels = series.summary.labels});
  }
  series.summary.last = value;
  series.summary.maximum = std::max(series.summary.maximum, value);
  world.recorder.series({.at = world.now, .series = series.id, .value = value});
}

}  // namespace credsim::model
