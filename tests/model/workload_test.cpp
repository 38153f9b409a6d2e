#include <cmath>

#include "test_support/catch.hpp"
#include "test_support/small_scenario.hpp"

namespace {

using namespace credsim;
using namespace credsim::test;

Scenario calling_scenario(Workload workload, Duration duration = 1h, std::int64_t instances = 1) {
  Scenario scenario = small_scenario(instances, duration);
  scenario.resources[0].credentials.every = 55min;
  scenario.resources[0].workloads = {std::move(workload)};
  return scenario;
}

std::uint64_t failures(const FinishedRun& finished, Reason reason) {
  return count(finished.workload().call_failures, reason);
}

}  // namespace

TEST_CASE("a call is decided in the order of the model: the first reason that applies is the one recorded") {
  Scenario scenario = calling_scenario(small_workload("call", Distribution::constant(10min), true), 1h);
  Resource& fleet = scenario.resources[0];
  Workload& workload = fleet.workloads[0];
  // Everything is wrong at once; each step takes the uppermost fault away.
  scenario.accounts[0].regions[0].buckets[static_cast<std::size_t>(BucketKind::describe_instances)] =
      TokenBucket::Options{.rate = {0, 1s}, .burst = 1, .background = {}};
  workload.calls.action = "ec2:DescribeInstances";
  scenario.faults = {fault(FaultKind::service_outage, 0s, 2h), fault(FaultKind::network_outage, 0s, 2h)};
  scenario.faults[0].service = "ec2";
  scenario.faults[1].name = "network";
  scenario.roles[0].policies.clear();
  fleet.provisioning.agent.delay = Distribution::constant(30min);
  fleet.credentials.lifetime = 5min;
  fleet.credentials.every = 2h;
  workload.client = {.tool = ClientTool::powershell, .version = Version{3, 3, 563, 0}, .sdk_version = {}};
  workload.profile.reset();

  const auto reason = [&] { return run(scenario).rows.failures.back().reason; };
  CHECK(reason() == Reason::client_too_old);
  workload.client.version = kFirstPowerShellVersion;
  CHECK(reason() == Reason::profile_not_specified);
  workload.profile = "default";
  CHECK(reason() == Reason::profile_not_specified);
  workload.profile = "appstream_machine_role";
  CHECK(reason() == Reason::no_credentials);
  fleet.provisioning.agent.delay = {};
  CHECK(reason() == Reason::expired_token);  // it sees that when it signs
  fleet.credentials.lifetime = 1h;
  CHECK(reason() == Reason::network_unavailable);
  scenario.faults[1].until = at(1min);
  scenario.faults.push_back(fault(FaultKind::clock_skew, 0s, 2h));
  scenario.faults[2].name = "clock";
  scenario.faults[2].offset = -16min;
  CHECK(reason() == Reason::clock_skewed);
  scenario.faults.pop_back();
  CHECK(reason() == Reason::access_denied);  // the only token was there
  Workload earlier = workload;
  earlier.name = "earlier";
  earlier.calls.interval = Distribution::constant(5min);
  fleet.workloads.push_back(earlier);
  CHECK(reason() == Reason::throttled);
  fleet.workloads.pop_back();
  scenario.roles[0].policies = {allow_all()};
  CHECK(reason() == Reason::service_unavailable);
  scenario.faults.clear();
  CHECK(run(scenario).rows.failures.empty());
}

TEST_CASE("a script's first call on an instance is counted once, with the network that it met") {
  Scenario scenario = calling_scenario(small_workload("call", Distribution::constant(10s), false), 10min);
  scenario.resources[0].instances = 7;
  scenario.faults.push_back(
      {.name = "restart", .kind = FaultKind::mass_restart, .at = kSimulationStart + 5min, .place = {}});
  SECTION("ready") {
    const FinishedRun finished = run(scenario);
    CHECK(finished.workload().attempts > 7 * 50);
    CHECK(finished.workload().first_calls == 7);
    CHECK(finished.workload().first_calls_without_network == 0);
  }
  SECTION("missing") {
    scenario.resources[0].provisioning.eni.delay = Distribution::constant(11s);
    const FinishedRun finished = run(scenario);
    CHECK(finished.workload().first_calls == 7);
    CHECK(finished.workload().first_calls_without_network == 7);
  }
}

TEST_CASE("calls come one draw after the one before was made, however long the attempts take") {
  Scenario scenario = calling_scenario(small_workload("call", Distribution::constant(10s), false), 61s);
  scenario.resources[0].workloads[0].latency = Distribution::constant(25s);
  const FinishedRun finished = run(scenario);
  CHECK(finished.workload().attempts == 6);
  CHECK(finished.workload().calls_succeeded == 3);  // those of 40, 50 and 60 s are still in flight
}

TEST_CASE("legacy and standard retries lose the race that the SDKs' numbers say they lose") {
  // A network that is never there: the mean time until the client gives up, summed by hand.
  struct Mode {
    RetryMode mode;
    std::uint32_t attempts;
    double mean_seconds;
    double max_seconds;
  };
  const auto mode = GENERATE(Mode{RetryMode::legacy, 5, 7.5, 15}, Mode{RetryMode::standard, 3, 1.5, 3},
                             Mode{RetryMode::standard_2026, 3, 0.075, 0.15}, Mode{RetryMode::legacy, 10, 255.5, 511},
                             Mode{RetryMode::standard, 10, 55.5, 111});
  constexpr std::int64_t kInstances = 20'000;
  Scenario scenario = calling_scenario(small_workload("call", Distribution::constant(0s), true), 1h, kInstances);
  scenario.resources[0].provisioning.eni.delay = Distribution::constant(2h);
  scenario.resources[0].workloads[0].retry = {.mode = mode.mode, .max_attempts = mode.attempts};
  scenario.resources[0].workloads[0].calls.interval = Distribution::constant(1s);

  const FinishedRun finished = run(scenario);

  double sum = 0, squares = 0, longest = 0;
  for (const FailureRow& row : finished.rows.failures) {
    const double gave_up = std::chrono::duration<double>(row.at - at(1s)).count();
    sum += gave_up;
    squares += gave_up * gave_up;
    longest = std::max(longest, gave_up);
    REQUIRE(row.attempts == mode.attempts);
  }
  REQUIRE(finished.rows.failures.size() == kInstances);
  const double mean = sum / kInstances;
  const double error = std::sqrt((squares / kInstances - mean * mean) / kInstances);
  CHECK(std::abs(mean - mode.mean_seconds) < 4.5 * error);
  CHECK(longest <= mode.max_seconds);
}

TEST_CASE("N simultaneous unfiltered DescribeInstances fail as often as an independent simulation says") {
  // Bucket 50 and 10/s; the figures are those of a small simulation that is not ours, as shares of the calls.
  struct Storm {
    std::int64_t calls;
    RetryMode mode;
    std::uint32_t attempts;
    double failed;
    double tolerance;
  };
  const auto storm =
      GENERATE(Storm{100, RetryMode::none, 1, 0.50, 0.001}, Storm{100, RetryMode::standard, 3, 0.24, 0.02},
               Storm{100, RetryMode::legacy, 5, 0.008, 0.008}, Storm{1000, RetryMode::standard, 3, 0.92, 0.01},
               Storm{1000, RetryMode::legacy, 5, 0.81, 0.01}, Storm{5000, RetryMode::legacy, 5, 0.96, 0.01});
  Scenario scenario = calling_scenario(small_workload("call", Distribution::constant(1s), true), 1h, storm.calls);
  Workload& workload = scenario.resources[0].workloads[0];
  workload.calls.action = "ec2:DescribeInstances";
  workload.retry = {.mode = storm.mode, .max_attempts = storm.attempts};
  scenario.accounts[0].regions[0].buckets[static_cast<std::size_t>(BucketKind::describe_instances)] =
      TokenBucket::Options{.rate = {10, 1s}, .burst = 50, .background = {}};
  double failed = 0;
  constexpr std::uint32_t kReplications = 20;
  for (std::uint32_t replication = 0; replication < kReplications; ++replication)
    failed += static_cast<double>(failures(run(scenario, replication), Reason::throttled));
  CHECK(std::abs(failed / kReplications / static_cast<double>(storm.calls) - storm.failed) <= storm.tolerance);
}

TEST_CASE("the standard mode's retry quota of a long-lived client runs dry, that of a process per call does not") {
  Workload workload = small_workload("call", Distribution::constant(1min), false);
  workload.retry = {.mode = RetryMode::standard, .max_attempts = 3};
  Scenario scenario = calling_scenario(workload, 2h + 1us);
  scenario.resources[0].provisioning.eni.delay = Distribution::constant(5h);

  // Two retries of five tokens for each failed call: 500 tokens last for fifty calls.
  CHECK(run(scenario).workload().attempts == 50 * 3 + 70);
  scenario.resources[0].workloads[0].client.tool = ClientTool::aws_cli;
  CHECK(run(scenario).workload().attempts == 119 * 3 + 1);
}

TEST_CASE("an adaptive client slows down after throttles, a standard one does not") {
  Workload workload = small_workload("call", Distribution::constant(100ms), false);
  workload.calls.action = "ec2:DescribeInstances";
  workload.retry = {.mode = RetryMode::adaptive, .max_attempts = 3};
  Scenario scenario = calling_scenario(workload, 10min);
  scenario.accounts[0].regions[0].buckets[static_cast<std::size_t>(BucketKind::describe_instances)] =
      TokenBucket::Options{.rate = {2, 1s}, .burst = 2, .background = {}};
  const auto adaptive = run(scenario).workload().attempts;
  scenario.resources[0].workloads[0].retry.mode = RetryMode::standard;
  const auto standard = run(scenario).workload().attempts;
  CHECK(standard > 5'900);
  CHECK(adaptive < standard / 2);
  CHECK(adaptive > 600);
}

TEST_CASE("a polling script starts at the first look that finds the network, or at its time-out") {
  Workload workload = small_workload("call", Distribution::constant(1s), true);
  workload.wait = {.kind = NetworkWait::Kind::poll, .fixed = {}, .interval = 7s, .timeout = 1min};
  Scenario scenario = calling_scenario(workload, 1h);
  scenario.resources[0].provisioning.eni.delay = Distribution::constant(100s);
  FinishedRun finished = run(scenario);
  REQUIRE(finished.rows.failures.size() == 1);
  CHECK(finished.rows.failures[0].at == at(61s));

  scenario.resources[0].workloads[0].wait.timeout = 5min;
  scenario.faults = {fault(FaultKind::sts_outage, 0s, 106s)};  // a call before 106 s would fail for want of credentials
  scenario.resources[0].credentials.retry = {
      .max_attempts = 1000, .base = 1s, .cap = 1s, .jitter = AgentJitter::none, .interval = 1min};
  finished = run(scenario);
  CHECK(finished.workload().calls_succeeded == 1);  // looks at 98 and 105 s, calls at 106 s
  scenario.faults[0].until = at(106s) + 1us;
  CHECK(failures(run(scenario), Reason::no_credentials) == 1);
}

TEST_CASE("a fast failure share of the attempts without a network fail at once, the others after the connect timeout") {
  Workload workload = small_workload("call", Distribution::constant(1s), true);
  workload.fast_failures = 0.25;
  Scenario scenario = calling_scenario(workload, 30s, 10'000);
  scenario.resources[0].provisioning.eni.delay = Distribution::constant(1h);
  const auto within_30_s = static_cast<double>(failures(run(scenario), Reason::network_unavailable));
  CHECK(std::abs(within_30_s / 10'000 - 0.25) < 4.5 * std::sqrt(0.25 * 0.75 / 10'000));
  scenario.duration = 62s;
  CHECK(failures(run(scenario), Reason::network_unavailable) == 10'000);
}

TEST_CASE("aws:SourceIp is the egress address of the instance, and never that of its interface") {
  Scenario scenario = calling_scenario(small_workload("call", Distribution::constant(1min), true), 1h, 300);
  Resource& fleet = scenario.resources[0];
  // Three addresses that the instances take in turn; the policy names one of them, and the interfaces' addresses.
  fleet.subnets = {{.base = 10U << 24, .prefix_bits = 20, .place = {}}};
  fleet.egress = {{.base = 203U << 24 | 113U << 8 | 6, .prefix_bits = 31},
                  {.base = 198U << 24 | 51U << 16 | 100U << 8}};
  scenario.roles[0].policies = {policy(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*",
      "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.7", "10.0.0.0/8"]}}}]})",
                                       iam::PolicyKind::identity)};
  const FinishedRun finished = run(scenario);
  CHECK(finished.workload().calls_succeeded == 100);
  CHECK(failures(finished, Reason::access_denied) == 200);

  fleet.vpc_endpoint = "vpce-1";
  CHECK(failures(run(scenario), Reason::access_denied) == 300);
}

TEST_CASE("aws:VpcSourceIp is the address of the interface, behind a VPC endpoint only") {
  Scenario scenario = calling_scenario(small_workload("call", Distribution::constant(1min), true), 1h, 300);
  Resource& fleet = scenario.resources[0];
  // Two subnets that fill evenly; the policy names the first.
  fleet.subnets = {{.base = 10U << 24 | 1U << 8, .prefix_bits = 24, .place = {}},
                   {.base = 10U << 24 | 2U << 8, .prefix_bits = 24, .place = {}}};
  scenario.roles[0].policies = {policy(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*",
      "Resource": "*", "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.1.0/24"}}}]})",
                                       iam::PolicyKind::identity)};
  fleet.vpc_endpoint = "vpce-1";
  const FinishedRun finished = run(scenario);
  CHECK(finished.workload().calls_succeeded == 150);
  CHECK(failures(finished, Reason::access_denied) == 150);

  fleet.vpc_endpoint.reset();
  CHECK(failures(run(scenario), Reason::access_denied) == 300);
}

TEST_CASE("revoked sessions are denied until each instance's next rotation") {
  Scenario scenario = calling_scenario(small_workload("call", Distribution::constant(10min), false), 90min);
  scenario.faults = {fault(FaultKind::sessions_revoked, 25min, 1min)};
  const FinishedRun finished = run(scenario);
  CHECK(failures(finished, Reason::access_denied) == 3);  // 30, 40 and 50 min; the next credential is of 55
  CHECK(finished.workload().calls_succeeded == 5);
}

TEST_CASE("what makes STS fail for the agent makes it fail for scripts that call STS") {
  Workload identity = small_workload("identity", Distribution::constant(10min), false);
  identity.calls.action = "sts:GetCallerIdentity";
  Scenario scenario = calling_scenario(identity, 50min + 1us);
  scenario.faults = {fault(FaultKind::sts_outage, 15min, 20min)};
  const FinishedRun finished = run(scenario);
  CHECK(failures(finished, Reason::service_unavailable) == 2);
  CHECK(finished.workload().calls_succeeded == 3);
}

TEST_CASE("a restart draws the interval to the next call anew, so that calls stay as frequent as they were") {
  constexpr double kInstances = 5'000;
  Scenario scenario = calling_scenario(small_workload("call", Distribution::exponential(10min), false), 40min, 5'000);
  scenario.faults = {fault(FaultKind::mass_restart, 20min, 1min)};
  const FinishedRun finished = run(scenario);
  CHECK(std::abs(static_cast<double>(finished.workload().attempts) - 4 * kInstances) < 4.5 * std::sqrt(4 * kInstances));
}

TEST_CASE("a service outage with a share fails that share of the attempts on that service only") {
  Workload storage = small_workload("storage", Distribution::constant(1s), true);
  Workload computing = small_workload("computing", Distribution::constant(1s), true);
  computing.calls.action = "EC2:DescribeImages";
  Scenario scenario = calling_scenario(storage, 1min, 10'000);
  scenario.resources[0].workloads.push_back(computing);
  scenario.faults = {fault(FaultKind::service_outage, 0s, 1min)};
  scenario.faults[0].service = "ec2";
  scenario.faults[0].share = 0.3;
  const FinishedRun finished = run(scenario);
  CHECK(finished.workload(0).calls_succeeded == 10'000);
  const auto failed = static_cast<double>(count(finished.workload(1).call_failures, Reason::service_unavailable));
  CHECK(std::abs(failed / 10'000 - 0.3) < 4.5 * std::sqrt(0.3 * 0.7 / 10'000));
}
