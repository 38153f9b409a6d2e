#include <algorithm>
#include <set>
#include <tuple>

#include "test_support/catch.hpp"
#include "test_support/trouble.hpp"

// Calls that contend for nothing are decided along their instance's own timeline, by as many threads as there are;
// calls that contend are decided in the order of the simulation clock. Nobody may see the difference. The twins are a
// call of S3, and one of EC2, which looks at a bucket, though at one without a limit.

namespace {

using namespace credsim;
using namespace credsim::test;

auto key(const FailureRow& row) {
  return std::tuple(row.at, row.instance, row.resource, row.workload, row.operation, row.reason, row.attempts);
}

std::vector<FailureRow> in_order(std::vector<FailureRow> rows) {
  std::ranges::sort(rows, {}, [](const FailureRow& row) { return key(row); });
  return rows;
}

bool same(const std::vector<FailureRow>& a, const std::vector<FailureRow>& b) {
  return std::ranges::equal(
      a, b, {}, [](const FailureRow& row) { return key(row); }, [](const FailureRow& row) { return key(row); });
}

bool same(const WorkloadCounters& a, const WorkloadCounters& b) {
  return a.calls_succeeded == b.calls_succeeded && a.attempts == b.attempts && a.helper_runs == b.helper_runs &&
         a.first_calls == b.first_calls && a.first_calls_without_network == b.first_calls_without_network &&
         a.call_failures == b.call_failures;
}

FinishedRun run_with_threads(const Scenario& scenario, unsigned threads) {
  MemorySink sink;
  const std::atomic<bool> stop{false};
  CellProgress progress;
  FinishedRun finished;
  finished.result = simulate_cell(scenario, plan_cells(scenario).at(0), {.seed = scenario.seed, .threads = threads},
                                  sink, stop, progress);
  finished.rows = std::move(sink.all);
  return finished;
}

}  // namespace

TEST_CASE("calls come to the same along their instance's timeline as in the order of the simulation clock") {
  std::uint64_t failures = 0;
  std::uint64_t successes = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const FinishedRun timelines = run(troubled_scenario(seed, "s3:GetObject", "s3"));
    const FinishedRun clock = run(troubled_scenario(seed, "ec2:DescribeInstances", "ec2"));
    CHECK(same(in_order(timelines.rows.failures), in_order(clock.rows.failures)));
    for (std::size_t i = 0; i < 3; ++i) {
      CAPTURE(i);
      CHECK(same(timelines.workload(i), clock.workload(i)));
      successes += clock.workload(i).calls_succeeded;
    }
    CHECK(timelines.result.events == clock.result.events);
    REQUIRE(timelines.rows.series.size() == clock.rows.series.size());
    failures += clock.rows.failures.size();
  }
  CHECK(failures > 10'000);
  CHECK(successes > 10'000);
}

TEST_CASE("the running counts of calls have the same values at the same steps, wherever the calls are decided") {
  const auto samples = [](const FinishedRun& finished) {
    std::set<std::uint32_t> of_calls;  // not pending_events: calls along timelines are none
    for (const SeriesDefinition& series : finished.rows.series_definitions)
      if (series.metric != "pending_events") of_calls.insert(series.id);
    std::vector<std::tuple<SimTime, std::uint32_t, double>> sorted;
    for (const SeriesRow& row : finished.rows.series)
      if (of_calls.contains(row.series)) sorted.emplace_back(row.at, row.series, row.value);
    std::ranges::sort(sorted);
    return sorted;
  };
  for (const std::uint64_t seed : {3U, 14U, 15U}) {
    CAPTURE(seed);
    CHECK(samples(run(troubled_scenario(seed, "s3:GetObject", "s3"))) ==
          samples(run(troubled_scenario(seed, "ec2:DescribeInstances", "ec2"))));
  }
}

TEST_CASE("more threads for a cell give the same rows in the same order", "[threaded]") {
  for (const std::uint64_t seed : {1U, 2U, 7U}) {
    CAPTURE(seed);
    Scenario scenario = troubled_scenario(seed, "s3:GetObject", "s3");
    scenario.resources[0].instances = 1500;  // several blocks of slots for each thread
    scenario.resources[0].workloads[1].calls.action = "ec2:DescribeInstances";
    scenario.duration = 3h;
    const FinishedRun one = run_with_threads(scenario, 1);
    REQUIRE(one.rows.failures.size() > 100);
    for (const unsigned threads : {2U, 3U}) {
      CAPTURE(threads);
      const FinishedRun more = run_with_threads(scenario, threads);
      CHECK(same(one.rows.failures, more.rows.failures));
      CHECK(one.result.events == more.result.events);
      for (std::size_t i = 0; i < 3; ++i) CHECK(same(one.workload(i), more.workload(i)));
      REQUIRE(one.rows.series.size() == more.rows.series.size());
      for (std::size_t i = 0; i < one.rows.series.size(); ++i)
        REQUIRE(one.rows.series[i].value == more.rows.series[i].value);
    }
  }
}
