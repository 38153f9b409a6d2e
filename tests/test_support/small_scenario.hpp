#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "credsim/cell.hpp"
#include "credsim/scenario.hpp"

/// Scenarios made in code, and runs of them whose rows stay in memory.
namespace credsim::test {

using namespace std::chrono_literals;

inline iam::PolicyDocument policy(const char* json, iam::PolicyKind kind) {
  std::vector<iam::PolicyFault> faults;
  auto document = iam::PolicyDocument::parse(nlohmann::json::parse(json), kind, faults);
  if (!document) throw std::runtime_error(faults.front().pointer + ": " + faults.front().message);
  return *document;
}

inline iam::PolicyDocument guide_trust_policy() {
  return policy(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
      "Principal": {"Service": ["appstream.amazonaws.com"]}, "Action": "sts:AssumeRole"}]})",
                iam::PolicyKind::trust);
}

inline iam::PolicyDocument allow_all() {
  return policy(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})",
                iam::PolicyKind::identity);
}

/// One account in one Region without limits, one role that everything allows, one fleet without delays: every test adds
/// what it is about.
inline Scenario small_scenario(std::int64_t instances, Duration duration) {
  Scenario scenario;
  scenario.name = "small";
  scenario.start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5};
  scenario.duration = duration;
  scenario.seed = 42;
  scenario.series_step = 60s;
  Region region;
  region.name = "us-east-1";
  region.network_interfaces = 100'000'000;
  scenario.accounts.push_back({.id = "123456789012", .regions = {region}, .place = {}});
  Role role;
  role.name = "Machine";
  role.account = "123456789012";
  role.trust_policy = guide_trust_policy();
  role.policies = {allow_all()};
  scenario.roles.push_back(role);
  Resource fleet;
  fleet.name = "fleet";
  fleet.role = 0;
  fleet.instances = instances;
  fleet.subnets = {{.base = 10U << 24, .prefix_bits = 8, .place = {}}};
  fleet.provisioning.agent.after_boot = false;
  fleet.provisioning.eni.after_boot = false;
  scenario.resources.push_back(fleet);
  return scenario;
}

/// Two cells with draws of their own.
inline Scenario two_cells() {
  Scenario scenario = small_scenario(20, 3h);
  Region region = scenario.accounts.front().regions.front();
  region.name = "eu-west-1";
  scenario.accounts.front().regions.push_back(region);
  scenario.resources.push_back(scenario.resources.front());
  scenario.resources.back().region = 1;
  for (Resource& fleet : scenario.resources) fleet.provisioning.start = Distribution::uniform(0s, 30min);
  return scenario;
}

/// A boto3 client that reads the profile at each attempt and does not retry, until a test says otherwise.
inline Workload small_workload(std::string name, Distribution interval, bool once) {
  Workload workload;
  workload.name = std::move(name);
  workload.profile = "appstream_machine_role";
  workload.starts = WorkloadStart::provision;
  workload.calls.action = "s3:GetObject";
  workload.calls.interval = std::move(interval);
  workload.calls.once = once;
  workload.retry = {.mode = RetryMode::none, .max_attempts = 1};
  workload.fast_failures = 1;
  return workload;
}

struct MemorySink final : CellSink {
  AuditBatch all;
  void take(AuditBatch& batch) override {
    const auto append = [](auto& to, auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    append(all.instances, batch.instances);
    append(all.credentials, batch.credentials);
    append(all.gaps, batch.gaps);
    append(all.failures, batch.failures);
    append(all.sessions, batch.sessions);
    append(all.series_definitions, batch.series_definitions);
    append(all.series, batch.series);
    batch.clear();
  }
};

struct FinishedRun {
  CellResult result;
  AuditBatch rows;

  [[nodiscard]] const ResourceCounters& fleet(std::size_t index = 0) const { return result.resources[index]; }
  [[nodiscard]] const WorkloadCounters& workload(std::size_t index = 0, std::size_t resource = 0) const {
    return result.workloads[resource][index];
  }
};

/// Runs the scenario's first cell.
inline FinishedRun run(const Scenario& scenario, std::uint32_t replication = 0, AuditLevel level = AuditLevel::full) {
  MemorySink sink;
  const std::atomic<bool> stop{false};
  CellProgress progress;
  FinishedRun finished;
  finished.result = simulate_cell(scenario, plan_cells(scenario).at(0),
                                  {.seed = scenario.seed, .replication = replication, .cell = 0, .audit_level = level},
                                  sink, stop, progress);
  finished.rows = std::move(sink.all);
  return finished;
}

inline std::uint64_t count(const std::array<std::uint64_t, kReasons>& counts, Reason reason) {
  return counts[static_cast<std::size_t>(reason)];
}

inline SimTime at(Duration since_start) {
  return kSimulationStart + since_start;
}

inline Fault fault(FaultKind kind, Duration from, Duration length) {
  Fault made;
  made.name = "fault";
  made.kind = kind;
  made.at = at(from);
  made.until = made.at + length;
  return made;
}

}  // namespace credsim::test
