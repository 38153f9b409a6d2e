// Holds the defaults to MODEL.md, "Defaults": what a scenario leaves out is filled in so.

#include <string>

#include "credsim/scenario_reader.hpp"

#include "scenario/scratch_folder.hpp"
#include "test_support/catch.hpp"

namespace {

using namespace credsim;
using namespace std::chrono_literals;

Scenario shortest(const std::string& client) {
  const test::ScratchFolder folder;
  const ReadResult result = read_scenario(folder.write("shortest.yaml", R"(
version: 1
name: shortest
start: 2026-01-05T00:00:00Z
duration: 1h
accounts: [{id: "123456789012", regions: [{name: us-east-1}]}]
fleets:
  - name: eng
    account: "123456789012"
    region: us-east-1
    type: always_on
    subnets: [10.0.0.0/24]
    instances: 3
    sessions: {arrivals: {poisson: 1/h}, duration: 1h}
    workloads: [{name: w, client: {tool: )" + client + R"(}, calls: {action: "ec2:DescribeInstances", every: 1m}}]
)"));
  REQUIRE(result.scenario);
  return *result.scenario;
}

TEST_CASE("defaults of a Region") {
  const Scenario scenario = shortest("boto3");
  const Region& region = scenario.accounts[0].regions[0];
  const auto has = [&region](BucketKind kind, std::int64_t rate, std::int64_t burst) {
    const auto& bucket = region.buckets[static_cast<std::size_t>(kind)];
    return bucket && bucket->rate == Rate{rate, 1s} && bucket->burst == burst && bucket->background.tokens == 0;
  };
  CHECK_FALSE(region.buckets[static_cast<std::size_t>(BucketKind::sts_service)]);
  CHECK(has(BucketKind::sts_account, 600, 600));
  CHECK(has(BucketKind::describe_instances, 10, 50));
  CHECK(has(BucketKind::describe_instances_filtered, 20, 100));
  CHECK(has(BucketKind::create_network_interface, 5, 100));
  CHECK(has(BucketKind::delete_network_interface, 5, 100));
  CHECK(region.network_interfaces == 5000);
  CHECK((region.appstream.fleets == 10 && region.appstream.image_builders == 10));
  CHECK(region.sts_latency.quantile(0.5) == 60ms);
  CHECK(region.sts_latency.quantile(0.99) == 400ms);
}

TEST_CASE("a type of instance that the scenario gives no quota for has the one that AWS documents, if it does") {
  AppStreamQuotas quotas;
  const auto quota = [&quotas](InstanceQuotaKind kind, std::string_view type) {
    return quotas.instance_quota(kind, type);
  };
  CHECK(quota(InstanceQuotaKind::fleet_instances, "stream.standard.medium") == 50);
  CHECK(quota(InstanceQuotaKind::fleet_instances, "stream.compute.large") == 5);
  CHECK(quota(InstanceQuotaKind::image_builder_instances, "stream.compute.large") == 3);
  CHECK(quota(InstanceQuotaKind::elastic_sessions, "stream.standard.large") == 5);
  CHECK(quota(InstanceQuotaKind::fleet_instances, "stream.graphics-design.large") == 3);
  CHECK(quota(InstanceQuotaKind::fleet_instances, "stream.graphics.g4dn.xlarge") == 0);
  CHECK_FALSE(quota(InstanceQuotaKind::elastic_sessions, "stream.compute.large"));
  CHECK_FALSE(quota(InstanceQuotaKind::fleet_instances, "stream.standard.gigantic"));

  quotas.instances[0].given = {{"stream.compute.large", 400}};
  CHECK(quota(InstanceQuotaKind::fleet_instances, "stream.compute.large") == 400);
  CHECK(quota(InstanceQuotaKind::fleet_instances, "stream.compute.xlarge") == 2);
  CHECK(quota(InstanceQuotaKind::image_builder_instances, "stream.compute.large") == 3);
  quotas.instances[0].unlimited = true;
  CHECK_FALSE(quota(InstanceQuotaKind::fleet_instances, "stream.compute.xlarge"));
}

TEST_CASE("defaults of a fleet") {
  const Scenario scenario = shortest("boto3");
  CHECK(scenario.seed == 1);
  CHECK(scenario.series_step == 60s);
  CHECK(scenario.warm_up == 0s);
  const Resource& fleet = scenario.resources[0];
  CHECK_FALSE(fleet.instance_type);
  CHECK_FALSE(fleet.image);
  CHECK_FALSE(fleet.role);
  CHECK_FALSE(fleet.default_internet_access);
  CHECK_FALSE(fleet.vpc_endpoint);
  CHECK(fleet.provisioning.start.mean() == 0s);
  CHECK((fleet.provisioning.boot.quantile(0.25) == 750s && fleet.provisioning.boot.quantile(0.75) == 1050s));
  CHECK(fleet.provisioning.agent.after_boot);
  CHECK(fleet.provisioning.agent.delay.quantile(0.5) == 5s);
  CHECK(fleet.provisioning.agent.delay.quantile(0.99) == 30s);
  CHECK(fleet.provisioning.eni.after_boot);
  CHECK(fleet.provisioning.eni.delay.quantile(0.5) == 20s);
  CHECK(fleet.provisioning.eni.delay.quantile(0.99) == 150s);
  CHECK(fleet.provisioning.retry_interval == 60s);
  CHECK((fleet.on_demand_start.quantile(0.25) == 75s && fleet.on_demand_start.quantile(0.75) == 105s));
  CHECK((fleet.credentials.lifetime == 1h && fleet.credentials.every == 1h && fleet.credentials.jitter == 0s));
  CHECK(fleet.credentials.assume_role_spends == BucketKind::sts_service);
  const AgentRetry& retry = fleet.credentials.retry;
  CHECK((retry.max_attempts == 5 && retry.base == 1s && retry.cap == 60s && retry.interval == 60s));
  CHECK(retry.jitter == AgentJitter::full);
  REQUIRE(fleet.sessions);
  CHECK(fleet.sessions->wait == 0s);
}

TEST_CASE("defaults of a workload, by its tool") {
  struct Case {
    std::string tool;
    CredentialUse credentials;
    Duration connect_timeout;
  };
  for (const Case& expected :
       {Case{"aws_cli", CredentialUse::per_call, 60s}, Case{"powershell", CredentialUse::per_call, 21s},
        Case{"boto3", CredentialUse::refreshing, 60s}, Case{"javascript", CredentialUse::refreshing, 134s},
        Case{"ruby", CredentialUse::refreshing, 15s}, Case{"go", CredentialUse::refreshing, 30s},
        Case{"java", CredentialUse::refreshing, 2s}}) {
    CAPTURE(expected.tool);
    const Scenario scenario = shortest(expected.tool);
    const Workload& workload = scenario.resources[0].workloads[0];
    CHECK(workload.credentials == expected.credentials);
    CHECK(workload.retry.mode == RetryMode::standard_2026);
    CHECK(workload.retry.max_attempts == 3);
    CHECK_FALSE(workload.profile);
    CHECK_FALSE(workload.restarts_after);
    CHECK(workload.starts == WorkloadStart::boot);
    CHECK(workload.wait.kind == NetworkWait::Kind::none);
    CHECK(workload.calls.resource == "*");
    CHECK_FALSE(workload.calls.filtered);
    CHECK(workload.fast_failures == 0.8);
    CHECK(workload.connect_timeout == expected.connect_timeout);
    CHECK_FALSE(workload.latency);
  }
}

TEST_CASE("the retry mode is that of the client's version") {
  struct Case {
    std::string client;
    RetryMode mode;
    std::uint32_t attempts;
  };
  for (const Case& expected : {Case{"boto3, version: 1.43.99", RetryMode::legacy, 5},
                               Case{"boto3, version: 1.44", RetryMode::standard_2026, 3},
                               Case{"aws_cli, version: 1.45.11", RetryMode::legacy, 5},
                               Case{"aws_cli, version: 2.9.19", RetryMode::standard, 3},
                               Case{"aws_cli, version: 2.40.0", RetryMode::standard_2026, 3},
                               Case{"powershell, version: 4.1.900", RetryMode::legacy, 5},
                               Case{"powershell, version: 5.0.331", RetryMode::standard, 3},
                               Case{"powershell, version: 5.0.332", RetryMode::standard_2026, 3},
                               Case{"javascript, version: 3.1165", RetryMode::standard, 3},
                               Case{"javascript, version: 3.1166", RetryMode::standard_2026, 3}}) {
    CAPTURE(expected.client);
    const Scenario scenario = shortest(expected.client);
    const Workload& workload = scenario.resources[0].workloads[0];
    CHECK(workload.retry.mode == expected.mode);
    CHECK(workload.retry.max_attempts == expected.attempts);
  }
}

}  // namespace
