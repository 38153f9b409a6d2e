#include "model/series.hpp"

#include <algorithm>
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

// What refuses an agent, and what provisioning lacks.
constexpr std::array kAgentReasons = {Reason::service_unavailable, Reason::throttled,     Reason::role_in_other_account,
                                      Reason::service_role,        Reason::agent_too_old, Reason::trust_policy_denies,
                                      Reason::role_not_found};
constexpr std::array kProvisioningReasons = {Reason::instance_quota, Reason::interface_quota, Reason::subnet_exhausted};

double number(std::uint64_t value) {
  return static_cast<double>(value);
}
double number(std::int64_t value) {
  return static_cast<double>(value);
}

std::uint64_t sum(const std::array<std::uint64_t, kReasons>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

template <class Value, std::size_t kSize>
std::string word(const std::array<std::pair<std::string_view, Value>, kSize>& words, Value value) {
  const auto found = std::ranges::find(words, value, &std::pair<std::string_view, Value>::second);
  return std::string(found->first);
}

Labels info_labels(const Labels& of_resource, const Workload& workload) {
  Labels labels = of_resource;
  labels.emplace_back("workload", workload.name);
  labels.emplace_back("wait", word(kNetworkWaits, workload.wait.kind));
  labels.emplace_back("retry_mode", word(kRetryModes, workload.retry.mode));
  labels.emplace_back("credentials", word(kCredentialUses, workload.credentials));
  std::ranges::sort(labels);
  return labels;
}

}  // namespace

SeriesSampler::SeriesSampler(const World& world, std::uint32_t first_id) : writer_(first_id) {
  for (const RegionState& region : world.regions) region_labels_.push_back(labels_of(region, world.scenario));
  for (const ResourceState& state : world.resources) {
    Labels& labels = resource_labels_.emplace_back(region_labels_[state.region]);
    labels.emplace_back("resource", state.resource->name);
    for (const Workload& workload : state.resource->workloads) workload_infos_.push_back(info_labels(labels, workload));
  }
}

void SeriesSampler::sample(World& world) {
  writer_.begin(world.recorder, world.now);
  write_all(world);
}

void SeriesSampler::look(World& world) {
  writer_.begin_look();
  write_all(world);
}

void SeriesSampler::write_all(World& world) {
  for (std::size_t i = 0; i < world.resources.size(); ++i)
    write_resource(world, world.resources[i], resource_labels_[i]);
  for (const Labels& labels : workload_infos_) writer_.write("workload_info", 1, labels);
  for (std::size_t i = 0; i < world.regions.size(); ++i) write_region(world, world.regions[i], region_labels_[i]);
  writer_.write("pending_events", number(std::uint64_t{world.pending.size()}), region_labels_.front());
  // The clock and the faults are the run's, not a cell's: one of them shows them.
  if (world.run.cell == 0) write_run(world);
}

void SeriesSampler::write_resource(World& world, ResourceState& state, const Labels& labels) {
  const ResourceCounters& counters = world.recorder.resource(state.index);

  for (const auto& [phase, name] : kStates)
    writer_.write("instances", number(state.in_phase(phase)), labels, {"state", name});
  state.covered.reach(world.now);
  state.live.reach(world.now);
  state.oldest.reach(world.now);
  const std::int64_t running =
      state.in_phase(Phase::provisioning) + state.in_phase(Phase::available) + state.in_phase(Phase::in_use);
  writer_.write("credentials_live", number(state.live.count()), labels);
  writer_.write("instances_without_credential", number(running - state.covered.count()), labels);
  writer_.write("instances_never_served", number(counters.instances_never_served) + number(state.unserved), labels);
  writer_.write("oldest_live_credential_seconds", std::chrono::duration<double>(state.oldest.age(world.now)).count(),
                labels);
  writer_.write("credentials_issued_total", number(counters.credentials_issued), labels);
  writer_.write("assume_role_requests_total", number(counters.assume_role_successes), labels, {"outcome", "success"});
  writer_.write("assume_role_requests_total", number(sum(counters.assume_role_failures)), labels,
                {"outcome", "failure"});
  for (const Reason reason : kAgentReasons)
    writer_.write("assume_role_failures_total", number(counters.assume_role_failures[static_cast<std::size_t>(reason)]),
                  labels, {"reason", reason_name(reason)});
  for (const Reason reason : kProvisioningReasons)
    writer_.write("provisioning_failures_total",
                  number(counters.provisioning_failures[static_cast<std::size_t>(reason)]), labels,
                  {"reason", reason_name(reason)});
  writer_.write("sessions", number(state.sessions_active), labels, {"state", "active"});
  writer_.write("sessions", number(state.sessions_waiting), labels, {"state", "waiting"});
  writer_.write("sessions_rejected_total", number(counters.sessions_rejected), labels);
  write_histograms(counters, labels);
}

void SeriesSampler::write_histograms(const ResourceCounters& counters, const Labels& labels) {
  overlap_.write(writer_, counters.overlap, labels);
  gap_.write(writer_, counters.gap, labels);
  first_credential_.write(writer_, counters.first_credential, labels);
  network_ready_.write(writer_, counters.network_ready, labels);
  interface_wait_.write(writer_, counters.interface_wait, labels);
  session_wait_.write(writer_, counters.session_wait, labels);
}

void SeriesSampler::write_region(World& world, RegionState& region, const Labels& labels) {
  writer_.write("network_interfaces", number(region.interface_quota.in_use), labels);
  writer_.write("network_interface_quota", number(region.interface_quota.capacity), labels);
  for (std::size_t i = 0; i < kBucketKinds; ++i) {
    const auto& bucket = region.buckets[i].bucket;
    if (!bucket) continue;
    const std::pair<std::string_view, std::string_view> label{"bucket", bucket_name(static_cast<BucketKind>(i))};
    const TokenBucket::Options& options = bucket->options();
    writer_.write("bucket_tokens", bucket->tokens(world.now), labels, label);
    writer_.write("bucket_refill_rate", options.net_per_second(), labels, label);
    writer_.write("bucket_capacity", static_cast<double>(options.burst), labels, label);
  }
}

void SeriesSampler::write_run(World& world) {
  writer_.write("simulation_time_seconds", std::chrono::duration<double>(world.now.time_since_epoch()).count(), {});
  for (std::size_t i = 0; i < world.scenario.faults.size(); ++i) {
    const Fault& fault = world.scenario.faults[i];
    writer_.write("fault_active", world.faults.in_force(i) ? 1 : 0,
                  {{"kind", std::string(fault_kind_name(fault.kind))}}, {"name", fault.name});
  }
}

}  // namespace credsim::model
