#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "credsim/finding.hpp"

#include "test_support/catch.hpp"

/// A scenario in which the audit finds nothing, to be spoilt by one change for each test.
namespace credsim::test {

inline iam::PolicyDocument policy(const std::string& text, iam::PolicyKind kind = iam::PolicyKind::identity) {
  std::vector<iam::PolicyFault> faults;
  auto document = iam::PolicyDocument::parse(nlohmann::json::parse(text), kind, faults);
  REQUIRE(faults.empty());
  return *document;
}

/// A policy of one statement that allows `action` on any resource.
inline iam::PolicyDocument allow(const std::string& action, const std::string& condition = "{}") {
  return policy(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ")" + action +
                R"(", "Resource": "*", "Condition": )" + condition + "}]}");
}

inline iam::PolicyDocument trust(const std::string& condition, const std::string& service = "appstream.amazonaws.com") {
  return policy(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": ")" + service +
                    R"("}, "Action": "sts:AssumeRole", "Condition": )" + condition + "}]}",
                iam::PolicyKind::trust);
}

inline Role sound_role() {
  Role role;
  role.name = "MachineRole";
  role.account = "123456789012";
  role.trust_policy = trust(R"({"StringEquals": {"aws:SourceAccount": "123456789012"}})");
  role.policies = {allow("ec2:DescribeInstances", R"({"IpAddress": {"aws:SourceIp": "203.0.113.0/28"}})")};
  role.place = {10, 5};
  role.trust_policy_place = {12, 5};
  role.policy_places = {{13, 15}};
  return role;
}

inline Workload sound_workload() {
  Workload workload;
  workload.name = "inventory";
  workload.client.tool = ClientTool::aws_cli;
  workload.profile = "appstream_machine_role";
  workload.wait = {NetworkWait::Kind::poll, {}, std::chrono::seconds{1}, std::chrono::minutes{10}};
  workload.calls.action = "ec2:DescribeInstances";
  workload.calls.interval = Distribution::uniform(std::chrono::minutes{9}, std::chrono::minutes{11});
  workload.place = {40, 9};
  return workload;
}

inline Resource sound_fleet() {
  Resource fleet;
  fleet.name = "eng";
  fleet.image = 0;
  fleet.role = 0;
  fleet.subnets = {{10U << 24, 24, {24, 15}}};
  fleet.egress = {{203U << 24 | 113U << 8, 28}};
  fleet.instances = 100;
  fleet.provisioning.boot = Distribution::uniform(std::chrono::minutes{10}, std::chrono::minutes{20});
  fleet.provisioning.agent.delay = Distribution::constant(std::chrono::seconds{5});
  fleet.provisioning.eni.delay = Distribution::lognormal(std::chrono::seconds{20}, std::chrono::seconds{150});
  fleet.on_demand_start = Distribution::uniform(std::chrono::seconds{60}, std::chrono::seconds{120});
  fleet.credentials.every = std::chrono::minutes{45};
  fleet.workloads = {sound_workload()};
  fleet.place = {20, 5};
  fleet.role_place = {22, 11};
  return fleet;
}

inline Scenario sound_scenario() {
  Scenario scenario;
  scenario.name = "sound";
  scenario.start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5};
  scenario.duration = std::chrono::hours{12};
  Region region;
  region.name = "us-east-1";
  const auto bucket = [&](BucketKind kind, std::int64_t rate, std::int64_t burst) {
    region.buckets[static_cast<std::size_t>(kind)] = {{rate, std::chrono::seconds{1}}, burst, {}};
  };
  bucket(BucketKind::sts_account, 600, 600);
  bucket(BucketKind::describe_instances, 10, 50);
  bucket(BucketKind::describe_instances_filtered, 20, 100);
  bucket(BucketKind::create_network_interface, 5, 100);
  bucket(BucketKind::delete_network_interface, 5, 100);
  for (AppStreamQuotas::Instances& quota : region.appstream.instances) quota.unlimited = true;
  region.sts_latency = Distribution::constant(std::chrono::milliseconds{60});
  region.place = {5, 9};
  scenario.accounts = {{"123456789012", {region}, {3, 5}}};
  scenario.roles = {sound_role()};
  scenario.images = {{"win2019", std::chrono::year{2024} / std::chrono::May / 1, {16, 5}}};
  scenario.resources = {sound_fleet()};
  return scenario;
}

inline std::vector<Finding> findings_of(const Scenario& scenario, const std::string& rule) {
  std::vector<Finding> of_rule;
  for (const Finding& finding : audit_configuration(scenario))
    if (finding.rule == rule) of_rule.push_back(finding);
  return of_rule;
}

inline std::size_t count(const Scenario& scenario, const std::string& rule) {
  return findings_of(scenario, rule).size();
}

/// The message of the one finding of `rule`.
inline std::string message(const Scenario& scenario, const std::string& rule) {
  const auto found = findings_of(scenario, rule);
  REQUIRE(found.size() == 1);
  return found.front().message;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace credsim::test
