#include <algorithm>
#include <set>
#include <tuple>

#include "credsim/random.hpp"

#include "test_support/catch.hpp"
#include "test_support/small_scenario.hpp"

// Calls that contend for nothing are decided along their instance's own timeline, by as many threads as there are;
// calls that contend are decided in the order of the simulation clock. Nobody may see the difference.

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

/// A day's worth of trouble for scripts, drawn from `stream`: every way of waiting, holding and retrying, and every
/// fault that calls look at.
class Trouble {
 public:
  explicit Trouble(RandomStream stream) : stream_(stream) {}

  Workload workload(std::string name, const std::string& action) {
    Workload workload =
        small_workload(std::move(name), Distribution::exponential(pick<Duration>({1min, 7min, 40min})), one_in(6));
    workload.calls.action = action;
    workload.client.tool = pick({ClientTool::boto3, ClientTool::aws_cli, ClientTool::powershell, ClientTool::javascript,
                                 ClientTool::ruby, ClientTool::go, ClientTool::java});
    workload.credentials =
        pick({CredentialUse::per_call, CredentialUse::until_expiry, CredentialUse::once, CredentialUse::refreshing});
    workload.starts = pick({WorkloadStart::provision, WorkloadStart::boot, WorkloadStart::session_start});
    workload.wait.kind = pick({NetworkWait::Kind::none, NetworkWait::Kind::fixed, NetworkWait::Kind::poll});
    workload.wait.fixed = Distribution::uniform(0s, 5min);
    workload.wait.interval = 7s;
    workload.wait.timeout = 3min;
    workload.retry.mode = pick({RetryMode::none, RetryMode::legacy, RetryMode::standard, RetryMode::standard_2026,
                                RetryMode::adaptive, RetryMode::adaptive_2026});
    if (one_in(4)) workload.restarts_after = 7min;
    workload.retry.max_attempts = workload.retry.mode == RetryMode::none ? 1 : 4;
    workload.fast_failures = 0.5;
    if (one_in(2)) workload.latency = Distribution::exponential(pick<Duration>({1s, 90s, 30min}));
    if (one_in(8)) workload.profile = "another";
    if (one_in(8))
      workload.client = {.tool = ClientTool::powershell, .version = Version{3, 3, 563, 0}, .sdk_version = {}};
    return workload;
  }

  std::vector<Fault> faults(const char* service) {
    std::vector<Fault> faults;
    for (const FaultKind kind :
         {FaultKind::network_outage, FaultKind::service_outage, FaultKind::clock_skew, FaultKind::helper_failure,
          FaultKind::role_deleted, FaultKind::permissions_changed, FaultKind::sessions_revoked, FaultKind::mass_restart,
          FaultKind::instance_loss, FaultKind::sts_outage}) {
      if (one_in(2)) continue;
      Fault made = fault(kind, Distribution::uniform(0s, 7h).sample(stream_, next_++), 40min);
      made.name = "fault " + std::to_string(faults.size());
      made.share = 0.6;
      made.service = service;
      made.offset = 20min;
      made.propagation = Distribution::uniform(0s, 20min);
      if (one_in(2)) made.scope.instances = 0.5;
      faults.push_back(made);
    }
    return faults;
  }

  bool one_in(std::uint64_t n) { return stream_.bits(next_++) % n == 0; }

 private:
  template <class T>
  T pick(std::initializer_list<T> choices) {
    return choices.begin()[stream_.bits(next_++) % choices.size()];
  }

  RandomStream stream_;
  std::uint64_t next_ = 0;
};

/// `action` decides whether calls contend: an EC2 call looks at a bucket, though here at one without a limit.
Scenario troubled_scenario(std::uint64_t seed, const std::string& action, const char* service) {
  Trouble trouble(RandomStream::root(seed, 0));
  Scenario scenario = small_scenario(40, 8h);
  scenario.seed = seed;
  Resource& fleet = scenario.resources[0];
  fleet.provisioning.start = Distribution::uniform(0s, 2h);
  fleet.provisioning.boot = Distribution::uniform(1min, 20min);
  fleet.provisioning.eni.delay = Distribution::exponential(5min);
  fleet.provisioning.agent.delay = Distribution::exponential(4min);
  fleet.credentials.every = trouble.one_in(2) ? Duration{40min} : Duration{63min};
  if (trouble.one_in(2)) {
    fleet.sessions.emplace();
    fleet.sessions->arrivals.kind = Arrivals::Kind::poisson;
    fleet.sessions->arrivals.rate = {60, 1h};
    fleet.sessions->duration = Distribution::exponential(30min);
    fleet.sessions->wait = Duration{10min};
    if (trouble.one_in(2)) fleet.type = ResourceType::on_demand;
    fleet.on_demand_start = Distribution::uniform(1min, 2min);
  }
  for (const char* name : {"one", "two", "three"}) fleet.workloads.push_back(trouble.workload(name, action));
  scenario.faults = trouble.faults(service);
  return scenario;
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
