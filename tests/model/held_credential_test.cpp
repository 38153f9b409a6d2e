#include "test_support/catch.hpp"
#include "test_support/small_scenario.hpp"

namespace {

using namespace credsim;
using namespace credsim::test;

constexpr std::array kTools{ClientTool::aws_cli, ClientTool::powershell, ClientTool::boto3, ClientTool::javascript,
                            ClientTool::ruby,    ClientTool::go,         ClientTool::java};

/// One instance with a credential from 0 on, and a client that is made a second later and calls each minute after that.
Scenario holding(ClientTool tool, CredentialUse use, Duration duration) {
  Workload workload = small_workload("call", Distribution::constant(1min), false);
  workload.client.tool = tool;
  workload.credentials = use;
  workload.wait.kind = NetworkWait::Kind::fixed;
  workload.wait.fixed = Distribution::constant(1s);
  Scenario scenario = small_scenario(1, duration);
  scenario.resources[0].credentials.every = 55min;
  scenario.resources[0].workloads = {std::move(workload)};
  return scenario;
}

/// The rotation that is due at 50 minutes comes at 70: credentials live in [0, 60) and [70, 130) minutes.
Scenario late_rotation(ClientTool tool, CredentialUse use) {
  Scenario scenario = holding(tool, use, 120min);
  scenario.faults = {fault(FaultKind::sts_outage, 50min, 20min)};
  scenario.resources[0].credentials.retry = {
      .max_attempts = 1000, .base = 30s, .cap = 30s, .jitter = AgentJitter::none, .interval = 1min};
  return scenario;
}

std::uint64_t failed_calls(const FinishedRun& finished, Reason reason) {
  return count(finished.workload().call_failures, reason);
}

std::uint64_t all_failed_calls(const FinishedRun& finished) {
  std::uint64_t sum = 0;
  for (const std::uint64_t each : finished.workload().call_failures) sum += each;
  return sum;
}

}  // namespace

TEST_CASE(
    "a lead inside a client's refresh window loses no call: it uses the unexpired credential that it gets again") {
  for (const ClientTool tool : kTools) {
    CAPTURE(static_cast<int>(tool));
    for (const Duration lead : {0min, 1min, 5min, 10min, 16min}) {
      Scenario scenario = holding(tool, CredentialUse::refreshing, 6h);
      scenario.resources[0].credentials.every = 1h - lead;
      CHECK(all_failed_calls(run(scenario)) == 0);
    }
  }
}

TEST_CASE("a refreshing client runs the helper at each call inside its tool's window") {
  struct Case {
    ClientTool tool;
    std::uint64_t made;    // runs when the client is made, or at its first call
    std::uint64_t window;  // minutes before the expiry, each with a call
    std::uint64_t a_call;  // runs for each of those calls
  };
  // The set of 0 to 60 minutes is renewed at 55: calls come a second after each minute.
  for (const Case& each : {Case{ClientTool::boto3, 1, 15, 1}, Case{ClientTool::powershell, 1, 15, 1},
                           Case{ClientTool::javascript, 1, 5, 2}, Case{ClientTool::ruby, 1, 5, 1},
                           Case{ClientTool::go, 1, 0, 0}, Case{ClientTool::java, 1, 0, 0}}) {
    CAPTURE(static_cast<int>(each.tool));
    const FinishedRun finished = run(holding(each.tool, CredentialUse::refreshing, 55min));
    const std::uint64_t calls_in_window = each.window > 5 ? each.window - 5 : 0;
    CHECK(finished.workload().helper_runs == each.made + calls_in_window * each.a_call);
  }
}

TEST_CASE("JavaScript asks the helper a second time for a call only if the first answer is in its window too") {
  // A lead of 3 minutes: inside the window are the calls of 55 and 56 min + 1 s, with two runs each, and that of 57 min
  // + 1 s, which finds the new set.
  Scenario scenario = holding(ClientTool::javascript, CredentialUse::refreshing, 60min);
  scenario.resources[0].credentials.every = 57min;
  CHECK(run(scenario).workload().helper_runs == 1 + 2 * 2 + 1);
}

TEST_CASE("a new client of botocore runs the helper once more for an attempt that it signs inside the window") {
  Scenario scenario = holding(ClientTool::aws_cli, CredentialUse::per_call, 55min);
  const FinishedRun calm = run(scenario);
  CHECK(calm.workload().helper_runs == 54 + 10);  // calls at 1 … 54 min; ten of them after 45
  // Three attempts of each call in the window: 1 + 3 runs.
  scenario.resources[0].workloads[0].retry = {RetryMode::standard_2026, 3};
  scenario.faults = {fault(FaultKind::service_outage, 45min, 2h)};
  scenario.faults[0].service = "s3";
  CHECK(run(scenario).workload().helper_runs == 54 + 3 * 10);
  scenario.resources[0].workloads[0].client.tool = ClientTool::powershell;
  CHECK(run(scenario).workload().helper_runs == 54 + 2 * 10);
}

TEST_CASE("a rotation that comes ten minutes late costs the calls of those minutes, at the client or at AWS") {
  // Ten calls, 60 min + 1 s to 69 min + 1 s, meet an expired credential.
  for (const ClientTool tool : kTools) {
    CAPTURE(static_cast<int>(tool));
    const bool sends = tool == ClientTool::ruby || tool == ClientTool::go || tool == ClientTool::java;
    for (const CredentialUse use : {CredentialUse::per_call, CredentialUse::until_expiry, CredentialUse::refreshing}) {
      const FinishedRun finished = run(late_rotation(tool, use));
      const Reason reason = !sends && use == CredentialUse::refreshing ? Reason::refresh_failed : Reason::expired_token;
      CHECK(failed_calls(finished, reason) == 10);
      CHECK(all_failed_calls(finished) == 10);
      CHECK(finished.workload().attempts == finished.workload().calls_succeeded + (sends ? 10 : 0));
    }
    const FinishedRun once = run(late_rotation(tool, CredentialUse::once));
    CHECK(failed_calls(once, Reason::expired_token) == 60);  // nothing works after an hour, ever
    CHECK(once.workload().attempts == 119);
  }
}

TEST_CASE("an expired set fails before the network is tried, unless it is one that never changes") {
  for (const CredentialUse use : {CredentialUse::refreshing, CredentialUse::once}) {
    Scenario scenario = late_rotation(ClientTool::boto3, use);
    scenario.faults.push_back(fault(FaultKind::network_outage, 60min, 10min));
    scenario.faults.back().name = "network";
    const FinishedRun finished = run(scenario);
    const bool is_static = use == CredentialUse::once;
    CHECK(failed_calls(finished, Reason::refresh_failed) == (is_static ? 0 : 10));
    CHECK(failed_calls(finished, Reason::network_unavailable) == (is_static ? 10 : 0));
  }
}

TEST_CASE("what fails at signing has made no attempt and is not retried") {
  Scenario scenario = late_rotation(ClientTool::boto3, CredentialUse::refreshing);
  scenario.resources[0].workloads[0].retry = {RetryMode::legacy, 5};
  const FinishedRun finished = run(scenario);
  REQUIRE(failed_calls(finished, Reason::refresh_failed) == 10);
  for (const FailureRow& row : finished.rows.failures)
    if (row.operation == FailureRow::Operation::call) CHECK(row.attempts == 0);
}

TEST_CASE("Ruby asks the helper when AWS says that its set has expired, and tries again") {
  Scenario scenario = late_rotation(ClientTool::ruby, CredentialUse::refreshing);
  scenario.resources[0].workloads[0].retry = {RetryMode::legacy, 4};
  const FinishedRun finished = run(scenario);
  // 0.3 + 0.6 + 1.2 s later the helper has nothing newer yet.
  CHECK(failed_calls(finished, Reason::expired_token) == 10);
  CHECK(finished.workload().attempts == finished.workload().calls_succeeded + 40);
}

TEST_CASE("a client that is made before the profile is there never finds it, and one that is made anew does") {
  struct Case {
    ClientTool tool;
    CredentialUse use;
    bool finds_it;
  };
  for (const Case& each :
       {Case{ClientTool::boto3, CredentialUse::refreshing, false},
        Case{ClientTool::boto3, CredentialUse::until_expiry, false},
        Case{ClientTool::boto3, CredentialUse::once, false}, Case{ClientTool::boto3, CredentialUse::per_call, true},
        Case{ClientTool::aws_cli, CredentialUse::per_call, true},
        Case{ClientTool::powershell, CredentialUse::refreshing, false},
        Case{ClientTool::ruby, CredentialUse::refreshing, false},
        Case{ClientTool::go, CredentialUse::refreshing, false},
        Case{ClientTool::javascript, CredentialUse::refreshing, true},
        Case{ClientTool::java, CredentialUse::refreshing, true}, Case{ClientTool::java, CredentialUse::once, false}}) {
    CAPTURE(static_cast<int>(each.tool), static_cast<int>(each.use));
    Scenario scenario = holding(each.tool, each.use, 10min);
    scenario.resources[0].provisioning.agent.delay = Distribution::constant(150s);
    const FinishedRun finished = run(scenario);
    // Calls at 1 … 9 min + 1 s; two of them before the profile.
    CHECK(failed_calls(finished, Reason::no_credentials) == (each.finds_it ? 2 : 9));
    CHECK(all_failed_calls(finished) == failed_calls(finished, Reason::no_credentials));
    CHECK(finished.workload().attempts == finished.workload().calls_succeeded);
    if (!each.finds_it) CHECK(finished.workload().helper_runs == 0);
  }
}

TEST_CASE("a process that found no credential starts anew after restarts_after, until it finds one") {
  for (const char* action : {"s3:GetObject", "ec2:DescribeInstances"}) {
    CAPTURE(action);
    Scenario scenario = holding(ClientTool::boto3, CredentialUse::refreshing, 10min);
    Workload& workload = scenario.resources[0].workloads[0];
    workload.calls.action = action;
    workload.restarts_after = 70s;
    scenario.resources[0].provisioning.agent.delay = Distribution::constant(150s);
    const FinishedRun finished = run(scenario);
    // Made at 1, 71 and 141 s in vain, with a call at 61, 131 and 201 s; at 211 s it finds one, and calls from 271 s
    // on.
    CHECK(failed_calls(finished, Reason::no_credentials) == 3);
    CHECK(finished.workload().calls_succeeded == 6);
    CHECK(finished.workload().helper_runs == 1);
  }
}

TEST_CASE("the first call on an instance is counted once, also of a process that starts anew before it") {
  for (const char* action : {"s3:GetObject", "ec2:DescribeInstances"}) {
    CAPTURE(action);
    Scenario scenario = holding(ClientTool::boto3, CredentialUse::refreshing, 10min);
    Workload& workload = scenario.resources[0].workloads[0];
    workload.calls.action = action;
    workload.restarts_after = 30s;
    scenario.resources[0].provisioning.agent.delay = Distribution::constant(150s);
    CHECK(run(scenario).workload().first_calls == 1);
    workload.restarts_after.reset();
    scenario.resources[0].provisioning.agent.delay = Distribution::constant(0s);
    scenario.faults = {fault(FaultKind::mass_restart, 30s, 1s)};
    CHECK(run(scenario).workload().first_calls == 1);
  }
}

TEST_CASE("a helper that fails costs calls inside the mandatory window only") {
  // For the whole of the second hour's end: a set of [55, 115) min, renewed at 110.
  struct Case {
    ClientTool tool;
    std::uint64_t lost;
  };
  for (const Case& each : {Case{ClientTool::boto3, 5}, Case{ClientTool::javascript, 0}, Case{ClientTool::java, 0}}) {
    CAPTURE(static_cast<int>(each.tool));
    Scenario scenario = holding(each.tool, CredentialUse::refreshing, 2h);
    scenario.faults = {fault(FaultKind::helper_failure, 98min, 12min)};
    const FinishedRun finished = run(scenario);
    // botocore's window of 10 minutes begins at 105: calls of 105 … 109 min + 1 s.
    CHECK(failed_calls(finished, Reason::refresh_failed) == each.lost);
    CHECK(all_failed_calls(finished) == each.lost);
  }
}

TEST_CASE("JavaScript reads once more than it makes attempts, until it has a set that is not due") {
  // Sets of [0, 60) and [60, 120) min: calls at 55 … 59 min + 1 s read twice; that of 60 min + 1 s gets the next set.
  Scenario scenario = holding(ClientTool::javascript, CredentialUse::refreshing, 70min);
  scenario.resources[0].credentials.every = 1h;
  CHECK(run(scenario).workload().helper_runs == 1 + 5 * 2 + 1);
  // Made when its only set has expired, it reads once a call.
  scenario = late_rotation(ClientTool::javascript, CredentialUse::refreshing);
  scenario.duration = 70min;
  scenario.resources[0].workloads[0].wait.fixed = Distribution::constant(62min + 1s);
  const FinishedRun finished = run(scenario);
  CHECK(failed_calls(finished, Reason::refresh_failed) == 7);
  CHECK(finished.workload().helper_runs == 7);
}

TEST_CASE("a new client whose helper fails runs it once, and its later attempts fall back on what it has") {
  // Calls at 1 … 54 min + 1 s; the helper fails from 46 min on, inside botocore's window.
  Scenario scenario = holding(ClientTool::aws_cli, CredentialUse::per_call, 55min);
  scenario.faults = {fault(FaultKind::helper_failure, 46min, 1h)};
  const FinishedRun fails = run(scenario);
  CHECK(failed_calls(fails, Reason::refresh_failed) == 9);
  CHECK(fails.workload().helper_runs == 45 + 1 + 9);
  // It begins to fail between two attempts of the call at 46 min + 1 s, which has its set.
  scenario.duration = 47min;
  scenario.faults = {fault(FaultKind::helper_failure, 46min + 2s, 1h), fault(FaultKind::network_outage, 46min, 5s)};
  scenario.faults[1].name = "network";
  Workload& workload = scenario.resources[0].workloads[0];
  workload.client.tool = ClientTool::boto3;
  workload.fast_failures = 0;
  workload.connect_timeout = 5s;
  workload.retry = {RetryMode::standard_2026, 2};
  const FinishedRun falls_back = run(scenario);
  CHECK(all_failed_calls(falls_back) == 0);
  CHECK(falls_back.workload().helper_runs == 45 + 1 + 3);
}

TEST_CASE("a new client whose helper fails runs it once, and its call fails however long its set lives") {
  for (const ClientTool tool : {ClientTool::aws_cli, ClientTool::powershell, ClientTool::boto3}) {
    CAPTURE(static_cast<int>(tool));
    Scenario scenario = holding(tool, CredentialUse::per_call, 55min);
    scenario.faults = {fault(FaultKind::helper_failure, 40min, 1h)};
    const FinishedRun finished = run(scenario);
    CHECK(failed_calls(finished, Reason::refresh_failed) == 15);
    CHECK(finished.workload().helper_runs == 54);
  }
}

TEST_CASE("an attempt that is not its call's first needs a helper that works inside the mandatory window only") {
  // Every attempt fails at S3, so each call has a second one, and the helper fails from between the two on.
  struct Case {
    Duration call;
    std::uint64_t attempts;
  };
  for (const Case& each : {Case{46min, 2}, Case{51min, 1}}) {
    CAPTURE(each.call.count());
    Scenario scenario = holding(ClientTool::boto3, CredentialUse::per_call, 54min);
    Workload& workload = scenario.resources[0].workloads[0];
    workload.calls.interval = Distribution::constant(each.call);
    workload.calls.once = true;
    workload.retry = {RetryMode::legacy, 2};
    workload.latency = Distribution::constant(1s);
    scenario.faults = {fault(FaultKind::service_outage, 0s, 1h),
                       fault(FaultKind::helper_failure, each.call + 1500ms, 1h)};
    scenario.faults[0].service = "s3";
    scenario.faults[1].name = "helper";
    CHECK(run(scenario).workload().attempts == each.attempts);
  }
}

TEST_CASE("a clock that is off by more than AWS allows costs botocore every call and the others one attempt") {
  for (const ClientTool tool : kTools) {
    CAPTURE(static_cast<int>(tool));
    const bool corrects = tool != ClientTool::aws_cli && tool != ClientTool::boto3;
    for (const Duration offset : {-16min, 16min}) {
      Scenario scenario = holding(tool, CredentialUse::per_call, 30min);
      scenario.resources[0].workloads[0].retry = {RetryMode::standard_2026, 3};
      scenario.faults = {fault(FaultKind::clock_skew, 10min, 10min)};
      scenario.faults[0].offset = offset;
      const FinishedRun finished = run(scenario);
      CHECK(failed_calls(finished, Reason::clock_skewed) == (corrects ? 0 : 10));
      // One attempt more as the fault begins, and one as it ends.
      CHECK(finished.workload().attempts == 29 + (corrects ? 2 : 0));
    }
  }
}

TEST_CASE("EC2 and S3 take a signature that is 15 minutes off, other services one of 5") {
  struct Case {
    const char* action;
    Duration offset;
    bool taken;
  };
  for (const Case& each :
       {Case{"s3:GetObject", 15min, true}, Case{"s3:GetObject", -15min, true}, Case{"s3:GetObject", 15min + 1us, false},
        Case{"EC2:DescribeInstances", 15min, true}, Case{"ec2:DescribeInstances", -15min - 1us, false},
        Case{"sts:GetCallerIdentity", 5min, true}, Case{"sts:GetCallerIdentity", 5min + 1us, false},
        Case{"dynamodb:GetItem", -5min - 1us, false}}) {
    CAPTURE(each.action, each.offset.count());
    Scenario scenario = holding(ClientTool::boto3, CredentialUse::per_call, 10min);
    scenario.resources[0].workloads[0].calls.action = each.action;
    scenario.faults = {fault(FaultKind::clock_skew, 0s, 1h)};
    scenario.faults[0].offset = each.offset;
    CHECK(all_failed_calls(run(scenario)) == (each.taken ? 0 : 9));
  }
}

TEST_CASE("a connect that waits goes on at the first packet that finds a path") {
  struct Case {
    Duration opens;    // after the attempt began
    Duration timeout;  // of the client
    bool succeeds;
  };
  for (const char* action : {"s3:GetObject", "ec2:DescribeInstances"}) {
    for (const Case& each :
         {Case{1s, 60s, true}, Case{10s, 15s, false}, Case{10s, 15s + 1us, true}, Case{31s, 60s, true},
          Case{31s + 1us, 60s, false}, Case{63s, 134s, true}, Case{63s + 1us, 134s, false}}) {
      CAPTURE(action, each.opens.count(), each.timeout.count());
      Scenario scenario = holding(ClientTool::boto3, CredentialUse::per_call, 5min);
      Workload& workload = scenario.resources[0].workloads[0];
      workload.calls.action = action;
      workload.calls.once = true;
      workload.fast_failures = 0;
      workload.connect_timeout = each.timeout;
      scenario.resources[0].provisioning.eni.delay = Distribution::constant(61s + each.opens);
      const FinishedRun finished = run(scenario);
      CHECK(finished.workload().calls_succeeded == (each.succeeds ? 1 : 0));
      CHECK(failed_calls(finished, Reason::network_unavailable) == (each.succeeds ? 0 : 1));
      CHECK(finished.workload().attempts == 1);
    }
  }
}
