#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "credsim/scenario.hpp"

/// What a scenario asks for at its busiest: estimates in closed form, for the audit's messages.
namespace credsim::audit {

/// `duration`, or 100 years if it is longer: some of them can be added up without overflow.
[[nodiscard]] constexpr Duration bounded(Duration duration) {
  constexpr Duration kLong = std::chrono::hours{24 * 36525};
  return duration < kLong ? duration : kLong;
}

/// How long the instances of an elastic fleet take from a user's request until they are available, the wait for a
/// CreateNetworkInterface token left out: some draws, ascending. Not empty.
[[nodiscard]] std::vector<Duration> elastic_starts(const Resource& resource);

/// The expected number of sessions in progress at the busiest moment if none had to wait for capacity (M/G/∞, bins of
/// ten minutes, at most the run's first two weeks). Those whose elastic instance still starts count: they hold one too.
[[nodiscard]] double most_sessions(const Scenario& scenario, const Resource& resource);

/// The most instances that run at once: those of always-on fleets all do, others one for each session.
[[nodiscard]] double most_running(const Scenario& scenario, const Resource& resource);

/// AssumeRole calls a second that the rotations of the resource's instances need at its busiest.
[[nodiscard]] double rotations_per_second(const Scenario& scenario, const Resource& resource);

/// Calls a second of a workload at its busiest; a single call at every boot counts nothing.
[[nodiscard]] double calls_per_second(const Scenario& scenario, const Resource& resource, const Workload& workload);

/// Some requests that come at one moment.
struct Demand {
  Duration at{};
  double requests = 0;
};

/// How long the unluckiest request waits for its token, first come first served; nothing if it waits for ever.
[[nodiscard]] std::optional<Duration> longest_wait(std::vector<Demand> demand, const TokenBucket::Options& bucket);

/// When the first instances of the resource begin to be provisioned or, with `until_agent`, ask for their first
/// credential. At most 100,000 draws stand for them all.
[[nodiscard]] std::vector<Demand> first_starts(const Resource& resource, bool until_agent);

}  // namespace credsim::audit
