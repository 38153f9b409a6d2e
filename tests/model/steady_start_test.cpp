// provisioning.start: steady, held against what a fleet does that has been up for long.

#include <algorithm>
#include <cmath>
#include <vector>

#include "test_support/catch.hpp"
#include "test_support/small_scenario.hpp"

namespace {

using namespace credsim;
using namespace credsim::test;

Scenario steady_scenario(std::int64_t instances, Duration duration) {
  Scenario scenario = small_scenario(instances, duration);
  scenario.accounts[0].regions[0].sts_latency = Distribution::constant(100ms);
  Resource& fleet = scenario.resources[0];
  fleet.provisioning.steady = true;
  fleet.provisioning.boot = Distribution::uniform(10min, 20min);
  fleet.credentials.every = 55min;
  return scenario;
}

/// How many of `times` are in each minute of the first hour.
std::vector<double> by_minute(const std::vector<SimTime>& times) {
  std::vector<double> counts(60);
  for (const SimTime time : times)
    if (time < at(1h)) ++counts[static_cast<std::size_t>(time.time_since_epoch() / Duration{1min})];
  return counts;
}

/// Each minute's count is that of a binomial or Poisson variable with this mean, within 4.5 standard errors.
void check_flat(const std::vector<double>& counts, double mean) {
  for (const double count : counts) CHECK(std::abs(count - mean) < 4.5 * std::sqrt(mean));
}

}  // namespace

TEST_CASE("a steady fleet asks STS n times in each rotation, from the first minute on") {
  constexpr std::int64_t kInstances = 55'000;
  const Duration jitter = GENERATE(Duration{}, Duration{5min});
  Scenario scenario = steady_scenario(kInstances, 2h);
  scenario.resources[0].credentials.jitter = jitter;

  const FinishedRun finished = run(scenario);

  std::vector<SimTime> requests;
  for (const CredentialRow& row : finished.rows.credentials)
    if (row.attempts > 0) requests.push_back(row.requested);
  const Duration rotation = 55min - jitter / 2;
  check_flat(by_minute(requests),
             static_cast<double>(kInstances) * (Duration{1min} / Duration{1}) / static_cast<double>(rotation.count()));
  CHECK(finished.fleet().gap.samples().count() == 0);
}

TEST_CASE("a steady fleet is up at the start, and nothing of its start is in the run") {
  Scenario scenario = steady_scenario(300, 2h);
  const FinishedRun finished = run(scenario);

  CHECK(finished.fleet().instances == 300);
  CHECK(finished.fleet().instances_with_credential == 300);
  CHECK(finished.fleet().first_credential.samples().count() == 0);
  CHECK(finished.fleet().network_ready.samples().count() == 0);
  CHECK(finished.fleet().interface_wait.samples().count() == 0);
  for (const InstanceRow& row : finished.rows.instances)
    CHECK((row.provisioned == at(0s) && row.boot == at(0s) && row.eni == at(0s) && row.first_credential == at(0s)));
  for (const LimitUsage& limit : finished.result.limits)
    if (limit.name.starts_with("ec2.create_network_interface ")) CHECK(limit.peak_1s == 0);
  const auto live = std::ranges::find(finished.rows.series_definitions, "credentials_live", &SeriesDefinition::metric);
  REQUIRE(live != finished.rows.series_definitions.end());
  const auto first = std::ranges::find(finished.rows.series, live->id, &SeriesRow::series);
  CHECK((first->at == at(0s) && first->value == 300));
}

TEST_CASE("the credential that a steady instance begins with is a row of no attempt, and its overlap is the lead") {
  const FinishedRun finished = run(steady_scenario(200, 3h));
  std::uint64_t brought = 0;
  for (const CredentialRow& row : finished.rows.credentials) {
    if (row.attempts == 0) {
      ++brought;
      CHECK((row.sequence == 1 && row.requested == at(0s) && row.issued == at(0s)));
      CHECK((row.expires > at(5min) && row.expires <= at(1h)));
    } else {
      CHECK(row.previous_expires - row.issued == 5min - 100ms);
    }
  }
  CHECK(brought == 200);
  CHECK(finished.fleet().credentials_issued == finished.rows.credentials.size() - 200);
  CHECK(finished.fleet().assume_role_successes == finished.fleet().credentials_issued);
}

TEST_CASE("scripts of a steady fleet call at the same rate from the first minute on, whatever their intervals") {
  const Distribution interval =
      GENERATE(Distribution::constant(20min), Distribution::exponential(20min), Distribution::uniform(10min, 30min));
  const bool contends = GENERATE(false, true);
  constexpr std::int64_t kInstances = 20'000;
  Scenario scenario = steady_scenario(kInstances, 1h);
  // Nobody is named, so that each call is a row.
  scenario.resources[0].workloads = {small_workload("call", interval, false)};
  scenario.resources[0].workloads[0].starts = WorkloadStart::boot;
  scenario.resources[0].workloads[0].profile.reset();
  if (contends) {
    scenario.resources[0].workloads[0].profile = "appstream_machine_role";
    scenario.resources[0].workloads[0].calls.action = "ec2:DescribeInstances";
    scenario.faults = {fault(FaultKind::role_deleted, 0s, 1h)};
  }

  const FinishedRun finished = run(scenario);

  std::vector<SimTime> calls;
  for (const FailureRow& row : finished.rows.failures)
    if (row.operation == FailureRow::Operation::call) calls.push_back(row.at);
  check_flat(by_minute(calls), kInstances / 20.0);
  CHECK(finished.workload().first_calls == 0);
}

TEST_CASE("a script that calls once has called before a steady start") {
  Scenario scenario = steady_scenario(10, 1h);
  scenario.resources[0].workloads = {small_workload("call", Distribution::constant(1min), true)};
  const FinishedRun finished = run(scenario);
  CHECK(finished.workload().attempts == 0);
  CHECK(finished.workload().first_calls == 0);
}

TEST_CASE("a steady fleet whose role is refused has no credential to begin with") {
  Scenario scenario = steady_scenario(600, 2h);
  scenario.roles[0].trust_policy = policy(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
      "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})",
                                          iam::PolicyKind::trust);
  scenario.resources[0].credentials.retry.interval = 60s;
  const FinishedRun finished = run(scenario);
  CHECK(finished.rows.credentials.empty());
  CHECK(finished.fleet().instances_with_credential == 0);
  std::vector<SimTime> attempts;
  for (const FailureRow& row : finished.rows.failures) attempts.push_back(row.at);
  check_flat(by_minute(attempts), 600);
}

TEST_CASE("a steady on-demand fleet is stopped, and starts for a session as it does later") {
  Scenario scenario = steady_scenario(20, 3h);
  Resource& fleet = scenario.resources[0];
  fleet.type = ResourceType::on_demand;
  fleet.on_demand_start = Distribution::constant(90s);
  fleet.sessions = Sessions{.arrivals = {.kind = Arrivals::Kind::times, .times = {at(1h)}},
                            .duration = Distribution::constant(2h),
                            .wait = 5min};
  const FinishedRun finished = run(scenario);
  REQUIRE(finished.rows.sessions.size() == 1);
  CHECK(finished.rows.sessions[0].started == at(1h) + 90s);
  REQUIRE(finished.rows.credentials.size() == 3);  // after 1 h, and two rotations until its session ends with the run
  CHECK(finished.rows.credentials[0].issued >= at(1h));
  CHECK(finished.rows.gaps.empty());
  CHECK(finished.fleet().first_credential.samples().count() == 0);
}

TEST_CASE("what does not fit into a quota is not up at a steady start, and tries to be") {
  Scenario scenario = steady_scenario(101, 1h);
  scenario.accounts[0].regions[0].network_interfaces = 100;
  const FinishedRun finished = run(scenario);
  CHECK(finished.fleet().instances == 100);
  CHECK(finished.fleet().instances_never_provisioned == 1);
  CHECK(count(finished.fleet().provisioning_failures, Reason::interface_quota) == 60);
}

TEST_CASE("rotations longer than a credential's life leave a steady fleet the share of gaps that it always has") {
  constexpr std::int64_t kInstances = 40'000;
  Scenario scenario = steady_scenario(kInstances, 30min);
  scenario.accounts[0].regions[0].sts_latency = Distribution();
  scenario.resources[0].credentials = {.lifetime = 1h, .every = 80min};
  const FinishedRun finished = run(scenario);
  const double without = static_cast<double>(finished.fleet().time_without_credential_us) /
                         static_cast<double>(finished.fleet().time_after_first_credential_us);
  CHECK(std::abs(without - 0.25) < 4.5 * std::sqrt(0.25 * 0.75 / kInstances));
  for (const GapRow& gap : finished.rows.gaps) CHECK(gap.opened >= at(0s));
}
