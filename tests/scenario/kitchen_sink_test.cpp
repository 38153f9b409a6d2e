// Checks what is read from kitchen_sink.yaml, which uses every key.

#include <filesystem>
#include <string>

#include "credsim/scenario_reader.hpp"

#include "test_support/catch.hpp"

namespace {

using namespace credsim;
using namespace std::chrono_literals;

const std::string kPath = std::string(CREDSIM_SOURCE_DIR) + "/tests/scenario/kitchen_sink.yaml";

const Scenario& kitchen_sink() {
  static const ReadResult result = read_scenario(kPath);
  std::string messages;
  for (const Diagnostic& diagnostic : result.diagnostics) messages += diagnostic.text() + "\n";
  INFO(messages);
  REQUIRE(result.scenario);
  return *result.scenario;
}

const TokenBucket::Options& bucket(const Region& region, BucketKind kind) {
  const auto& options = region.buckets[static_cast<std::size_t>(kind)];
  REQUIRE(options);
  return *options;
}

SimTime at(Duration since_start) {
  return kSimulationStart + since_start;
}

TEST_CASE("kitchen sink: the run") {
  const Scenario& scenario = kitchen_sink();
  CHECK(scenario.name == "kitchen-sink");
  CHECK(scenario.description == "Every key of a scenario.");
  CHECK(scenario.start == std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 8h + 30min);
  CHECK(scenario.duration == 36h);
  CHECK(scenario.seed == 42);
  CHECK(scenario.series_step == 30s);
  CHECK(scenario.warm_up == 90min);
  CHECK(scenario.path == kPath);
  CHECK(scenario.yaml.find("name: kitchen-sink") != std::string::npos);
  CHECK(scenario.parameters == "{}");
}

TEST_CASE("kitchen sink: accounts") {
  const Scenario& scenario = kitchen_sink();
  REQUIRE(scenario.accounts.size() == 2);
  CHECK(scenario.accounts[0].id == "123456789012");
  CHECK(scenario.accounts[0].place.line == 10);
  REQUIRE(scenario.accounts[0].regions.size() == 2);
  const Region& region = scenario.accounts[0].regions[0];
  CHECK(region.name == "us-east-1");
  CHECK(bucket(region, BucketKind::sts_service).rate == Rate{50, 1s});
  CHECK(bucket(region, BucketKind::sts_service).burst == 75);
  CHECK(bucket(region, BucketKind::sts_account).background == Rate{50, 1s});
  CHECK(bucket(region, BucketKind::describe_instances).rate == Rate{1, 10s});
  CHECK(bucket(region, BucketKind::describe_instances).burst == 1);
  CHECK(bucket(region, BucketKind::describe_instances_filtered).rate == Rate{5, 2s});
  CHECK(bucket(region, BucketKind::describe_instances_filtered).burst == 3);
  CHECK_FALSE(region.buckets[static_cast<std::size_t>(BucketKind::create_network_interface)]);
  CHECK(region.sts_latency.mean() == 80ms);
  CHECK(bucket(region, BucketKind::delete_network_interface).rate == Rate{4, 1s});
  CHECK(bucket(region, BucketKind::delete_network_interface).burst == 90);
  CHECK(region.network_interfaces == 8000);
  CHECK(region.appstream.fleets == 30);
  CHECK(region.appstream.image_builders == 20);
  CHECK(region.appstream.instance_quota(InstanceQuotaKind::fleet_instances, "stream.standard.medium") == 500);
  CHECK(region.appstream.instance_quota(InstanceQuotaKind::fleet_instances, "stream.compute.large") == 0);
  CHECK_FALSE(region.appstream.instance_quota(InstanceQuotaKind::image_builder_instances, "stream.standard.medium"));
  CHECK(region.appstream.instance_quota(InstanceQuotaKind::elastic_sessions, "stream.standard.large") == 40);
  REQUIRE(region.service_control_policies.size() == 1);
  CHECK(region.service_control_policies[0].name.empty());
  CHECK(region.service_control_policies[0].policies.size() == 1);
  const auto& levels = scenario.accounts[0].regions[1].service_control_policies;
  REQUIRE(levels.size() == 2);
  CHECK((levels[0].name == "root" && levels[0].policies.size() == 1));
  CHECK((levels[1].name == "design" && levels[1].policies.size() == 2));
}

TEST_CASE("kitchen sink: roles and images") {
  const Scenario& scenario = kitchen_sink();
  REQUIRE(scenario.roles.size() == 3);
  const Role& role = scenario.roles[0];
  CHECK(role.arn() == "arn:aws:iam::123456789012:role/fleets/Machine");
  CHECK(role.kind == RoleKind::service_role);
  REQUIRE(role.trust_policy);
  CHECK(role.trust_policy->mentions("aws:SourceAccount"));
  CHECK(role.trust_policy_place.line == 40);
  CHECK(role.policies.size() == 2);
  REQUIRE(role.policy_places.size() == 2);
  CHECK(role.policy_places[0].line == 47);
  CHECK(role.policy_places[1].line == 30);  // an alias stands where its anchor does
  CHECK(role.permissions_boundary);
  REQUIRE(role.tags.size() == 3);
  CHECK(role.tags[1] == std::pair<std::string, std::string>{"cost centre", "0815"});
  CHECK(role.max_session_duration == 2h);
  CHECK_FALSE(scenario.roles[1].trust_policy);
  CHECK(scenario.roles[2].kind == RoleKind::service_linked_role);
  CHECK(scenario.images[0].agent_released == std::chrono::sys_days{std::chrono::year{2024} / 5 / 1});
}

TEST_CASE("kitchen sink: a fleet") {
  const Resource& fleet = kitchen_sink().resources[0];
  CHECK(fleet.name == "eng");
  CHECK(fleet.type == ResourceType::on_demand);
  CHECK(fleet.instance_type == "stream.standard.medium");
  CHECK(fleet.image == 0);
  CHECK(fleet.role == 0);
  REQUIRE(fleet.role_changes.size() == 2);
  CHECK(fleet.role_changes[0].at == at(2h));
  CHECK(fleet.role_changes[0].role == 2);
  CHECK(fleet.role_changes[1].at == at(4h));
  CHECK_FALSE(fleet.role_changes[1].role);
  REQUIRE(fleet.subnets.size() == 2);
  CHECK(fleet.subnets[0].base == 0x0A00'0000U);
  CHECK(fleet.subnets[1].base == 0xC0A8'0710U);
  CHECK(fleet.subnets[1].prefix_bits == 28);
  CHECK(fleet.default_internet_access);
  CHECK(fleet.vpc_endpoint == "vpce-0123456789abcdef0");
  REQUIRE(fleet.egress.size() == 2);
  CHECK(fleet.egress[0].cidr() == "203.0.113.0/28");
  CHECK(fleet.egress[1].cidr() == "198.51.100.7/32");
  CHECK(fleet.instances == 50);
  CHECK(fleet.provisioning.start.quantile(0.5) == 10min);
  CHECK_FALSE(fleet.provisioning.steady);
  CHECK_FALSE(fleet.provisioning.agent.after_boot);
  CHECK(fleet.provisioning.agent.delay.mean() == 13s);
  CHECK(fleet.provisioning.eni.after_boot);
  CHECK(fleet.provisioning.eni.delay.mean() == 30s);
  CHECK(fleet.provisioning.retry_interval == 90s);
  CHECK(fleet.on_demand_start.quantile(0.5) == 75s);
  CHECK(fleet.place.line == 57);
  CHECK(fleet.role_place.line == 63);
}

TEST_CASE("kitchen sink: rotation") {
  const CredentialRotation& rotation = kitchen_sink().resources[0].credentials;
  CHECK(rotation.assume_role_spends == BucketKind::sts_account);
  CHECK(rotation.lifetime == 2h);
  CHECK(rotation.every == 110min);
  CHECK(rotation.jitter == 30s);
  CHECK(rotation.retry.max_attempts == 4);
  CHECK(rotation.retry.base == 2s);
  CHECK(rotation.retry.cap == 30s);
  CHECK(rotation.retry.jitter == AgentJitter::decorrelated);
  CHECK(rotation.retry.interval == 45s);
  CHECK(kitchen_sink().resources[1].credentials.every == 50min);
}

TEST_CASE("kitchen sink: sessions and scaling") {
  const Scenario& scenario = kitchen_sink();
  const Resource& stepped = scenario.resources[0];
  REQUIRE(stepped.sessions);
  CHECK(stepped.sessions->arrivals.kind == Arrivals::Kind::per_hour);
  CHECK(stepped.sessions->arrivals.per_hour == std::vector<double>{40, 900.5, 0});
  CHECK(stepped.sessions->arrivals.daily);
  CHECK(stepped.sessions->duration.quantile(0.5) == 2h);
  CHECK_FALSE(stepped.sessions->wait);
  REQUIRE(stepped.scaling);
  CHECK(stepped.scaling->min == 20);
  CHECK(stepped.scaling->max == 200);
  REQUIRE(stepped.scaling->steps.size() == 2);
  const ScalingStep& out = stepped.scaling->steps[0];
  CHECK((out.above && out.bound == 0.75 && out.change == 25 && out.relative && out.cooldown == 2min));
  const ScalingStep& in = stepped.scaling->steps[1];
  CHECK((!in.above && in.bound == 0.25 && in.change == -1 && !in.relative && in.cooldown == 5min));

  const Resource& pool = scenario.resources[1];
  CHECK(pool.type == ResourceType::elastic);
  CHECK(pool.max_concurrent == 300);
  CHECK(pool.instances == 0);
  CHECK(pool.role == 1);
  CHECK(pool.sessions->arrivals.rate == Rate{40, 1h});
  CHECK(pool.sessions->wait == 5min);

  const Resource& tracked = scenario.resources[2];
  CHECK(tracked.instances == 5);
  CHECK(tracked.scaling->target_utilisation == 0.75);
  CHECK(tracked.sessions->arrivals.times == std::vector<SimTime>{at(90s), at(90min), at(2h)});
  CHECK(tracked.sessions->wait == 0s);

  const std::vector<ScheduledScaling>& schedule = scenario.resources[3].scaling->schedule;
  REQUIRE(schedule.size() == 2);
  CHECK((schedule[0].at == at(30min) && schedule[0].min == 10 && schedule[0].max == 20));
  CHECK(schedule[1].at == at(10h));
}

TEST_CASE("kitchen sink: workloads") {
  const std::vector<Workload>& workloads = kitchen_sink().resources[0].workloads;
  REQUIRE(workloads.size() == 2);
  const Workload& login = workloads[0];
  CHECK(login.name == "login-script");
  CHECK(login.client.tool == ClientTool::powershell);
  CHECK(login.client.version == Version{3, 3, 563, 1});
  CHECK(login.client.sdk_version == Version{3, 3, 103, 0});
  CHECK(login.profile == "appstream_machine_role");
  CHECK(login.region == 1);
  CHECK(login.credentials == CredentialUse::until_expiry);
  CHECK(login.starts == WorkloadStart::session_start);
  CHECK(login.wait.kind == NetworkWait::Kind::poll);
  CHECK((login.wait.interval == 1s && login.wait.timeout == 60s));
  CHECK(login.calls.action == "ec2:DescribeInstances");
  CHECK(login.calls.filtered);
  CHECK_FALSE(login.calls.once);
  CHECK(login.calls.interval.mean() == 10min);
  CHECK(login.retry.mode == RetryMode::adaptive);
  CHECK(login.retry.max_attempts == 7);
  CHECK(login.fast_failures == 0.5);
  CHECK(login.connect_timeout == 20s);
  REQUIRE(login.latency);
  CHECK(login.latency->mean() == 150ms);

  const Workload& service = workloads[1];
  CHECK(service.starts == WorkloadStart::provision);
  CHECK(service.wait.kind == NetworkWait::Kind::fixed);
  CHECK(service.wait.fixed.minimum() == 5s);
  CHECK(service.calls.once);
  CHECK(service.calls.resource == "arn:aws:s3:::bucket/*");
  CHECK(service.retry.mode == RetryMode::none);
  CHECK(service.retry.max_attempts == 1);
}

TEST_CASE("kitchen sink: a workload's request context comes before its fleet's, and that before the account's") {
  const Resource& pool = kitchen_sink().resources[1];
  const auto value = [](const std::vector<iam::RequestContext::Entry>& entries, const std::string& key) {
    for (const iam::RequestContext::Entry& entry : entries) {
      if (entry.key != key) continue;
      std::string text = entry.multivalued ? "list" : "one";
      for (const std::string& one : entry.values) text += " " + one;
      return text;
    }
    return std::string("not given");
  };
  CHECK(value(pool.request_context, "aws:principalorgid") == "one o-abc123");
  CHECK(value(pool.request_context, "aws:resourceorgid") == "one o-other");
  CHECK(value(pool.request_context, "s3:prefix") == "one");
  CHECK(value(pool.request_context, "aws:tagkeys") == "not given");
  REQUIRE(pool.workloads.size() == 1);
  const Workload& read = pool.workloads[0];
  CHECK(value(read.request_context, "aws:principalorgid") == "one o-abc123");
  CHECK(value(read.request_context, "aws:resourceorgid") == "one o-other");
  CHECK(value(read.request_context, "aws:tagkeys") == "list team 7");
  CHECK(value(read.request_context, "s3:prefix") == "one absent");
  CHECK(read.calls.resource_policy);
  CHECK_FALSE(read.calls.role);
  CHECK(value(kitchen_sink().resources.back().request_context, "aws:sourcevpc") == "one vpc-1");
}

TEST_CASE("kitchen sink: an image builder") {
  const Resource& builder = kitchen_sink().resources.back();
  CHECK(builder.type == ResourceType::image_builder);
  CHECK(builder.instances == 1);
  CHECK(builder.region == 1);
  CHECK(builder.instance_type == "stream.memory.z1d.large");
  CHECK(builder.provisioning.steady);
  CHECK((builder.provisioning.eni.after_boot && builder.provisioning.eni.delay.mean() == 0s));
  CHECK(builder.egress.size() == 1);
  CHECK(builder.on_demand_start.mean() == 90s);
  CHECK(builder.workloads.back().calls.session_duration == 30min);
  REQUIRE(builder.stop_start.size() == 2);
  CHECK((builder.stop_start[0].stop == at(2h) && builder.stop_start[0].start == at(3h)));
  CHECK((builder.stop_start[1].stop == at(4h) && builder.stop_start[1].start == at(5h)));
}

TEST_CASE("kitchen sink: faults of every kind") {
  const std::vector<Fault>& faults = kitchen_sink().faults;
  REQUIRE(faults.size() == kFaultKinds);
  for (std::size_t i = 0; i < kFaultKinds; ++i) CHECK(faults[i].kind == static_cast<FaultKind>(i));
  const auto fault = [&faults](FaultKind kind) { return faults[static_cast<std::size_t>(kind)]; };

  CHECK((faults[0].at == at(3h) && faults[0].until == at(200min)));
  CHECK((faults[0].scope.account == 0 && faults[0].scope.region == "us-east-1"));
  CHECK(fault(FaultKind::sts_error_rate).share == 0.05);
  CHECK(fault(FaultKind::sts_error_rate).until == kNever);
  CHECK(fault(FaultKind::sts_latency).factor == 4);
  CHECK(fault(FaultKind::eni_delay).factor == 2.5);
  CHECK(fault(FaultKind::quota).bucket == BucketKind::sts_account);
  CHECK((fault(FaultKind::quota).rate == Rate{100, 1s} && fault(FaultKind::quota).burst == 10));
  CHECK(fault(FaultKind::background_load).bucket == BucketKind::describe_instances);
  CHECK_FALSE(fault(FaultKind::background_load).burst);
  CHECK((fault(FaultKind::network_outage).scope.resource == 0 &&
         fault(FaultKind::network_outage).scope.instances == 0.25));
  CHECK((fault(FaultKind::service_outage).service == "ec2" && fault(FaultKind::service_outage).share == 0.5));
  CHECK(fault(FaultKind::instance_loss).share == 0.1);
  CHECK(fault(FaultKind::clock_skew).offset == -5min);
  CHECK(fault(FaultKind::role_deleted).scope.role == 2);
  CHECK(fault(FaultKind::trust_policy_changed).scope.role == 1);
  CHECK(fault(FaultKind::trust_policy_changed).trust_policy);
  CHECK(fault(FaultKind::trust_policy_changed).propagation.quantile(0.5) == 5s);
  CHECK(fault(FaultKind::permissions_changed).policies.empty());
  CHECK((fault(FaultKind::sessions_revoked).at == at(5h) && fault(FaultKind::sessions_revoked).until == kNever));
}

TEST_CASE("kitchen sink: thresholds") {
  const std::vector<Threshold>& thresholds = kitchen_sink().thresholds;
  REQUIRE(thresholds.size() == 4);
  CHECK(thresholds[0].value == 0.001);
  CHECK(thresholds[1].selector.size() == 2);
  CHECK(thresholds[1].statistic == "p99");
  CHECK(thresholds[1].value == 300);
  CHECK(thresholds[2].place.line > 0);
  CHECK(thresholds[3].selector[0].second == "sts.account 123456789012/us-east-1");
}

}  // namespace
