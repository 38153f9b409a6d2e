#include "plan/overview.hpp"

#include <algorithm>
#include <utility>

#include "test_support/catch.hpp"
#include "test_support/small_scenario.hpp"

namespace credsim::test {
namespace {

/// A replication of `small_scenario` that measured nothing.
CellResult quiet_cell(const Scenario& scenario) {
  CellResult result;
  result.resources.resize(scenario.resources.size());
  result.workloads.resize(scenario.resources.size());
  result.ended = SimTime{scenario.duration};
  return result;
}

LimitUsage limit(std::string name, double peak, SimTime first_refused, std::uint64_t refused) {
  LimitUsage usage;
  usage.name = std::move(name);
  usage.capacity_1s = usage.capacity_60s = 100;
  usage.peak_1s = usage.peak_60s = peak;
  usage.first_refused = first_refused;
  usage.refused = refused;
  return usage;
}

void add(Overview& overview, const Scenario& scenario, std::uint32_t replication, const CellResult& cell) {
  const Measurements measurements(scenario, std::span(&cell, 1));
  overview.add(replication, measurements, judge(scenario.thresholds, measurements), cell.ended);
}

ReplicationsResult result_of(const Overview& overview) {
  ReplicationsResult result;
  overview.write_to(result);
  return result;
}

/// Over all labels.
SummaryEstimate total(const ReplicationsResult& result, std::string_view metric) {
  const auto found = std::find_if(result.estimates.begin(), result.estimates.end(), [&](const SummaryEstimate& row) {
    return row.metric == metric && row.labels.empty();
  });
  REQUIRE(found != result.estimates.end());
  return *found;
}

/// Three replications: one without a gap, one with a gap of 10 s and one with a gap of 20 s.
ReplicationsResult three_with_gaps(const Scenario& scenario) {
  Overview overview(scenario);
  for (std::uint32_t replication = 0; replication < 3; ++replication) {
    CellResult cell = quiet_cell(scenario);
    if (replication > 0) cell.resources.front().gap.record(replication == 1 ? 10s : 20s);
    add(overview, scenario, replication, cell);
  }
  return result_of(overview);
}

TEST_CASE("a counter's mean counts replications that did not meet it as 0") {
  const Scenario scenario = small_scenario(1, 1h);
  Overview overview(scenario);
  for (std::uint32_t replication = 0; replication < 4; ++replication) {
    CellResult cell = quiet_cell(scenario);
    if (replication == 2) cell.resources.front().assume_role_failures[static_cast<std::size_t>(Reason::throttled)] = 8;
    add(overview, scenario, replication, cell);
  }
  const ReplicationsResult result = result_of(overview);
  CHECK(result.counted == 4);
  CHECK(total(result, "assume_role_failures_total").estimate.mean == 2);
  const auto by_reason = std::find_if(result.estimates.begin(), result.estimates.end(), [](const auto& row) {
    return row.metric == "assume_role_failures_total" && row.estimate.mean > 0 && !row.labels.empty();
  });
  REQUIRE(by_reason != result.estimates.end());
  CHECK(by_reason->estimate.mean == 2);
  // 2 ± t(3) · 2, cut at 0: the standard error of {0, 0, 8, 0} is 2.
  CHECK(by_reason->estimate.interval->low == 0);
  CHECK(by_reason->estimate.interval->high == Approx(2 + 3.18245 * 2).epsilon(1e-5));
  CHECK(by_reason->estimate.nonzero_in == 1);
}

TEST_CASE("a quantile's mean is over the replications with samples") {
  const Scenario scenario = small_scenario(1, 1h);
  const ReplicationsResult result = three_with_gaps(scenario);
  CHECK(total(result, "credential_gap_seconds.max").estimate.mean == 15);
  CHECK(total(result, "credential_gap_seconds.count").estimate.mean == Approx(2.0 / 3));
}

TEST_CASE("replications in any order give the same overview to the bit") {
  const Scenario scenario = small_scenario(1, 1h);
  const auto overview_in_order = [&](std::vector<std::uint32_t> order) {
    Overview overview(scenario);
    for (const std::uint32_t replication : order) {
      CellResult cell = quiet_cell(scenario);
      cell.resources.front().gap.record(Duration{1'000'003 * (replication + 1)});
      cell.limits.push_back(limit("a", replication, kNever, 0));
      add(overview, scenario, replication, cell);
    }
    return result_of(overview);
  };
  const ReplicationsResult forth = overview_in_order({0, 1, 2, 3, 4});
  const ReplicationsResult back = overview_in_order({3, 0, 4, 2, 1});
  REQUIRE(forth.estimates.size() == back.estimates.size());
  for (std::size_t i = 0; i < forth.estimates.size(); ++i) {
    CHECK(forth.estimates[i].metric == back.estimates[i].metric);
    CHECK(forth.estimates[i].estimate.mean == back.estimates[i].estimate.mean);
    const auto& interval = back.estimates[i].estimate.interval;
    REQUIRE(forth.estimates[i].estimate.interval.has_value() == interval.has_value());
    if (interval) CHECK(forth.estimates[i].estimate.interval->low == interval->low);
  }
  CHECK(back.limits.front().usage.peak_1s == 4);
}

TEST_CASE("of limits the one that broke first comes first, then the one nearest to breaking") {
  const Scenario scenario = small_scenario(1, 1h);
  Overview overview(scenario);
  CellResult first = quiet_cell(scenario);
  first.limits = {limit("calm", 10, kNever, 0), limit("late", 150, at(40min), 5), limit("near", 90, kNever, 0),
                  limit("early", 110, kNever, 0)};
  CellResult second = quiet_cell(scenario);
  second.limits = {limit("calm", 20, kNever, 0), limit("late", 140, at(30min), 2), limit("near", 70, kNever, 0),
                   limit("early", 120, at(10min), 1)};
  add(overview, scenario, 0, first);
  add(overview, scenario, 1, second);

  const ReplicationsResult result = result_of(overview);
  REQUIRE(result.limits.size() == 4);
  CHECK(result.limits[0].usage.name == "early");
  CHECK(result.limits[0].refused_in == 1);
  CHECK(result.limits[1].usage.name == "late");
  CHECK(result.limits[1].usage.first_refused == at(30min));
  CHECK(result.limits[1].usage.peak_1s == 150);
  CHECK(result.limits[1].usage.refused == 7);
  CHECK(result.limits[1].refused_in == 2);
  CHECK(result.limits[2].usage.name == "near");
  CHECK(result.limits[3].usage.name == "calm");
}

TEST_CASE("the limit that breaks first in most replications comes first, though another one broke earlier once") {
  const Scenario scenario = small_scenario(1, 1h);
  Overview overview(scenario);
  for (std::uint32_t replication = 0; replication < 5; ++replication) {
    CellResult cell = quiet_cell(scenario);
    cell.limits = {limit("mostly", 150, at(30min), 1), limit("once", 150, replication == 3 ? at(10min) : kNever, 1)};
    add(overview, scenario, replication, cell);
  }
  const ReplicationsResult result = result_of(overview);
  CHECK(result.limits[0].usage.name == "mostly");
  CHECK(result.limits[0].first_in == 4);
  CHECK(result.limits[1].first_in == 1);
}

TEST_CASE("limits that are equally near in a replication are nearest in it together, unless one broke") {
  const Scenario scenario = small_scenario(1, 1h);
  Overview overview(scenario);
  for (std::uint32_t replication = 0; replication < 3; ++replication) {
    CellResult cell = quiet_cell(scenario);
    cell.limits = {limit("a", 50, kNever, 0), limit("b", 50, kNever, 0), limit("calm", 10, kNever, 0)};
    if (replication == 2) cell.limits.push_back(limit("broken", 120, at(1min), 1));
    add(overview, scenario, replication, cell);
  }
  const ReplicationsResult result = result_of(overview);
  CHECK(result.limits[0].usage.name == "broken");
  CHECK(result.limits[1].nearest_in == 2);
  CHECK(result.limits[2].nearest_in == 2);
  CHECK(result.limits[3].nearest_in == 0);
}

TEST_CASE("limits that tie stand in one order, in a replication as over all of them") {
  const Scenario scenario = small_scenario(1, 1h);
  CellResult cell = quiet_cell(scenario);
  for (const char* name : {"c", "a", "b"}) cell.limits.push_back(limit(name, 50, kNever, 0));
  Overview overview(scenario);
  add(overview, scenario, 0, cell);
  const ReplicationsResult result = result_of(overview);
  const Measurements measurements(scenario, std::span(&cell, 1));
  std::string of_one;
  std::string of_all;
  for (const LimitUsage& usage : measurements.limits()) of_one += usage.name;
  for (const LimitOverview& each : result.limits) of_all += each.usage.name;
  CHECK(of_one == "abc");
  CHECK(of_all == of_one);
}

TEST_CASE("a threshold on the first refusal is judged by the replications that refused, and by none it is never") {
  Scenario scenario = small_scenario(1, 1h);
  std::string fault;
  scenario.thresholds = {*parse_threshold("limit_first_refused_seconds > 5s", fault)};
  Overview overview(scenario);
  for (const std::uint32_t replication : {0U, 1U, 2U}) {
    CellResult cell = quiet_cell(scenario);
    const bool refuses = replication > 0;
    cell.limits = {limit("a", 50, refuses ? SimTime{10s * replication} : kNever, refuses ? 1 : 0)};
    add(overview, scenario, replication, cell);
    const ThresholdOverview judged = result_of(overview).thresholds.front();
    CHECK(judged.missed_in == 0);
    CHECK(judged.observed.has_value() == refuses);
  }
  CHECK(result_of(overview).thresholds.front().observed->mean == 15);
}

TEST_CASE("a threshold is missed by one replication that misses it, and one without samples misses it") {
  Scenario scenario = small_scenario(1, 1h);
  std::string fault;
  scenario.thresholds.push_back(*parse_threshold("credential_gap_seconds.max < 15", fault));
  const ReplicationsResult result = three_with_gaps(scenario);
  REQUIRE(result.thresholds.size() == 1);
  CHECK(result.thresholds.front().missed_in == 2);
  CHECK(result.thresholds.front().observed->mean == 15);
}

TEST_CASE("the overview of nothing says nothing") {
  const Scenario scenario = small_scenario(1, 1h);
  const Overview overview(scenario);
  CHECK(overview.empty());
  CHECK(result_of(overview).counted == 0);
}

}  // namespace
}  // namespace credsim::test
