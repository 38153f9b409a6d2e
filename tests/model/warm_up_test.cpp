// What happens in the warm-up is simulated, and its rows are kept; the counters, limits and gauges begin at its end.

#include <algorithm>
#include <map>
#include <vector>

#include "test_support/catch.hpp"
#include "test_support/small_scenario.hpp"

namespace {

using namespace credsim;
using namespace credsim::test;

/// A day in which STS fails for half an hour, sessions come and calls fail for many reasons.
Scenario eventful_scenario(std::uint64_t seed) {
  Scenario scenario = small_scenario(60, 8h);
  scenario.seed = seed;
  Region& region = scenario.accounts[0].regions[0];
  region.buckets[static_cast<std::size_t>(BucketKind::sts_service)] = TokenBucket::Options{.rate = {1, 2s}, .burst = 5};
  Resource& fleet = scenario.resources[0];
  fleet.provisioning.start = Distribution::uniform(0s, 20min);
  fleet.provisioning.boot = Distribution::uniform(1min, 5min);
  fleet.provisioning.eni = {true, Distribution::exponential(1min)};
  fleet.credentials.every = 55min;
  fleet.sessions = Sessions{.arrivals = {.rate = {40, 1h}}, .duration = Distribution::exponential(2h), .wait = 1min};
  Workload fails_slowly = small_workload("slow", Distribution::exponential(3min), false);
  fails_slowly.fast_failures = 0.2;
  fails_slowly.latency = Distribution::exponential(5s);
  Workload holds = small_workload("holds", Distribution::exponential(5min), false);
  holds.credentials = CredentialUse::once;
  Workload contends = small_workload("contends", Distribution::exponential(1min), false);
  contends.calls.action = "ec2:DescribeInstances";
  fleet.workloads = {fails_slowly, holds, contends};
  scenario.faults = {fault(FaultKind::sts_outage, 2h, 70min), fault(FaultKind::network_outage, 225min, 20min)};
  return scenario;
}

/// The busiest second of the times.
double busiest_second(const std::vector<SimTime>& times) {
  std::map<std::int64_t, int> by_second;
  int most = 0;
  for (const SimTime time : times) most = std::max(most, ++by_second[time.time_since_epoch() / Duration{1s}]);
  return most;
}

double peak_of(const FinishedRun& finished, const std::string& limit) {
  const auto found = std::ranges::find_if(finished.result.limits,
                                          [&](const LimitUsage& usage) { return usage.name.starts_with(limit + " "); });
  REQUIRE(found != finished.result.limits.end());
  return found->peak_1s;
}

}  // namespace

TEST_CASE("counters count the rows that are not of the warm-up, whenever it ends, and the rows stay as they are") {
  const auto seed = GENERATE(1, 2, 3);
  // On a step of the series, beside one, while STS is down, while calls wait for the network.
  const Duration warm_up = GENERATE(Duration{1h}, Duration{150min}, Duration{7'400'123'457}, Duration{226min + 7s});
  CAPTURE(seed, warm_up.count());
  Scenario scenario = eventful_scenario(static_cast<std::uint64_t>(seed));
  const FinishedRun whole = run(scenario);
  scenario.warm_up = warm_up;
  const FinishedRun finished = run(scenario);

  const AuditBatch& rows = finished.rows;
  REQUIRE(rows.rows() == whole.rows.rows());
  REQUIRE(finished.result.failure_rows == rows.failures.size());
  const SimTime end = at(warm_up);
  const auto counted = [](const auto& of, auto counts) {
    return static_cast<std::uint64_t>(std::ranges::count_if(of, counts));
  };
  const ResourceCounters& fleet = finished.fleet();
  CHECK(fleet.credentials_issued == counted(rows.credentials, [&](const auto& row) { return row.issued >= end; }));
  CHECK(fleet.overlap.samples().count() == counted(rows.credentials, [&](const auto& row) {
          return row.issued >= end && row.previous_expires != kNever && row.previous_expires > row.issued;
        }));
  CHECK(fleet.gap.samples().count() == counted(rows.gaps, [&](const auto& row) { return row.closed >= end; }));
  CHECK(fleet.instances == counted(rows.instances, [&](const auto& row) { return row.terminated >= end; }));
  CHECK(fleet.instances_with_credential == counted(rows.instances, [&](const auto& row) {
          return row.terminated >= end && row.first_credential != kNever;
        }));
  CHECK(fleet.sessions_arrived == counted(rows.sessions, [&](const auto& row) { return row.arrived >= end; }));
  for (std::size_t workload = 0; workload < 3; ++workload)
    for (std::size_t reason = 0; reason < kReasons; ++reason)
      CHECK(finished.workload(workload).call_failures[reason] == counted(rows.failures, [&](const FailureRow& row) {
              return row.at >= end && row.workload == workload && row.reason == static_cast<Reason>(reason);
            }));

  // What is a length of time: whole where it ends after the warm-up, but of the time without a credential what is left.
  Duration longest{};
  Duration without{};
  for (const GapRow& row : rows.gaps) {
    if (row.closed < end) continue;
    longest = std::max(longest, row.closed - row.opened);
    without += row.closed - std::max(row.opened, end);
  }
  if (fleet.gap.samples().count() > 0) CHECK(fleet.gap.samples().maximum() == longest);
  CHECK(fleet.time_without_credential_us == static_cast<std::uint64_t>(without.count()));
  Duration lived{};
  for (const InstanceRow& row : rows.instances) {
    const SimTime gone = std::min(row.terminated, at(scenario.duration));
    if (row.first_credential != kNever && gone >= end) lived += gone - std::max(row.first_credential, end);
  }
  CHECK(fleet.time_after_first_credential_us == static_cast<std::uint64_t>(lived.count()));

  std::vector<SimTime> interface_requests;
  for (const InstanceRow& row : rows.instances)
    if (row.provisioned >= end) interface_requests.push_back(row.provisioned);
  CHECK(peak_of(finished, "ec2.create_network_interface") == busiest_second(interface_requests));
}

TEST_CASE("a warm-up that covers a herd leaves the peak of the rotations that follow it") {
  // All start at once, and rotate over an hour of jitter: 500 requests in one second, then a few.
  Scenario scenario = small_scenario(500, 12h);
  scenario.resources[0].credentials = {.lifetime = 4h, .every = 2h, .jitter = 1h};
  const double herd = peak_of(run(scenario), "sts.service");
  REQUIRE(herd == 500);
  scenario.warm_up = 30min;

  const FinishedRun finished = run(scenario);

  std::vector<SimTime> requests;
  for (const CredentialRow& row : finished.rows.credentials)
    if (row.requested >= at(30min)) requests.push_back(row.requested);
  REQUIRE(requests.size() + 500 == finished.rows.credentials.size());
  CHECK(peak_of(finished, "sts.service") == busiest_second(requests));
  CHECK(peak_of(finished, "sts.service") < 10);
}

TEST_CASE("the series count on through the end of the warm-up, and a gauge's largest value is that after it") {
  Scenario scenario = eventful_scenario(1);
  const FinishedRun whole = run(scenario);
  scenario.warm_up = 4h;
  const FinishedRun finished = run(scenario);

  REQUIRE(finished.rows.series.size() == whole.rows.series.size());
  CHECK(std::ranges::equal(finished.rows.series, whole.rows.series, [](const SeriesRow& a, const SeriesRow& b) {
    return a.at == b.at && a.series == b.series && a.value == b.value;
  }));
  const auto bare = [](const FinishedRun& of) {
    return std::ranges::find(of.result.gauges, "instances_without_credential", &GaugeSummary::metric)->maximum;
  };
  CHECK(bare(whole) > 20);  // in the outage
  CHECK(bare(finished) < 20);
}

TEST_CASE("who waits for a token when the warm-up ends is refused it then") {
  Scenario scenario = small_scenario(100, 2h);
  Region& region = scenario.accounts[0].regions[0];
  region.buckets[static_cast<std::size_t>(BucketKind::create_network_interface)] =
      TokenBucket::Options{.rate = {1, 10s}, .burst = 10};
  scenario.warm_up = 5min;

  const FinishedRun finished = run(scenario);

  const auto& limits = finished.result.limits;
  const auto interfaces = std::ranges::find_if(
      limits, [](const LimitUsage& usage) { return usage.name.starts_with("ec2.create_network_interface "); });
  CHECK(interfaces->first_refused == at(5min));
  CHECK(interfaces->refused == 100 - 10 - 29);  // a token each 10 s; that of the end comes after it
  CHECK(interfaces->peak_1s == 0);
}

TEST_CASE("a run that is interrupted in its warm-up has counted nothing that happened") {
  Scenario scenario = small_scenario(10, 4h);
  scenario.warm_up = 3h;
  MemorySink sink;
  const std::atomic<bool> stop{false};
  CellProgress progress;
  const auto plans = plan_cells(scenario);
  CellSimulation simulation(scenario, plans.at(0), {.seed = 1}, sink, stop, progress);
  simulation.advance(at(2h));
  const CellResult result = simulation.finish();
  CHECK(result.resources[0].credentials_issued == 0);
  CHECK(result.resources[0].instances == 10);
  CHECK(result.resources[0].time_after_first_credential_us == 0);
}
