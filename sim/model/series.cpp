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

double sum(const std::array<std::uint64_t, kReasons>& counts) {
  return number(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
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

/// Whether the bucket has a limit at any time of the run.
bool is_ever_limited(const World& world, const RegionState& region, BucketKind kind) {
  return region.region->buckets[static_cast<std::size_t>(kind)] ||
         std::ranges::any_of(world.faults.all(FaultKind::quota), [&](std::size_t fault) {
           return world.scenario.faults[fault].bucket == kind &&
                  world.faults.hits_region(fault, region.place.account, region.place.region);
         });
}

}  // namespace

SeriesSampler::SeriesSampler(World& world, std::uint32_t first_id) : world_(world), writer_(first_id) {
  const auto labels_of_region = [&](std::size_t region) { return labels_of(world.regions[region], world.scenario); };
  std::vector<Labels> workloads;
  for (ResourceState& state : world.resources) {
    Labels labels = labels_of_region(state.region);
    labels.emplace_back("resource", state.resource->name);
    add_resource(state, labels);
    for (const Workload& workload : state.resource->workloads) workloads.push_back(info_labels(labels, workload));
  }
  for (const Labels& labels : workloads) add("workload_info", labels, {}, [] { return 1; });
  for (std::size_t i = 0; i < world.regions.size(); ++i) add_region(i, labels_of_region(i));
  add("pending_events", labels_of_region(0), {}, [&world] { return number(std::uint64_t{world.pending.size()}); });
  // The clock and the faults are the run's, not a cell's: one of them shows them.
  if (world.run.cell == 0) add_run();
}

void SeriesSampler::sample() {
  writer_.begin(world_.recorder, world_.now);
  write_all();
}

void SeriesSampler::look() {
  writer_.begin_look();
  write_all();
}

void SeriesSampler::write_all() {
  for (ResourceState& state : world_.resources) {
    state.covered.reach(world_.now);
    state.live.reach(world_.now);
    state.oldest.reach(world_.now);
  }
  for (const Source& source : sources_) writer_.write(source.series, source.value());
  for (const HistogramSource& source : histograms_) source.series.write(writer_, source.histogram);
}

void SeriesSampler::add(std::string_view metric, const Labels& labels, Label label, std::function<double()> value) {
  sources_.push_back({writer_.add(metric, labels, label), std::move(value)});
}

void SeriesSampler::add_resource(ResourceState& state, const Labels& labels) {
  const ResourceCounters& counters = world_.recorder.resource(state.index);
  for (const auto& [phase, name] : kStates)
    add("instances", labels, {"state", name}, [&state, counted = phase] { return number(state.in_phase(counted)); });
  add("credentials_live", labels, {}, [&state] { return number(state.live.count()); });
  add("instances_without_credential", labels, {}, [&state] {
    const std::int64_t running =
        state.in_phase(Phase::provisioning) + state.in_phase(Phase::available) + state.in_phase(Phase::in_use);
    return number(running - state.covered.count());
  });
  add("instances_never_served", labels, {},
      [&] { return number(counters.instances_never_served) + number(state.unserved); });
  add("oldest_live_credential_seconds", labels, {},
      [&, this] { return std::chrono::duration<double>(state.oldest.age(world_.now)).count(); });
  add("credentials_issued_total", labels, {}, [&counters] { return number(counters.credentials_issued); });
  add_failures(counters, labels);
  add("sessions", labels, {"state", "active"}, [&state] { return number(state.sessions_active); });
  add("sessions", labels, {"state", "waiting"}, [&state] { return number(state.sessions_waiting); });
  add("sessions_rejected_total", labels, {}, [&counters] { return number(counters.sessions_rejected); });
  add_histograms(counters, labels);
}

void SeriesSampler::add_failures(const ResourceCounters& counters, const Labels& labels) {
  add("assume_role_requests_total", labels, {"outcome", "success"},
      [&counters] { return number(counters.assume_role_successes); });
  add("assume_role_requests_total", labels, {"outcome", "failure"},
      [&counters] { return sum(counters.assume_role_failures); });
  const auto add_reason = [&](std::string_view metric, Reason reason, const auto& counts) {
    add(metric, labels, {"reason", reason_name(reason)},
        [&count = counts[static_cast<std::size_t>(reason)]] { return number(count); });
  };
  for (const Reason reason : kAgentReasons)
    add_reason("assume_role_failures_total", reason, counters.assume_role_failures);
  for (const Reason reason : kProvisioningReasons)
    add_reason("provisioning_failures_total", reason, counters.provisioning_failures);
}

void SeriesSampler::add_histograms(const ResourceCounters& counters, const Labels& labels) {
  const auto add_histogram = [&](std::string_view metric, const DurationHistogram& histogram) {
    histograms_.push_back({HistogramSeries(writer_, metric, labels), histogram});
  };
  add_histogram("credential_overlap_seconds", counters.overlap);
  add_histogram("credential_gap_seconds", counters.gap);
  add_histogram("first_credential_seconds", counters.first_credential);
  add_histogram("network_ready_seconds", counters.network_ready);
  add_histogram("interface_wait_seconds", counters.interface_wait);
  add_histogram("session_wait_seconds", counters.session_wait);
}

void SeriesSampler::add_region(std::size_t index, const Labels& labels) {
  const RegionState& region = world_.regions[index];
  add("network_interfaces", labels, {}, [&region] { return number(region.interface_quota.in_use); });
  add("network_interface_quota", labels, {}, [&region] { return number(region.interface_quota.capacity); });
  for (std::size_t i = 0; i < kBucketKinds; ++i)
    if (const auto kind = static_cast<BucketKind>(i); is_ever_limited(world_, region, kind))
      add_bucket(region, kind, labels);
}

// While a bucket that a fault limits has no limit, it has a capacity of 0, as limits without one have everywhere.
void SeriesSampler::add_bucket(const RegionState& region, BucketKind kind, const Labels& labels) {
  const std::optional<TokenBucket>& bucket = region.buckets[static_cast<std::size_t>(kind)].bucket;
  const Label label{"bucket", bucket_name(kind)};
  add("bucket_tokens", labels, label, [&, this] { return bucket ? bucket->tokens(world_.now) : 0; });
  add("bucket_refill_rate", labels, label, [&bucket] { return bucket ? bucket->options().net_per_second() : 0; });
  add("bucket_capacity", labels, label,
      [&bucket] { return bucket ? static_cast<double>(bucket->options().burst) : 0; });
}

void SeriesSampler::add_run() {
  add("simulation_time_seconds", {}, {},
      [this] { return std::chrono::duration<double>(world_.now.time_since_epoch()).count(); });
  for (std::size_t i = 0; i < world_.scenario.faults.size(); ++i) {
    const Fault& fault = world_.scenario.faults[i];
    add("fault_active", {{"kind", std::string(fault_kind_name(fault.kind))}}, {"name", fault.name},
        [this, i] { return world_.faults.in_force(i) ? 1 : 0; });
  }
}

}  // namespace credsim::model
