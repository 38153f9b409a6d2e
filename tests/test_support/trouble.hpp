#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "credsim/random.hpp"

#include "test_support/small_scenario.hpp"

/// Random scenarios in which everything goes wrong that can: every kind of fault with every parameter that it has.
namespace credsim::test {

inline iam::PolicyDocument trusts_ec2_alone() {
  return policy(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
      "Principal": {"Service": ["ec2.amazonaws.com"]}, "Action": "sts:AssumeRole"}]})",
                iam::PolicyKind::trust);
}

/// Draws from `stream`, one after the other: a day's worth of trouble, with every way of waiting, holding and retrying.
class Trouble {
 public:
  explicit Trouble(RandomStream stream) : stream_(stream) {}

  bool one_in(std::uint64_t n) { return stream_.bits(next_++) % n == 0; }
  template <class T>
  T pick(std::initializer_list<T> choices) {
    return choices.begin()[stream_.bits(next_++) % choices.size()];
  }
  Duration between(Duration low, Duration high) { return Distribution::uniform(low, high).sample(stream_, next_++); }

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

  /// Each kind of fault in half of the scenarios, quotas on some of `buckets`.
  std::vector<Fault> faults(const char* service, std::initializer_list<BucketKind> buckets) {
    std::vector<Fault> faults;
    for (std::size_t i = 0; i < kFaultKinds; ++i) {
      if (one_in(2)) continue;
      Fault made = fault(static_cast<FaultKind>(i), between(0s, 7h), pick<Duration>({1min, 40min, 3h}));
      made.name = "fault " + std::to_string(faults.size());
      if (one_in(8)) made.until = kNever;
      made.share = 0.6;
      made.factor = pick({0.1, 3.0, 40.0});
      made.bucket = pick(buckets);
      made.rate = pick({Rate{0, 1s}, Rate{1, 1min}, Rate{7, 1s}});
      if (one_in(2)) made.burst = pick<std::int64_t>({1, 20});
      made.service = service;
      made.offset = pick<Duration>({-20min, 4min, 20min});
      made.trust_policy = one_in(2) ? trusts_ec2_alone() : guide_trust_policy();
      if (one_in(2)) made.policies = {allow_all()};
      made.propagation = Distribution::uniform(0s, 20min);
      add_scope(made.scope);
      faults.push_back(made);
    }
    return faults;
  }

  Sessions sessions() {
    Sessions sessions;
    sessions.arrivals.kind = Arrivals::Kind::poisson;
    sessions.arrivals.rate = {60, 1h};
    sessions.duration = Distribution::exponential(30min);
    sessions.wait = 10min;
    return sessions;
  }

 private:
  void add_scope(FaultScope& scope) {
    if (one_in(2)) scope.instances = 0.5;
    if (one_in(4)) scope.account = 0;
    if (one_in(4)) scope.region = "us-east-1";
    if (one_in(4)) scope.resource = 0;
    if (one_in(4)) scope.role = 0;
  }

  RandomStream stream_;
  std::uint64_t next_ = 0;
};

/// A fleet of 40 with three workloads whose calls are `action`, of `service`; no fault limits what that spends.
inline Scenario troubled_scenario(std::uint64_t seed, const std::string& action, const char* service) {
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
    fleet.sessions = trouble.sessions();
    if (trouble.one_in(2)) fleet.type = ResourceType::on_demand;
    fleet.on_demand_start = Distribution::uniform(1min, 2min);
  }
  for (const char* name : {"one", "two", "three"}) fleet.workloads.push_back(trouble.workload(name, action));
  scenario.faults =
      trouble.faults(service, {BucketKind::sts_service, BucketKind::sts_account, BucketKind::create_network_interface,
                               BucketKind::delete_network_interface});
  return scenario;
}

/// A cell of two Regions: that fleet, which is of any type, and a second fleet and an image builder in the other
/// Region, into which the first one calls. Some buckets have limits, and faults limit any.
inline Scenario troubled_cell(std::uint64_t seed) {
  Scenario scenario = troubled_scenario(seed, "ec2:DescribeInstances", "ec2");
  Trouble trouble(RandomStream::root(seed, 1));
  std::vector<Region>& regions = scenario.accounts[0].regions;
  regions.push_back(regions[0]);
  regions[1].name = "eu-west-1";
  for (Region& region : regions)
    for (auto& bucket : region.buckets)
      if (trouble.one_in(3)) bucket = TokenBucket::Options{.rate = {1, 1min}, .burst = 20, .background = {}};
  regions[1].network_interfaces = 30;
  Resource second = scenario.resources[0];
  Resource& first = scenario.resources[0];
  if (trouble.one_in(3)) {
    first.type = ResourceType::elastic;
    first.instances = 0;
    first.max_concurrent = 20;
    first.sessions = trouble.sessions();
  }
  first.workloads[1].region = 1;
  second.name = "second";
  second.region = 1;
  for (Workload& workload : second.workloads) workload.region = 1;
  second.workloads[0].calls.action = "s3:GetObject";
  scenario.resources.push_back(second);
  Resource builder = second;
  builder.name = "builder";
  builder.type = ResourceType::image_builder;
  builder.instances = 1;
  builder.sessions.reset();
  builder.stop_start = {{.stop = at(trouble.between(0s, 3h)), .start = at(trouble.between(3h, 7h))}};
  scenario.resources.push_back(builder);
  scenario.faults =
      trouble.faults("ec2", {BucketKind::sts_service, BucketKind::sts_account, BucketKind::describe_instances,
                             BucketKind::create_network_interface, BucketKind::delete_network_interface});
  return scenario;
}

}  // namespace credsim::test
