#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "credsim/report.hpp"

/// A result made by hand, of which every number is known.
namespace credsim::test {

using namespace std::chrono_literals;

struct Sample {
  Scenario scenario;
  ReplicationsResult result;
  std::vector<Finding> findings;
  std::uint32_t replications = 1;

  [[nodiscard]] Report report() const {
    return {scenario, result, findings, replications, AuditLevel::full, "monday-login-storm.db", 127'380};
  }
  void value(std::string metric, double mean, Labels labels = {}) {
    result.estimates.push_back({std::move(metric), std::move(labels), {mean, std::nullopt, mean != 0 ? 1U : 0U}});
  }
  /// Over replications, in `nonzero_in` of which it is not 0.
  void estimate(std::string metric, double mean, Interval interval, std::uint32_t nonzero_in, Labels labels = {}) {
    result.estimates.push_back({std::move(metric), std::move(labels), {mean, interval, nonzero_in}});
  }
  void limit(LimitUsage usage) { result.limits.push_back({usage, usage.refused > 0 ? 1U : 0U}); }
  void replicate(std::uint32_t times) { replications = result.counted = times; }
};

inline LimitUsage bucket(const std::string& name, double capacity_1s, double capacity_60s, double peak_1s,
                         double peak_60s) {
  LimitUsage usage;
  usage.kind = LimitUsage::Kind::bucket;
  usage.labels = {{"account", "123456789012"}, {"bucket", name}, {"region", "us-east-1"}};
  usage.name = name + " 123456789012/us-east-1";
  usage.capacity_1s = capacity_1s;
  usage.capacity_60s = capacity_60s;
  usage.peak_1s = peak_1s;
  usage.peak_60s = peak_60s;
  usage.capacity_600s = capacity_60s;
  usage.peak_600s = peak_60s;
  return usage;
}

inline LimitUsage unlimited_bucket(const std::string& name, double peak_1s, double peak_60s) {
  LimitUsage usage = bucket(name, 0, 0, peak_1s, peak_60s);
  usage.unlimited = true;
  return usage;
}

/// 5,000 instances in one fleet, thresholds included, and nothing measured.
inline Sample empty_sample() {
  Sample sample;
  Scenario& scenario = sample.scenario;
  scenario.name = "monday-login-storm";
  scenario.path = "scenarios/monday-login-storm.yaml";
  scenario.seed = 42;
  scenario.start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 8h + 30min;
  scenario.duration = 12h;
  Region region;
  region.name = "us-east-1";
  scenario.accounts.push_back({"123456789012", {region}, {}});
  Resource fleet;
  fleet.name = "eng";
  fleet.instances = 5'000;
  for (const char* action : {"ec2:DescribeInstances", "sts:GetCallerIdentity"}) {
    Workload workload;
    workload.name = action;
    workload.calls.action = action;
    fleet.workloads.push_back(workload);
  }
  scenario.resources.push_back(fleet);
  sample.result.counted = 1;
  sample.result.ended = SimTime{12h};
  sample.result.wall_seconds = 0.4;
  sample.result.events = 1'204'118;
  return sample;
}

inline void add_threshold(Sample& sample, const std::string& text, std::optional<double> observed, bool passed) {
  std::string fault;
  sample.scenario.thresholds.push_back(*parse_threshold(text, fault));
  sample.result.thresholds.push_back({nullptr, passed ? 0U : 1U, std::nullopt});
  if (observed) sample.result.thresholds.back().observed = Estimate{*observed, std::nullopt, 1};
  for (std::size_t i = 0; i < sample.result.thresholds.size(); ++i)
    sample.result.thresholds[i].threshold = &sample.scenario.thresholds[i];
}

/// A busy morning in which a bucket breaks.
inline Sample busy_sample() {
  Sample sample = empty_sample();
  add_threshold(sample, "api_call_failure_ratio{workload=login-script} < 0.001", 0.00041, true);
  add_threshold(sample, "credential_gap_seconds.p99 <= 5m", 412, false);
  add_threshold(sample, "session_wait_seconds.p99 < 60", std::nullopt, false);

  const Labels eng{{"account", "123456789012"}, {"region", "us-east-1"}, {"resource", "eng"}};
  const auto with = [&](std::string name, std::string value, std::string other = "", std::string text = "") {
    Labels labels = eng;
    labels.emplace_back(std::move(name), std::move(value));
    if (!other.empty()) labels.emplace_back(std::move(other), std::move(text));
    std::sort(labels.begin(), labels.end());
    return labels;
  };
  sample.value("instances_total", 5'012);
  sample.value("assume_role_requests_total", 71'000);
  sample.value("assume_role_failures_total", 100, with("reason", "throttled"));
  sample.value("assume_role_failures_total", 5'900, with("reason", "service_unavailable"));
  sample.value("assume_role_failures_total", 6'000);
  sample.value("assume_role_failure_ratio", 6.0 / 71);
  sample.value("credentials_issued_total", 65'000);
  sample.value("first_credential_seconds.p50", 905);
  sample.value("first_credential_seconds.p99", 1'330);
  sample.value("credential_overlap_seconds.count", 60'000);
  sample.value("credential_overlap_seconds.p50", 329);
  sample.value("credential_overlap_seconds.p99", 411);
  sample.value("credential_gap_seconds.count", 1'212);
  sample.value("credential_gap_seconds.max", 731);
  sample.value("gap_instance_ratio", 0.0821);
  sample.value("network_ready_seconds.p50", 920);
  sample.value("network_ready_seconds.p99", 1'330);
  sample.value("api_calls_total", 400'000, with("workload", "login-script"));
  sample.value("api_calls_total", 12'331, with("workload", "inventory"));
  sample.value("api_calls_total", 412'331);
  sample.value("api_call_failures_total", 131, with("reason", "network_unavailable", "workload", "login-script"));
  sample.value("api_call_failures_total", 37, with("reason", "throttled", "workload", "login-script"));
  sample.value("api_call_failures_total", 168);
  sample.value("api_call_failure_ratio", 168.0 / 400'000, with("workload", "login-script"));
  sample.value("api_call_failure_ratio", 0, with("workload", "inventory"));
  sample.value("api_call_failure_ratio", 168.0 / 412'331);
  sample.value("sessions_total", 12'000);
  sample.value("session_wait_seconds.count", 11'990);
  sample.value("session_wait_seconds.p50", 0);
  sample.value("session_wait_seconds.p99", 12.5);
  sample.value("session_wait_seconds.max", 60);
  sample.value("sessions_rejected_total", 10);

  LimitUsage broken = bucket("ec2.describe_instances", 60, 10.8333, 102, 12);
  broken.first_refused = SimTime{15min + 3s};
  broken.refused = 8'123;
  sample.limit(broken);
  sample.limit(bucket("sts.account", 1'200, 610, 312, 205));
  sample.limit(unlimited_bucket("sts.service", 1'240, 88.3));
  sample.findings = {{"lead-not-set", Severity::warning, "fleet eng", "…", {}},
                     {"subnet-larger-than-aws", Severity::note, "fleet eng", "…", {}},
                     {"boundary-denies", Severity::warning, "fleet eng", "…", {}}};
  return sample;
}

}  // namespace credsim::test
