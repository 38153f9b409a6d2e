#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "credsim/metric.hpp"
#include "credsim/report.hpp"

#include "report/failing_workloads.hpp"
#include "report/first_limit.hpp"
#include "report/summary_values.hpp"

namespace credsim {
namespace {

using Json = nlohmann::ordered_json;

/// Of the shape that scenarios/summary.schema.json describes: one more when a key goes or changes its meaning.
constexpr int kSchema = 1;

/// Counts without a fraction.
Json number_json(double value) {
  constexpr double kExact = 9007199254740992;  // 2^53
  return std::abs(value) < kExact && std::trunc(value) == value ? Json(static_cast<std::int64_t>(value)) : Json(value);
}

Json or_null(const std::optional<double>& value) {
  return value ? number_json(*value) : Json(nullptr);
}

Json first_refused_us(const LimitUsage& usage) {
  return usage.refused_any() ? Json(usage.first_refused.time_since_epoch().count()) : Json(nullptr);
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
          {"headroom", usage.unlimited && !usage.refused_any() ? Json(nullptr) : number_json(usage.headroom())},
          {"first_refused_us", first_refused_us(usage)},
          {"refused", usage.refused},
          {"refused_in", limit.refused_in},
          {"first_in", limit.first_in},
          {"nearest_in", limit.nearest_in}};
}

Json first_limit_json(const Report& report) {
  const report::FirstLimit first = report::find_first_limit(report.scenario, report.result.limits);
  if (first.limit == nullptr) return nullptr;
  const LimitUsage& usage = first.limit->usage;
  Json resources = Json::array();
  for (const Resource* resource : first.resources) resources.push_back(resource->name);
  return {{"limit", usage.name},
          {"state", report::state_name(first.state)},
          {"broke", first.state == report::FirstLimit::State::broke},
          {"first_refused_us", first_refused_us(usage)},
          {"utilisation", number_json(usage.utilisation())},
          {"headroom", number_json(usage.headroom())},
          {"resources", std::move(resources)},
          {"estimated_demand_factor", or_null(first.demand_factor)},
          {"estimated_instances", or_null(first.breaks_at)}};
}

/// The ends of an estimate's interval.
void add_interval(const std::optional<Estimate>& estimate, Json& json) {
  const bool known = estimate && estimate->interval;
  json["ci_low"] = known ? number_json(estimate->interval->low) : Json(nullptr);
  json["ci_high"] = known ? number_json(estimate->interval->high) : Json(nullptr);
}

Json threshold_json(const ThresholdOverview& judged) {
  Json json{{"expression", judged.threshold->text},
            {"passed", judged.missed_in == 0},
            {"missed_in", judged.missed_in},
            {"observed", judged.observed ? number_json(judged.observed->mean) : Json(nullptr)}};
  add_interval(judged.observed, json);
  return json;
}

/// Without an estimate: a metric that had no samples.
Json value_json(const std::string& metric, const Labels& labels, const std::optional<Estimate>& estimate) {
  Json json{{"metric", metric},
            {"labels", labels_json(labels)},
            {"value", estimate ? number_json(estimate->mean) : Json(nullptr)}};
  add_interval(estimate, json);
  json["nonzero_in"] = estimate ? estimate->nonzero_in : 0;
  return json;
}

/// What can be without samples over all labels: a reader finds null there, not nothing.
std::vector<std::string> names_without_labels(const Metric& metric) {
  const std::string name(metric.name);
  if (metric.kind == MetricKind::ratio || metric.kind == MetricKind::gauge) return {name};
  std::vector<std::string> names;
  if (metric.kind == MetricKind::histogram)
    for (const std::string_view statistic : kHistogramStatistics) names.push_back(name + "." + std::string(statistic));
  return names;
}

Json summary_values_json(const ReplicationsResult& result) {
  const report::SummaryValues values(result.estimates, result.counted);
  Json json = Json::array();
  for (const Metric& metric : kMetrics) {
    for (const SummaryEstimate& row : result.estimates)
      if (std::string_view(row.metric).substr(0, row.metric.find('.')) == metric.name)
        json.push_back(value_json(row.metric, row.labels, row.estimate));
    for (const std::string& name : names_without_labels(metric))
      if (!values.total(name)) json.push_back(value_json(name, {}, std::nullopt));
  }
  return json;
}

Json failing_workloads_json(const ReplicationsResult& result) {
  Json json = Json::array();
  for (const auto& failing : report::failing_workloads(report::SummaryValues(result.estimates, result.counted)))
    json.push_back({{"account", failing.account},
                    {"region", failing.region},
                    {"resource", failing.resource},
                    {"workload", failing.workload},
                    {"share", number_json(failing.share)},
                    {"reason", failing.reason},
                    {"reason_share", number_json(failing.reason_share)}});
  return json;
}

Json check_errors_json(const Report& report) {
  Json json = Json::array();
  for (const Finding& finding : report.findings)
    if (finding.severity == Severity::error)
      json.push_back({{"rule", finding.rule}, {"subject", finding.subject}, {"message", finding.message}});
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
  Json json{
      {"schema", kSchema},
      {"credsim", CREDSIM_VERSION},
      {"scenario", report.scenario.name},
      {"seed", report.scenario.seed},
      {"parameters", report.scenario.parameters.empty() ? Json::object() : Json::parse(report.scenario.parameters)},
      {"replications", report.replications},
      {"counted", result.counted},
      {"status", std::string(run_status_name(result.status))},
      {"duration_us", report.scenario.duration.count()},
      {"warm_up_us", report.scenario.warm_up.count()},
      {"simulated_us", result.ended.time_since_epoch().count()},
      {"check_errors", check_errors_json(report)},
      {"failing_workloads", failing_workloads_json(result)},
      {"first_limit", first_limit_json(report)}};
  json["limits"] = Json::array();
  for (const LimitOverview& limit : result.limits) json["limits"].push_back(limit_json(limit));
  json["thresholds"] = Json::array();
  for (const ThresholdOverview& judged : result.thresholds) json["thresholds"].push_back(threshold_json(judged));
  json["summary"] = summary_values_json(result);
  json["findings"] = findings_json(report);
  json["audit"] = {{"database", report.database}, {"level", level_name(report.audit_level)}, {"rows", report.rows}};
  return json.dump(2) + "\n";
}

}  // namespace credsim
