#include "test_support/catch.hpp"
#include "test_support/small_scenario.hpp"

namespace {

using namespace credsim;
using namespace credsim::test;

Scenario rotating_scenario(std::int64_t instances, Duration duration, Duration lead) {
  Scenario scenario = small_scenario(instances, duration);
  scenario.resources[0].credentials.every = 1h - lead;
  scenario.resources[0].credentials.retry = {
      .max_attempts = 3, .base = 10s, .cap = 1min, .jitter = AgentJitter::none, .interval = 5min};
  return scenario;
}

}  // namespace

TEST_CASE("credentials are issued every hour less the lead, and the run's end is not part of the run") {
  const FinishedRun finished = run(rotating_scenario(1, 165min, 5min));

  REQUIRE(finished.rows.credentials.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(finished.rows.credentials[i].sequence == i + 1);
    CHECK(finished.rows.credentials[i].issued == at(static_cast<std::int64_t>(i) * 55min));
    CHECK(finished.rows.credentials[i].expires == finished.rows.credentials[i].issued + 1h);
  }
}

TEST_CASE("an AssumeRole in flight at the end of the run issues nothing") {
  Scenario scenario = rotating_scenario(1, 1h, 0s);
  scenario.accounts[0].regions[0].sts_latency = Distribution::constant(1h);

  const FinishedRun finished = run(scenario);

  CHECK(finished.fleet().assume_role_successes == 1);
  CHECK(finished.rows.credentials.empty());
}

TEST_CASE("a refresh series backs off, gives up after its attempts, and starts again after the interval") {
  Scenario scenario = rotating_scenario(1, 40min, 5min);
  scenario.faults = {fault(FaultKind::sts_outage, 0s, 6min)};

  const FinishedRun finished = run(scenario);

  // 0 s, +10 s, +20 s; five minutes after the third, which is at 5 min 30 s; +10 s, +20 s: the outage is over.
  std::vector<SimTime> times;
  for (const FailureRow& row : finished.rows.failures) times.push_back(row.at);
  CHECK(times == std::vector<SimTime>{at(0s), at(10s), at(30s), at(330s), at(340s)});
  REQUIRE(finished.rows.credentials.size() == 1);
  CHECK(finished.rows.credentials[0].issued == at(360s));
  CHECK(finished.rows.credentials[0].requested == at(0s));
  CHECK(finished.rows.credentials[0].attempts == 6);
}

TEST_CASE("an outage is in force from its start until just before its end") {
  Scenario scenario = rotating_scenario(1, 10min, 5min);
  scenario.resources[0].provisioning.agent.delay = Distribution::constant(1min);

  scenario.faults = {fault(FaultKind::sts_outage, 1min, 1s)};
  CHECK(run(scenario).rows.failures.size() == 1);
  scenario.faults = {fault(FaultKind::sts_outage, 30s, 30s)};
  CHECK(run(scenario).rows.failures.empty());
  scenario.faults = {fault(FaultKind::sts_outage, 30s, 30s + 1us)};
  CHECK(run(scenario).rows.failures.size() == 1);
}

TEST_CASE("a gap lasts from the expiry to the next credential, and one that the run cuts off is open") {
  Scenario scenario = rotating_scenario(1, 3h, 0s);
  scenario.faults = {fault(FaultKind::sts_outage, 50min, 21min)};
  const FinishedRun mended = run(scenario);
  REQUIRE(mended.rows.gaps.size() >= 1);
  CHECK(mended.rows.gaps[0].opened == at(60min));
  CHECK(mended.rows.gaps[0].closed == mended.rows.credentials[1].issued);
  CHECK_FALSE(mended.rows.gaps[0].open);
  CHECK(mended.rows.gaps[0].sequence == 1);

  scenario.faults = {fault(FaultKind::sts_outage, 50min, 10h)};
  const FinishedRun cut = run(scenario);
  REQUIRE(cut.rows.gaps.size() == 1);
  CHECK(cut.rows.gaps[0].open);
  CHECK(cut.rows.gaps[0].closed == at(3h));
  CHECK(cut.fleet().instances_with_gap == 1);
}

TEST_CASE("rotation at expiry with no delay at all has neither gap nor overlap") {
  const FinishedRun finished = run(rotating_scenario(1, 10h, 0s));
  CHECK(finished.fleet().gap.samples().count() == 0);
  CHECK(finished.fleet().overlap.samples().count() == 0);
}

TEST_CASE("prerequisites refuse without retry in the series, each with its reason, and spend the token") {
  Scenario scenario = rotating_scenario(1, 4min, 0s);
  auto& bucket = scenario.accounts[0].regions[0].buckets[static_cast<std::size_t>(BucketKind::sts_service)];
  bucket = TokenBucket::Options{.rate = {0, 1s}, .burst = 1, .background = {}};
  Reason expected{};
  SECTION("a role of another account") {
    scenario.roles[0].account = "999999999999";
    expected = Reason::role_in_other_account;
  }
  SECTION("a service role") {
    scenario.roles[0].kind = RoleKind::service_role;
    expected = Reason::service_role;
  }
  SECTION("an agent from the day before") {
    scenario.images = {{.name = "old", .agent_released = kFirstAgentWithRoles - std::chrono::days{1}, .place = {}}};
    scenario.resources[0].image = 0;
    expected = Reason::agent_too_old;
  }
  SECTION("a trust policy without the service") {
    scenario.roles[0].trust_policy = policy(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})",
                                            iam::PolicyKind::trust);
    expected = Reason::trust_policy_denies;
  }

  const FinishedRun first = run(scenario);
  REQUIRE(first.rows.failures.size() == 1);
  CHECK(first.rows.failures[0].reason == expected);

  scenario.duration = 6min;
  const FinishedRun both = run(scenario);
  REQUIRE(both.rows.failures.size() == 4);
  CHECK(both.rows.failures[1].at == at(5min));
  CHECK(both.rows.failures[1].reason == Reason::throttled);
}

TEST_CASE("an agent from the first release with roles is recent enough") {
  Scenario scenario = rotating_scenario(1, 4min, 0s);
  scenario.images = {{.name = "first", .agent_released = kFirstAgentWithRoles, .place = {}}};
  scenario.resources[0].image = 0;
  CHECK(run(scenario).fleet().credentials_issued == 1);
}

TEST_CASE("a mended trust policy mends at the next attempt, and a broken one lets the old credential live on") {
  Scenario scenario = rotating_scenario(1, 3h, 5min);
  Fault edit = fault(FaultKind::trust_policy_changed, 30min, 90min);
  edit.trust_policy = policy(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Deny",
      "Principal": {"Service": "appstream.amazonaws.com"}, "Action": "sts:*"}]})",
                             iam::PolicyKind::trust);
  scenario.faults = {edit};
  scenario.resources[0].workloads = {small_workload("call", Distribution::constant(59min), true)};

  const FinishedRun finished = run(scenario);

  CHECK(finished.workload().calls_succeeded == 1);
  REQUIRE(finished.rows.credentials.size() >= 2);
  CHECK(finished.rows.credentials[1].requested == at(55min));
  CHECK(finished.rows.credentials[1].issued == at(120min));  // every five minutes since 55
  REQUIRE(finished.rows.gaps.size() == 1);
  CHECK(finished.rows.gaps[0].closed - finished.rows.gaps[0].opened == 60min);
}

TEST_CASE("a trust policy edit reaches each instance after its own propagation") {
  Scenario scenario = rotating_scenario(2'000, 90min, 5min);
  scenario.resources[0].provisioning.start = Distribution::uniform(0s, 20min);
  Fault edit = fault(FaultKind::trust_policy_changed, 60min, 10h);
  edit.trust_policy = policy(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
      "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})",
                             iam::PolicyKind::trust);
  edit.propagation = Distribution::uniform(0s, 10min);
  scenario.faults = {edit};

  const FinishedRun finished = run(scenario);

  // Rotations come evenly between 55 and 75 min; in the 10 minutes after the edit half of them still get through.
  std::size_t before = 0, during = 0, after = 0;
  for (const CredentialRow& row : finished.rows.credentials) {
    if (row.sequence != 2) continue;
    ++(row.issued < at(60min) ? before : row.issued < at(70min) ? during : after);
  }
  CHECK(before > 400);
  CHECK((during > 400 && during < 600));
  CHECK(after == 0);
}

TEST_CASE("a deleted role answers role_not_found, and calls with earlier credentials are denied") {
  Scenario scenario = rotating_scenario(1, 70min, 5min);
  scenario.faults = {fault(FaultKind::role_deleted, 30min, 10h)};
  scenario.resources[0].workloads = {small_workload("call", Distribution::constant(20min), false)};

  const FinishedRun finished = run(scenario);

  CHECK(count(finished.fleet().assume_role_failures, Reason::role_not_found) == 3);  // 55, 60, 65 min
  CHECK(finished.workload().calls_succeeded == 1);
  CHECK(count(finished.workload().call_failures, Reason::access_denied) == 1);  // 40 min; at 60 it has expired
  CHECK(count(finished.workload().call_failures, Reason::expired_token) == 1);
}

TEST_CASE("attempts that a paused agent owes are made at the end of the pause, in the order in which they were due") {
  Scenario scenario = rotating_scenario(50, 2h, 5min);
  scenario.resources[0].provisioning.start = Distribution::uniform(0s, 20min);
  scenario.accounts[0].regions[0].buckets[static_cast<std::size_t>(BucketKind::sts_service)] =
      TokenBucket::Options{.rate = {1, 1h}, .burst = 60, .background = {}};
  scenario.faults = {fault(FaultKind::agent_paused, 54min, 30min)};

  const FinishedRun finished = run(scenario);

  // Ten tokens are left after the first fifty credentials: the ten that were due first get them.
  SimTime last_served = kSimulationStart;
  std::vector<SimTime> first_issued(50, kNever);
  std::size_t served = 0;
  for (const CredentialRow& row : finished.rows.credentials) {
    const auto instance = static_cast<std::size_t>(row.instance);
    if (row.sequence == 1) first_issued[instance] = row.issued;
    if (row.sequence == 2 && row.issued == at(84min)) {
      ++served;
      last_served = std::max(last_served, first_issued[instance]);
    }
  }
  CHECK(served >= 10);
  std::size_t earlier = 0;
  for (const SimTime issued : first_issued) earlier += issued <= last_served ? 1U : 0U;
  CHECK(earlier == served);
}

TEST_CASE("a clock that is fast makes the agent rotate so much earlier") {
  Scenario scenario = rotating_scenario(1, 2h, 5min);
  Fault skew = fault(FaultKind::clock_skew, 0s, 10h);
  skew.offset = 3min;
  scenario.faults = {skew};
  const FinishedRun finished = run(scenario);
  REQUIRE(finished.rows.credentials.size() >= 2);
  CHECK(finished.rows.credentials[1].issued == at(52min));
}

TEST_CASE("the agents' attempts spend the bucket that the fleet says, together with scripts if that is the account's") {
  Scenario scenario = small_scenario(10, 30s);
  auto& buckets = scenario.accounts[0].regions[0].buckets;
  buckets[static_cast<std::size_t>(BucketKind::sts_account)] =
      TokenBucket::Options{.rate = {1, 1h}, .burst = 7, .background = {}};
  Resource& fleet = scenario.resources[0];
  CHECK(run(scenario).fleet().credentials_issued == 10);

  fleet.credentials.assume_role_spends = BucketKind::sts_account;
  FinishedRun finished = run(scenario);
  CHECK(finished.fleet().credentials_issued == 7);
  CHECK(count(finished.fleet().assume_role_failures, Reason::throttled) > 0);

  // The agents have taken all seven tokens: nothing is left for the scripts of those that have a credential.
  fleet.workloads = {small_workload("whoami", Distribution::constant(1s), true)};
  fleet.workloads[0].calls.action = "sts:GetCallerIdentity";
  finished = run(scenario);
  CHECK(count(finished.workload().call_failures, Reason::throttled) == 7);
  fleet.credentials.assume_role_spends = BucketKind::sts_service;
  finished = run(scenario);
  CHECK(finished.workload().calls_succeeded == 7);
}

TEST_CASE("in a herd of one microsecond low numbers win the tokens") {
  Scenario scenario = rotating_scenario(100, 1s, 5min);
  scenario.accounts[0].regions[0].buckets[static_cast<std::size_t>(BucketKind::sts_service)] =
      TokenBucket::Options{.rate = {1, 1h}, .burst = 7, .background = {}};
  const FinishedRun finished = run(scenario);
  REQUIRE(finished.rows.credentials.size() == 7);
  for (const CredentialRow& row : finished.rows.credentials) CHECK(static_cast<std::uint64_t>(row.instance) < 7);
}

TEST_CASE("a trust policy that looks at the time is asked anew at each attempt") {
  Scenario scenario = rotating_scenario(1, 4h, 5min);
  scenario.roles[0].trust_policy = policy(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
      "Principal": {"Service": "appstream.amazonaws.com"}, "Action": "sts:AssumeRole",
      "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-01-05T01:00:00Z"}}}]})",
                                          iam::PolicyKind::trust);

  const FinishedRun finished = run(scenario);

  CHECK(finished.rows.credentials.size() == 2);  // at 0 and 55 min
  CHECK(count(finished.fleet().assume_role_failures, Reason::trust_policy_denies) > 10);
}
