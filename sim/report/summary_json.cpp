#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "credsim/report.hpp"

#include "report/first_limit.hpp"

namespace credsim {
namespace {

using Json = nlohmann::ordered_json;

/// Counts without a fraction.
Json number_json(double value) {
  constexpr double kExact = 9007199254740992;  // 2^53
  return std::abs(value) < kExact && std::trunc(value) == value ? Json(static_cast<std::int64_t>(value)) : Json(value);
}

Json or_null(const std::optional<double>& value) {
  return value ? number_json(*value) : Json(nullptr);
}

Json first_refused_us(const LimitUsage& usage) {
  return report::refused(usage) ? Json(usage.first_refused.time_since_epoch().count()) : Json(nullptr);
}

Json labels_json(const Labels& labels) {
  Json json = Json::object();
  for (const auto& [name, value] : labels) json[name] = value;
  return json;
}

Json limit_json(const LimitOverview& limit) {
  const LimitUsage& usage = limit.usage;
  return {{"limit", usage.name},
          {"labels", labels_json(usage.labels)},
          {"unlimited", usage.unlimited},
          {"capacity_1s", number_json(usage.capacity_1s)},
          {"capacity_60s", number_json(usage.capacity_60s)},
          {"peak_1s", number_json(usage.peak_1s)},
          {"peak_60s", number_json(usage.peak_60s)},
          {"capacity_600s", number_json(usage.capacity_600s)},
          {"peak_600s", number_json(usage.peak_600s)},
          {"utilisation", usage.unlimited ? Json(nullptr) : number_json(usage.utilisation())},
          {"headroom", usage.unlimited ? Json(nullptr) : number_json(report::headroom(usage))},
          {"first_refused_us", first_refused_us(usage)},
          {"refused", usage.refused},
          {"refused_in", limit.refused_in},
          {"first_in", limit.first_in},
          {"nearest_in", limit.nearest_in}};
}

Json first_limit_json(const Report& report) {
  const report::FirstLimit first = report::find_first_limit(report.scenario, report.result.limits);
  if (first.limit == nullptr) return nullptr;
  return {{"limit", first.limit->usage.name},
          {"broke", first.broke},
          {"first_refused_us", first_refused_us(first.limit->usage)},
          {"utilisation", number_json(first.limit->usage.utilisation())},
          {"estimated_demand_factor", or_null(first.demand_factor)},
          {"estimated_instances", or_null(first.instances)}};
}

Json threshold_json(const ThresholdOverview& judged) {
  Json json{{"expression", judged.threshold->text}, {"passed", judged.missed_in == 0}, {"missed_in", judged.missed_in}};
  json["observed"] = judged.observed ? number_json(judged.observed->mean) : Json(nullptr);
  if (judged.observed && judged.observed->interval) {
    json["ci_low"] = number_json(judged.observed->interval->low);
    json["ci_high"] = number_json(judged.observed->interval->high);
  }
  return json;
}

Json value_json(const SummaryEstimate& row, bool several) {
  const Estimate& estimate = row.estimate;
  Json json{{"metric", row.metric},
            {"labels", labels_json(row.labels)},
            {several ? "mean" : "value", number_json(estimate.mean)}};
  if (several) {
    json["ci_low"] = estimate.interval ? number_json(estimate.interval->low) : Json(nullptr);
    json["ci_high"] = estimate.interval ? number_json(estimate.interval->high) : Json(nullptr);
    json["nonzero_in"] = estimate.nonzero_in;
  }
  return json;
}

Json findings_json(const Report& report) {
  Json json{{"error", 0}, {"warning", 0}, {"note", 0}};
  for (const Finding& finding : report.findings) {
    Json& count = json[std::string(severity_name(finding.severity))];
    count = count.get<int>() + 1;
  }
  return json;
}

std::string level_name(AuditLevel level) {
  return level == AuditLevel::full ? "full" : level == AuditLevel::failures ? "failures" : "aggregate";
}

}  // namespace

std::string summary_json(const Report& report) {
  const ReplicationsResult& result = report.result;
  Json json{{"credsim", CREDSIM_VERSION},
            {"scenario", report.scenario.name},
            {"seed", report.scenario.seed},
            {"replications", report.replications},
            {"counted", result.counted},
            {"status", std::string(run_status_name(result.status))},
            {"duration_us", report.scenario.duration.count()},
            {"warm_up_us", report.scenario.warm_up.count()},
            {"simulated_us", result.ended.time_since_epoch().count()},
            {"first_limit", first_limit_json(report)}};
  json["limits"] = Json::array();
  for (const LimitOverview& limit : result.limits) json["limits"].push_back(limit_json(limit));
  json["thresholds"] = Json::array();
  for (const ThresholdOverview& judged : result.thresholds) json["thresholds"].push_back(threshold_json(judged));
  json["summary"] = Json::array();
  for (const SummaryEstimate& row : result.estimates)
    json["summary"].push_back(value_json(row, report.replications > 1));
  json["findings"] = findings_json(report);
  json["audit"] = {{"database", report.database}, {"level", level_name(report.audit_level)}, {"rows", report.rows}};
  return json.dump(2) + "\n";
}

}  // namespace credsim
