#include "model/series.hpp"

#include <array>
#include <chrono>
#include <numeric>

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

}  // namespace

SeriesSampler::SeriesSampler(const World& world, std::uint32_t first_id) : writer_(first_id) {
  for (const RegionState& region : world.regions) region_labels_.push_back(place_labels(world, region));
  for (const ResourceState& state : world.resources) {
    Labels& labels = resource_labels_.emplace_back(region_labels_[state.region]);
    labels.emplace_back("resource", state.resource->name);
  }
}

void SeriesSampler::sample(World& world) {
  writer_.begin(world.now);
  for (std::size_t i = 0; i < world.resources.size(); ++i)
    sample_resource(world, world.resources[i], resource_labels_[i]);
  for (std::size_t i = 0; i < world.regions.size(); ++i) sample_region(world, world.regions[i], region_labels_[i]);
  // A fault is the scenario's, not a cell's: one of them shows it.
  if (world.run.cell == 0) sample_faults(world);
}

void SeriesSampler::sample_resource(World& world, ResourceState& state, const Labels& labels) {
  const ResourceCounters& counters = world.recorder.resource(state.index);

  for (const auto& [phase, name] : kStates)
    write(world, "instances", number(state.in_phase(phase)), labels, {"state", name});
  state.covered.reach(world.now);
  state.live.reach(world.now);
  const std::int64_t running =
      state.in_phase(Phase::provisioning) + state.in_phase(Phase::available) + state.in_phase(Phase::in_use);
  write(world, "credentials_live", number(state.live.count()), labels);
  write(world, "instances_without_credential", number(running - state.covered.count()), labels);
  write(world, "oldest_live_credential_seconds", std::chrono::duration<double>(state.oldest.reach(world.now)).count(),
        labels);
  write(world, "credentials_issued_total", number(counters.credentials_issued), labels);
  write(world, "assume_role_requests_total", number(counters.assume_role_successes), labels, {"outcome", "success"});
  write(world, "assume_role_requests_total", number(sum(counters.assume_role_failures)), labels,
        {"outcome", "failure"});
  for (std::size_t i = 0; i < kReasons; ++i)
    write(world, "assume_role_failures_total", number(counters.assume_role_failures[i]), labels,
          {"reason", reason_name(static_cast<Reason>(i))});
  for (const Reason reason : {Reason::interface_quota, Reason::subnet_exhausted})
    write(world, "provisioning_failures_total",
          number(counters.provisioning_failures[static_cast<std::size_t>(reason)]), labels,
          {"reason", reason_name(reason)});
  write(world, "sessions", number(state.sessions_active), labels, {"state", "active"});
  write(world, "sessions", number(state.sessions_waiting), labels, {"state", "waiting"});
  write(world, "sessions_rejected_total", number(counters.sessions_rejected), labels);
}

void SeriesSampler::sample_region(World& world, RegionState& region, const Labels& labels) {
  for (std::size_t i = 0; i < kBucketKinds; ++i) {
    const auto& bucket = region.buckets[i].bucket;
    if (bucket)
      write(world, "bucket_tokens", bucket->tokens(world.now), labels,
            {"bucket", bucket_name(static_cast<BucketKind>(i))});
  }
}

void SeriesSampler::sample_faults(World& world) {
  for (std::size_t i = 0; i < world.scenario.faults.size(); ++i) {
    const Fault& fault = world.scenario.faults[i];
    write(world, "fault_active", world.faults.in_force(i) ? 1 : 0, {{"kind", std::string(fault_kind_name(fault.kind))}},
          {"name", fault.name});
  }
}

}  // namespace credsim::model
