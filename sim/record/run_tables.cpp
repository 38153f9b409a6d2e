#include "record/run_tables.hpp"

#include <chrono>

#include "record/labels.hpp"
#include "record/sha256.hpp"

namespace credsim::record {
namespace {

constexpr std::int64_t kScenarioId = 1;

std::string_view level_name(AuditLevel level) {
  switch (level) {
    case AuditLevel::full:
      return "full";
    case AuditLevel::failures:
      return "failures";
    case AuditLevel::aggregate:
      return "aggregate";
  }
  return "";
}

std::optional<std::string_view> not_recorded(AuditLevel level) {
  switch (level) {
    case AuditLevel::full:
      return std::nullopt;
    case AuditLevel::failures:
      return "instances, credentials, overlap windows, sessions";
    case AuditLevel::aggregate:
      return "instances, credentials, overlap windows, sessions, gaps, failures";
  }
  return std::nullopt;
}

std::string_view limit_kind_name(LimitUsage::Kind kind) {
  switch (kind) {
    case LimitUsage::Kind::bucket:
      return "bucket";
    case LimitUsage::Kind::interfaces:
      return "interfaces";
    case LimitUsage::Kind::instances:
      return "instances";
    case LimitUsage::Kind::image_builder_instances:
      return "image_builder_instances";
    case LimitUsage::Kind::elastic_sessions:
      return "elastic_sessions";
    case LimitUsage::Kind::subnet:
      return "subnet";
    case LimitUsage::Kind::capacity:
      return "capacity";
  }
  return "";
}

template <class Value>
std::optional<Value> unless(bool missing, Value value) {
  if (missing) return std::nullopt;
  return value;
}

}  // namespace

bool insert_scenario(Database& database, const Scenario& scenario) {
  Transaction transaction{database};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(scenario.start);
  Statement insert = database.prepare("INSERT INTO scenario_row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert.run(kScenarioId, scenario.name, scenario.yaml, sha256_hex(scenario.yaml),
                  seconds.time_since_epoch().count(), (scenario.start - seconds).count(), scenario.duration.count(),
                  scenario.warm_up.count(), scenario.parameters.empty() ? std::string{"{}"} : scenario.parameters))
    return false;

  Statement resource = database.prepare("INSERT INTO resource_row VALUES (?, ?, ?, ?, ?)");
  Statement workload = database.prepare("INSERT INTO workload_row VALUES (?, ?, ?, ?, ?)");
  for (std::size_t i = 0; i < scenario.resources.size(); ++i) {
    const Resource& each = scenario.resources[i];
    const Account& account = scenario.accounts[each.account];
    if (!resource.run(kScenarioId, i, each.name, account.id, account.regions[each.region].name)) return false;
    for (std::size_t j = 0; j < each.workloads.size(); ++j)
      if (!workload.run(kScenarioId, i, j, each.workloads[j].name, each.workloads[j].calls.action)) return false;
  }
  return transaction.commit();
}

bool insert_run(Database& database, std::int64_t run_id, const RunStart& start, std::span<const Finding> findings) {
  Statement run = database.prepare(
      "INSERT INTO run_row (run_id, scenario_id, seed, replication, status, audit_level, not_recorded, version) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  if (!run.run(run_id, kScenarioId, start.seed, start.replication, run_status_name(RunStatus::running),
               level_name(start.level), not_recorded(start.level), CREDSIM_VERSION))
    return false;

  Statement insert = database.prepare("INSERT INTO finding_row VALUES (?, ?, ?, ?, ?, ?)");
  for (const Finding& finding : findings)
    if (!insert.run(run_id, finding.rule, severity_name(finding.severity), finding.subject, finding.message,
                    unless(finding.place.line == 0 || !finding.file.empty(), finding.place.line)))
      return false;
  return true;
}

bool insert_results(Database& database, std::int64_t run_id, const Measurements& measurements,
                    std::span<const ThresholdResult> thresholds) {
  Statement limit = database.prepare("INSERT INTO limit_row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const LimitUsage& usage : measurements.limits())
    if (!limit.run(run_id, usage.name, limit_kind_name(usage.kind), labels_json(usage.labels),
                   unless(usage.unlimited, usage.capacity_1s), unless(usage.unlimited, usage.capacity_60s),
                   usage.peak_1s, usage.peak_60s, unless(usage.capacity_600s <= 0, usage.capacity_600s),
                   unless(usage.kind != LimitUsage::Kind::bucket, usage.peak_600s),
                   unless(usage.unlimited, usage.utilisation()),
                   unless(usage.first_refused == kNever, usage.first_refused.time_since_epoch().count()),
                   usage.refused))
      return false;

  Statement summary =
      database.prepare("INSERT INTO summary_row (run_id, metric, labels_json, value) VALUES (?, ?, ?, ?)");
  for (const SummaryValue& value : measurements.summary())
    if (!summary.run(run_id, value.metric, labels_json(value.labels), value.value)) return false;

  Statement threshold = database.prepare("INSERT INTO threshold_row VALUES (?, ?, ?, ?)");
  for (const ThresholdResult& result : thresholds)
    if (!threshold.run(run_id, result.threshold->text, result.observed, result.passed)) return false;
  return true;
}

bool finish_run(Database& database, std::int64_t run_id, RunStatus status, std::uint64_t events, double wall_seconds) {
  Statement update =
      database.prepare("UPDATE run_row SET status = ?2, events = ?3, wall_seconds = ?4 WHERE run_id = ?1");
  return update.run(run_id, run_status_name(status), events, wall_seconds);
}

bool fail_unfinished_runs(Database& database) {
  Statement update = database.prepare("UPDATE run_row SET status = ? WHERE status = ?");
  return update.run(run_status_name(RunStatus::failed), run_status_name(RunStatus::running));
}

bool insert_estimates(Database& database, std::span<const SummaryEstimate> estimates) {
  const auto end = [](const std::optional<Interval>& interval, double Interval::*which) {
    return interval ? std::optional(*interval.*which) : std::nullopt;
  };
  Statement insert =
      database.prepare("INSERT INTO summary_row (metric, labels_json, value, ci_low, ci_high) VALUES (?, ?, ?, ?, ?)");
  for (const auto& [metric, labels, estimate] : estimates)
    if (!insert.run(metric, labels_json(labels), estimate.mean, end(estimate.interval, &Interval::low),
                    end(estimate.interval, &Interval::high)))
      return false;
  return true;
}

}  // namespace credsim::record
