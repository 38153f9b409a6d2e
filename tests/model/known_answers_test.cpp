// The closed-form answers of the model: each test states its formula. Tolerances are 4.5 standard errors of what is
// estimated, so that a right model misses one about once in 150,000 tries; the seed is fixed.

#include <cmath>
#include <vector>

#include "credsim/estimate.hpp"

#include "test_support/catch.hpp"
#include "test_support/sanitized.hpp"
#include "test_support/small_scenario.hpp"

namespace {

using namespace credsim;
using namespace credsim::test;

constexpr double kErrors = 4.5;

double binomial_tolerance(double p, double n) {
  return kErrors * std::sqrt(p * (1 - p) / n);
}

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double standard_error(const std::vector<double>& values) {
  const double average = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - average) * (value - average);
  const auto n = static_cast<double>(values.size());
  return std::sqrt(squares / (n - 1) / n);
}

/// Erlang's loss formula by its recursion.
double erlang_b(int servers, double load) {
  double blocked = 1;
  for (int k = 1; k <= servers; ++k) blocked = load * blocked / (k + load * blocked);
  return blocked;
}

double erlang_c(int servers, double load) {
  const double blocked = erlang_b(servers, load);
  return servers * blocked / (servers - load * (1 - blocked));
}

}  // namespace

TEST_CASE("a call d after provisioning loses to an exponential interface with probability exp(-d/m)") {
  const auto delay = GENERATE(5s, 20s, 60s);
  constexpr double kInstances = kSanitized ? 20'000 : 200'000;
  Scenario scenario = small_scenario(static_cast<std::int64_t>(kInstances), 2h);
  scenario.resources[0].provisioning.eni.delay = Distribution::exponential(20s);
  scenario.resources[0].workloads = {small_workload("call", Distribution::constant(delay), true)};

  const FinishedRun finished = run(scenario);

  const double expected = std::exp(-seconds(delay) / 20);
  const auto lost = static_cast<double>(count(finished.workload().call_failures, Reason::network_unavailable));
  REQUIRE(finished.workload().attempts == static_cast<std::uint64_t>(kInstances));
  CHECK(std::abs(lost / kInstances - expected) < binomial_tolerance(expected, kInstances));
  CHECK(finished.workload().first_calls == static_cast<std::uint64_t>(kInstances));
  CHECK(static_cast<double>(finished.workload().first_calls_without_network) == lost);
}

TEST_CASE("of two exponential processes that race, the one with rate a wins with probability a/(a+b)") {
  constexpr double kInstances = kSanitized ? 20'000 : 200'000;
  Scenario scenario = small_scenario(static_cast<std::int64_t>(kInstances), 24h);
  scenario.resources[0].provisioning.eni.delay = Distribution::exponential(30s);
  scenario.resources[0].workloads = {small_workload("call", Distribution::exponential(10s), true)};

  const FinishedRun finished = run(scenario);

  const double network_first = (1.0 / 30) / (1.0 / 30 + 1.0 / 10);
  const auto won = static_cast<double>(finished.workload().calls_succeeded);
  CHECK(std::abs(won / kInstances - network_first) < binomial_tolerance(network_first, kInstances));
}

TEST_CASE("with a constant latency every overlap is exactly the lead less the latency") {
  Scenario scenario = small_scenario(500, 24h);
  scenario.accounts[0].regions[0].sts_latency = Distribution::constant(250ms);
  scenario.resources[0].provisioning.start = Distribution::uniform(0s, 20min);
  scenario.resources[0].credentials.every = 55min;

  const FinishedRun finished = run(scenario);

  REQUIRE(finished.fleet().overlap.samples().count() == finished.fleet().credentials_issued - 500);
  CHECK(finished.fleet().overlap.samples().minimum() == 5min - 250ms);
  CHECK(finished.fleet().overlap.samples().maximum() == 5min - 250ms);
  CHECK(finished.fleet().gap.samples().count() == 0);
}

TEST_CASE("a jitter draw lengthens an overlap by itself and by half the jitter on average") {
  Scenario scenario = small_scenario(1'000, 24h);
  scenario.accounts[0].regions[0].sts_latency = Distribution::constant(250ms);
  scenario.resources[0].credentials.every = 55min;
  scenario.resources[0].credentials.jitter = 2min;

  const FinishedRun finished = run(scenario);

  const LogHistogram& overlap = finished.fleet().overlap.samples();
  CHECK(overlap.minimum() >= 5min - 250ms);
  CHECK(overlap.maximum() <= 7min - 250ms);
  const double error = 120 / std::sqrt(12.0) / std::sqrt(static_cast<double>(overlap.count()));
  CHECK(std::abs(overlap.mean_seconds() - (360 - 0.25)) < kErrors * error);
}

TEST_CASE("N instances that ask at one instant and retry every delta are served by delta * ceil((N - b)/(r delta))") {
  struct Herd {
    std::int64_t instances;
    std::int64_t rate;
    std::int64_t burst;
    Duration retry;
  };
  const auto herd = GENERATE(Herd{1000, 10, 50, 4s}, Herd{5000, 7, 100, 3s}, Herd{2500, 600, 601, 1s},
                             Herd{301, 3, 100, 33s}, Herd{100, 10, 100, 5s});
  Scenario scenario = small_scenario(herd.instances, 6h);
  scenario.accounts[0].regions[0].buckets[static_cast<std::size_t>(BucketKind::sts_service)] =
      TokenBucket::Options{.rate = {herd.rate, 1s}, .burst = herd.burst, .background = {}};
  AgentRetry& retry = scenario.resources[0].credentials.retry;
  retry = {.max_attempts = 100'000, .base = herd.retry, .cap = herd.retry, .jitter = AgentJitter::none, .interval = 1h};
  scenario.resources[0].credentials.lifetime = 12h;
  scenario.resources[0].credentials.every = 11h;

  const FinishedRun finished = run(scenario);

  const double waves = std::ceil(static_cast<double>(herd.instances - herd.burst) /
                                 (static_cast<double>(herd.rate) * seconds(herd.retry)));
  REQUIRE(finished.fleet().credentials_issued == static_cast<std::uint64_t>(herd.instances));
  CHECK(finished.fleet().first_credential.samples().maximum() == static_cast<std::int64_t>(waves) * herd.retry);
}

TEST_CASE("an STS outage of length L leaves a gap to the share min(1, (L - lead)/T) of evenly spread refreshes") {
  struct Outage {
    Duration length;
    Duration lead;
  };
  const auto outage = GENERATE(Outage{20min, 5min}, Outage{40min, 0min}, Outage{4min, 5min}, Outage{80min, 15min});
  constexpr double kInstances = kSanitized ? 2'000 : 20'000;
  const Duration period = 1h - outage.lead;
  Scenario scenario = small_scenario(static_cast<std::int64_t>(kInstances), 8h);
  Resource& fleet = scenario.resources[0];
  fleet.provisioning.start = Distribution::uniform(0s, period);
  fleet.credentials.every = period;
  fleet.credentials.retry = {
      .max_attempts = 1'000'000, .base = 1s, .cap = 1s, .jitter = AgentJitter::none, .interval = 1h};
  Fault fault;
  fault.name = "outage";
  fault.kind = FaultKind::sts_outage;
  fault.at = at(3h);
  fault.until = fault.at + outage.length;
  scenario.faults = {fault};

  const FinishedRun finished = run(scenario, 0, AuditLevel::aggregate);

  const double expected = std::min(1.0, std::max(0.0, seconds(outage.length - outage.lead)) / seconds(period));
  const double share = static_cast<double>(finished.fleet().instances_with_gap) / kInstances;
  // A retry each second sees the outage's end up to a second late, and half a second on average.
  const double bias = 1 / seconds(period);
  CHECK(std::abs(share - expected) <=
        binomial_tolerance(expected, kInstances) + (expected > 0 && expected < 1 ? bias : 0));
}

TEST_CASE("without waiting, always-on capacity rejects Erlang B's share of Poisson sessions") {
  constexpr int kServers = 20;
  Scenario scenario = small_scenario(kServers, 1000h);
  scenario.series_step = 1h;
  Resource& fleet = scenario.resources[0];
  fleet.role.reset();
  fleet.provisioning.boot = Distribution::exponential(10min);
  fleet.sessions = Sessions{.arrivals = {.kind = Arrivals::Kind::poisson, .rate = {18, 1h}},
                            .duration = Distribution::lognormal(40min, 3h),
                            .wait = Duration{}};
  const double load = 18 * (seconds(fleet.sessions->duration.mean()) + 600) / 3600;

  std::vector<double> shares;
  for (std::uint32_t replication = 0; replication < 24; ++replication) {
    const FinishedRun finished = run(scenario, replication, AuditLevel::aggregate);
    shares.push_back(static_cast<double>(finished.fleet().sessions_rejected) /
                     static_cast<double>(finished.fleet().sessions_arrived));
  }

  // The run starts empty, which matters for a few of its thousand hours.
  CHECK(std::abs(mean(shares) - erlang_b(kServers, load)) < kErrors * standard_error(shares) + 2e-4);
}

TEST_CASE("with endless waiting and instant replacement, Erlang C's share of sessions waits") {
  constexpr int kServers = 20;
  Scenario scenario = small_scenario(kServers, 2000h);
  scenario.series_step = 1h;
  Resource& fleet = scenario.resources[0];
  fleet.role.reset();
  fleet.sessions = Sessions{.arrivals = {.kind = Arrivals::Kind::poisson, .rate = {16, 1h}},
                            .duration = Distribution::exponential(1h),
                            .wait = std::nullopt};

  std::vector<double> shares;
  for (std::uint32_t replication = 0; replication < 24; ++replication) {
    const FinishedRun finished = run(scenario, replication);
    double waited = 0;
    double started = 0;
    for (const SessionRow& session : finished.rows.sessions) {
      if (session.started == kNever) continue;
      ++started;
      if (session.started > session.arrived) ++waited;
    }
    shares.push_back(waited / started);
  }

  CHECK(std::abs(mean(shares) - erlang_c(kServers, 16)) < kErrors * standard_error(shares) + 2e-3);
}
