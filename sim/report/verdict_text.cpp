#include "report/verdict_text.hpp"

#include <algorithm>

#include "credsim/report.hpp"

#include "report/readable.hpp"

namespace credsim {
namespace report {

std::string observed_text(const ThresholdOverview& judged) {
  if (!judged.observed) return judged.threshold->metric == "limit_first_refused_seconds" ? "never" : "no samples";
  const std::string& statistic = judged.threshold->statistic;
  const bool seconds =
      judged.threshold->metric.ends_with("_seconds") && statistic != "count" && judged.observed->mean >= 0;
  if (judged.threshold->text.ends_with('%')) return percent(*judged.observed);
  return seconds ? duration(*judged.observed) : number(*judged.observed);
}

std::string findings_of(std::span<const Finding> findings, Severity severity) {
  std::string rules;
  const auto count = std::count_if(findings.begin(), findings.end(), [&](const Finding& finding) {
    if (finding.severity != severity) return false;
    if (rules.find(finding.rule) == std::string::npos) rules += (rules.empty() ? "" : ", ") + finding.rule;
    return true;
  });
  if (count == 0) return "";
  return counted(static_cast<double>(count), std::string(severity_name(severity))) + " (" + rules + ")";
}

}  // namespace report

std::string verdict_line(const Report& report, bool with_findings) {
  std::string missed;
  for (const ThresholdOverview& judged : report.result.thresholds)
    if (judged.missed_in > 0)
      missed +=
          (missed.empty() ? "missed: " : "; ") + judged.threshold->text + " (" + report::observed_text(judged) + ")";
  const std::string errors = with_findings ? report::findings_of(report.findings, Severity::error) : "";
  if (errors.empty()) return missed;
  return missed + (missed.empty() ? "" : "; ") + errors + ": credsim check " + report.scenario.path;
}

}  // namespace credsim
