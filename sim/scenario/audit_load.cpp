#include "scenario/audit_load.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "credsim/random.hpp"

namespace credsim::audit {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr Duration kBin = std::chrono::minutes{10};
constexpr std::int64_t kMostBins = 14 * 24 * 6;
constexpr std::int64_t kMostDraws = 100'000;

/// Expected arrivals in each bin of the run.
std::vector<double> arrivals_by_bin(const Scenario& scenario, const Arrivals& arrivals) {
  const auto bins =
      static_cast<std::size_t>(std::clamp((scenario.duration + kBin - Duration{1}) / kBin, std::int64_t{1}, kMostBins));
  std::vector<double> expected(bins);
  switch (arrivals.kind) {
    case Arrivals::Kind::poisson:
      std::fill(expected.begin(), expected.end(), arrivals.rate.per_second() * Seconds(kBin).count());
      break;
    case Arrivals::Kind::per_hour: {
      const auto since_midnight = scenario.start - std::chrono::floor<std::chrono::days>(scenario.start);
      for (std::size_t bin = 0; bin < bins; ++bin) {
        const Duration at = kBin * static_cast<std::int64_t>(bin);
        const auto hour = arrivals.daily ? (since_midnight + at) % std::chrono::days{1} / std::chrono::hours{1}
                                         : at / std::chrono::hours{1};
        if (const auto index = static_cast<std::size_t>(hour); index < arrivals.per_hour.size())
          expected[bin] = arrivals.per_hour[index] / 6;
      }
      break;
    }
    case Arrivals::Kind::times:
      for (const SimTime time : arrivals.times)
        if (const auto bin = static_cast<std::size_t>(time.time_since_epoch() / kBin); bin < bins) expected[bin] += 1;
      break;
  }
  return expected;
}

/// For a session that arrives somewhere in a bin: the chance that it is still there at the end of the `later`-th bin
/// after that one. It begins `start` after its arrival.
std::vector<double> chance_to_last(const Distribution& duration, Duration start, std::size_t bins) {
  constexpr int kQuantiles = 200;
  std::vector<double> chances(bins);
  for (int i = 0; i < kQuantiles; ++i) {
    const double length = Seconds(bounded(duration.quantile((i + 0.5) / kQuantiles)) + start) / Seconds(kBin);
    for (std::size_t later = 0; later < bins && length > static_cast<double>(later); ++later)
      chances[later] += std::min(length - static_cast<double>(later), 1.0) / kQuantiles;
  }
  return chances;
}

bool runs_without_session(const Resource& resource) {
  return resource.type == ResourceType::always_on || resource.type == ResourceType::image_builder;
}

}  // namespace

std::vector<Duration> elastic_starts(const Resource& resource) {
  constexpr std::uint64_t kSampledStarts = 1000;
  const Provisioning& provisioning = resource.provisioning;
  const RandomStream stream = RandomStream::root(0, 0).child("audit");
  std::vector<Duration> starts;
  for (std::uint64_t i = 0; i < kSampledStarts; ++i) {
    const Duration boot = bounded(provisioning.boot.sample(stream.child(0), i));
    const Duration delay = bounded(provisioning.eni.delay.sample(stream.child(1), i));
    starts.push_back(provisioning.eni.after_boot ? boot + delay : std::max(boot, delay));
  }
  std::sort(starts.begin(), starts.end());
  return starts;
}

double most_sessions(const Scenario& scenario, const Resource& resource) {
  if (!resource.sessions) return 0;
  const std::vector<double> expected = arrivals_by_bin(scenario, resource.sessions->arrivals);
  Duration start{};
  if (resource.type == ResourceType::elastic) {
    const std::vector<Duration> starts = elastic_starts(resource);
    start = starts[starts.size() / 2];
  }
  const std::vector<double> chances = chance_to_last(resource.sessions->duration, start, expected.size());
  double most = 0;
  for (std::size_t bin = 0; bin < expected.size(); ++bin) {
    double sessions = 0;
    for (std::size_t later = 0; later <= bin && chances[later] > 0; ++later)
      sessions += expected[bin - later] * chances[later];
    most = std::max(most, sessions);
  }
  return most;
}

double most_running(const Scenario& scenario, const Resource& resource) {
  const auto instances = static_cast<double>(resource.most_instances());
  return runs_without_session(resource) ? instances : std::min(instances, most_sessions(scenario, resource));
}

double rotations_per_second(const Scenario& scenario, const Resource& resource) {
  return most_running(scenario, resource) / std::max(Seconds(resource.credentials.every).count(), 1e-6);
}

double calls_per_second(const Scenario& scenario, const Resource& resource, const Workload& workload) {
  const bool by_session = workload.starts == WorkloadStart::session_start || !runs_without_session(resource);
  if (workload.calls.once) {
    if (!by_session || !resource.sessions) return 0;
    const std::vector<double> expected = arrivals_by_bin(scenario, resource.sessions->arrivals);
    return *std::max_element(expected.begin(), expected.end()) / Seconds(kBin).count();
  }
  const double callers =
      by_session ? std::min(static_cast<double>(resource.most_instances()), most_sessions(scenario, resource))
                 : static_cast<double>(resource.most_instances());
  return callers / std::max(Seconds(workload.calls.interval.mean()).count(), 1e-6);
}

std::optional<Duration> longest_wait(std::vector<Demand> demand, const TokenBucket::Options& bucket) {
  std::sort(demand.begin(), demand.end(), [](const Demand& left, const Demand& right) { return left.at < right.at; });
  const double rate = bucket.net_per_second();
  const auto burst = static_cast<double>(bucket.burst);
  double tokens = burst;  // below zero: requests that wait
  double lowest = burst;
  Duration last{};
  for (const Demand& some : demand) {
    tokens = std::min(burst, tokens + rate * Seconds(some.at - last).count()) - some.requests;
    lowest = std::min(lowest, tokens);
    last = some.at;
  }
  if (lowest >= 0) return Duration{};
  if (rate <= 0) return std::nullopt;
  return std::chrono::round<Duration>(Seconds(std::min(-lowest / rate, 1e12)));
}

std::vector<Demand> first_starts(const Resource& resource, bool until_agent) {
  const std::int64_t instances = resource.instances_provisioned_first();
  const std::int64_t draws = std::min(instances, kMostDraws);
  const Provisioning& provisioning = resource.provisioning;
  const RandomStream stream = RandomStream::root(0, 0).child("audit");
  std::vector<Demand> demand;
  for (std::int64_t i = 0; i < draws; ++i) {
    const auto index = static_cast<std::uint64_t>(i);
    Duration at = bounded(provisioning.start.sample(stream.child(0), index));
    if (until_agent) {
      if (provisioning.agent.after_boot) at += bounded(provisioning.boot.sample(stream.child(1), index));
      at += bounded(provisioning.agent.delay.sample(stream.child(2), index));
    }
    demand.push_back({at, static_cast<double>(instances) / static_cast<double>(draws)});
  }
  return demand;
}

}  // namespace credsim::audit
