#include <algorithm>
#include <vector>

#include "test_support/catch.hpp"
#include "test_support/small_scenario.hpp"

namespace {

using namespace credsim;
using namespace credsim::test;

/// Boots at 10 min, asks 5 s later, in a Region whose STS is out in [from, from + length).
Scenario refused_scenario(Duration from, Duration length) {
  Scenario scenario = small_scenario(3, 1h);
  Provisioning& provisioning = scenario.resources[0].provisioning;
  provisioning.boot = Distribution::constant(10min);
  provisioning.agent = {.after_boot = true, .delay = Distribution::constant(5s)};
  scenario.faults = {fault(FaultKind::sts_outage, from, length)};
  return scenario;
}

Sessions one_session(SimTime arrival, Duration length) {
  Arrivals list;
  list.kind = Arrivals::Kind::times;
  list.times = {arrival};
  return {.arrivals = list, .duration = Distribution::constant(length), .wait = std::nullopt};
}

std::vector<double> series_of(const FinishedRun& finished, const std::string& metric) {
  const auto definition = std::ranges::find(finished.rows.series_definitions, metric, &SeriesDefinition::metric);
  std::vector<double> values(61, 0.0);  // by minute; 0 before it begins
  if (definition == finished.rows.series_definitions.end()) return values;
  for (const SeriesRow& row : finished.rows.series)
    if (row.series == definition->id) values[static_cast<std::size_t>((row.at - kSimulationStart) / 1min)] = row.value;
  return values;
}

std::uint64_t us(Duration duration) {
  return static_cast<std::uint64_t>(duration.count());
}

}  // namespace

TEST_CASE("a fleet whose role cannot be assumed is never served, from the end of boot on") {
  const FinishedRun finished = run(refused_scenario(0s, 2h));
  CHECK(finished.fleet().instances_never_served == 3);
  CHECK(finished.fleet().time_never_served_us == us(3 * 50min));
  CHECK(finished.fleet().instances_with_credential == 0);
}

TEST_CASE("an instance that gets its credential late was served") {
  const FinishedRun finished = run(refused_scenario(0s, 30min));
  CHECK(finished.fleet().instances_with_credential == 3);
  CHECK(finished.fleet().instances_never_served == 0);
  CHECK(finished.fleet().time_never_served_us == 0);
  const std::vector<double> series = series_of(finished, "instances_never_served");
  CHECK(series[10] == 0);
  CHECK(series[11] == 3);
  CHECK(series[30] == 3);
  CHECK(series[60] == 0);
}

TEST_CASE("the last sample of the series of those never served is the run's count") {
  Scenario scenario = refused_scenario(0s, 2h);
  scenario.faults.push_back(fault(FaultKind::instance_loss, 20min, 1min));
  scenario.faults.back().name = "loss";
  const FinishedRun finished = run(scenario);
  CHECK(finished.fleet().instances_never_served == 6);
  CHECK(series_of(finished, "instances_never_served").back() == 6);
}

TEST_CASE("an instance that the run's end cuts in its first fetch does not count, until it has asked in vain") {
  const auto never_served = [](Duration length, Duration outage) {
    Scenario scenario = refused_scenario(0s, outage);
    scenario.accounts[0].regions[0].sts_latency = Distribution::constant(2s);
    scenario.duration = length;
    return run(scenario).fleet().instances_never_served;
  };
  CHECK(never_served(10min + 4s, 2h) == 0);  // booted, has not asked
  CHECK(never_served(10min + 6s, 1s) == 0);  // the answer is on its way
  CHECK(never_served(10min + 6s, 2h) == 3);
  CHECK(never_served(9min, 2h) == 0);  // has not booted
}

TEST_CASE("an agent that is paused all its life has asked in vain") {
  Scenario scenario = refused_scenario(0s, 2h);
  scenario.faults[0].kind = FaultKind::agent_paused;
  CHECK(run(scenario).fleet().instances_never_served == 3);
}

TEST_CASE("a session that is shorter than the first fetch was never served, an instance that nobody used was not") {
  Scenario scenario = refused_scenario(0s, 0s);
  scenario.faults.clear();
  Resource& fleet = scenario.resources[0];
  fleet.type = ResourceType::elastic;
  fleet.max_concurrent = 1;
  fleet.sessions = one_session(at(0s), 3s);
  FinishedRun finished = run(scenario);
  CHECK(finished.fleet().sessions_completed == 1);
  CHECK(finished.fleet().instances_never_served == 1);
  CHECK(finished.fleet().time_never_served_us == us(3s));

  // Ready with its boot, an on-demand instance stops before its agent asks.
  fleet.type = ResourceType::on_demand;
  fleet.sessions = one_session(at(2h), 1min);
  finished = run(scenario);
  CHECK(finished.fleet().instances_with_credential == 0);
  CHECK(finished.fleet().instances_never_served == 0);
}

TEST_CASE("an instance that is never served is not without a credential while it is stopped") {
  Scenario scenario = refused_scenario(0s, 2h);
  Resource& builder = scenario.resources[0];
  builder.type = ResourceType::image_builder;
  builder.on_demand_start = Distribution::constant(2min);
  builder.stop_start = {{.stop = at(20min), .start = at(40min)}};
  const FinishedRun finished = run(scenario);
  CHECK(finished.fleet().instances_never_served == finished.fleet().instances);
  CHECK(finished.fleet().time_never_served_us == finished.fleet().instances * us(10min + 18min));
}

TEST_CASE("an instance without a role is not to be served") {
  Scenario scenario = refused_scenario(0s, 2h);
  scenario.resources[0].role.reset();
  CHECK(run(scenario).fleet().instances_never_served == 0);
}
