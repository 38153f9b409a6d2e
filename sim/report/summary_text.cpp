#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "credsim/estimate.hpp"
#include "credsim/report.hpp"

#include "report/failing_workloads.hpp"
#include "report/limits_text.hpp"
#include "report/readable.hpp"
#include "report/runs_text.hpp"
#include "report/summary_values.hpp"
#include "report/text_page.hpp"
#include "report/verdict_text.hpp"

namespace credsim {
namespace {

using namespace report;
using Colour = TextPage::Colour;

constexpr std::size_t kMostWorkloads = 12;
constexpr std::uint32_t kEnoughRuns = 30;  // see estimate.hpp

/// " (8.45 %)"; nothing over nothing.
std::string share_of(double part, double whole) {
  return whole > 0 ? " (" + percent(part / whole) + ")" : "";
}

/// ", in 3 of 50 runs (…)": of what happened in some of several replications and not in all.
std::string in_some(const SummaryValues& values, const Estimate& estimate) {
  if (values.runs() < 2 || estimate.nonzero_in == values.runs()) return "";
  return ", " + in_runs(estimate.nonzero_in, values.runs());
}

/// "throttled 5,900, service_unavailable 100".
std::string reasons(const SummaryValues& values, std::string_view metric) {
  constexpr std::array names{std::string_view("reason")};
  std::string text;
  for (const auto& [reason, count] : values.grouped(metric, names))
    text += (text.empty() ? "" : ", ") + reason.front() + " " + number(count);
  return text;
}

/// "5 m 29 s (median), 6 m 51 s (p99)"; nothing without samples.
std::string median_and_p99(const SummaryValues& values, const std::string& histogram) {
  const auto median = values.total(histogram + ".p50");
  const auto p99 = values.total(histogram + ".p99");
  return median && p99 ? duration(*median) + " (median), " + duration(*p99) + " (p99)" : "";
}

std::string warm_up_text(const Report& report) {
  const SimTime end{report.scenario.warm_up};
  return "counts from " + elapsed(end) + " on, the end of the warm-up" +
         (report.result.ended < end ? ", which did not come: nothing is counted" : "");
}

void write_title(const Report& report, const SummaryValues& values, TextPage& page) {
  const double simulated = std::chrono::duration<double>(report.result.ended.time_since_epoch()).count();
  std::string text = page.painted(Colour::bold, "credsim " CREDSIM_VERSION "   " + report.scenario.name) + "   seed " +
                     std::to_string(report.scenario.seed) + "   " + number(values.count("instances_total")) +
                     " instances provisioned   ";
  if (report.replications > 1) text += counted(report.replications, "replication") + " × ";
  page.line(text + duration(simulated) + " simulated in " + duration(report.result.wall_seconds));
  if (report.result.counted > 1)
    page.line(page.painted(Colour::dim, "numbers are means over " + number(report.result.counted) +
                                            " replications with their 95 % confidence interval, if they differ" +
                                            (report.result.counted < kEnoughRuns
                                                 ? "; rare events want " + number(kEnoughRuns) + " replications"
                                                 : "")));
  if (report.scenario.warm_up > Duration{}) page.line(page.painted(Colour::dim, warm_up_text(report)));
  if (report.result.status != RunStatus::interrupted) return;
  const std::string length = duration(std::chrono::duration<double>(report.scenario.duration).count());
  const std::string cut = report.replications == 1 ? "after " + elapsed(report.result.ended) + " of " + length +
                                                         "; what follows is that part"
                          : report.result.counted > 0 && report.result.ended == SimTime(report.scenario.duration)
                              ? number(report.result.counted) + " of " + number(report.replications) +
                                    " replications are complete; what follows is over them"
                              : "before any replication was complete; what follows is " + elapsed(report.result.ended) +
                                    " of the first one";
  page.line(page.painted(Colour::yellow, "interrupted " + cut));
}

std::string nothing_failed(std::uint32_t runs) {
  constexpr const char* kNothing = ": no call, no session, no gap";
  if (runs < 2) return std::string("nothing failed") + kNothing;
  return "nothing failed in " + number(runs) + " runs" + kNothing + "; something does in " + at_most_of(runs) +
         " (95 %)";
}

/// The most frequent reason for which agents were refused where instances were never served; empty if none was.
std::string why_never_served(const SummaryValues& values) {
  constexpr std::array names{std::string_view("account"), std::string_view("region"), std::string_view("resource"),
                             std::string_view("reason")};
  const auto unserved = values.grouped("instances_never_served", std::span(names).first(3));
  std::map<std::string, double> failures;
  for (const auto& refused : values.grouped("assume_role_failures_total", names))
    if (std::any_of(unserved.begin(), unserved.end(), [&](const auto& group) {
          return std::equal(group.first.begin(), group.first.end(), refused.first.begin());
        }))
      failures[refused.first.back()] += refused.second;
  const auto most = std::max_element(failures.begin(), failures.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  return most != failures.end() ? most->first : "";
}

/// Before all else: a fleet without credentials breaks no limit and has no gap.
void write_never_served(const SummaryValues& values, TextPage& page) {
  const Estimate unserved = values.count("instances_never_served");
  if (unserved.mean == 0) return;
  const double instances = values.count("instances_total").mean;
  const std::string reason = why_never_served(values);
  page.section("✗ never served",
               {number(unserved) + " of " + number(instances) + " instances never had a credential" +
                share_of(unserved.mean, instances) + in_some(values, unserved) +
                (reason.empty() ? "" : ", most often refused with " + reason)},
               Colour::red);
}

/// "login-script of office: 99.2 % of its calls failed, most often profile_not_specified (97 % of them)".
std::vector<std::string> failing_lines(const std::vector<FailingWorkload>& failing) {
  constexpr std::size_t kMostNamed = 4;
  std::vector<std::string> lines;
  for (const FailingWorkload& each : std::span(failing).first(std::min(failing.size(), kMostNamed)))
    lines.push_back(each.workload + " of " + each.resource + ": " + percent(each.share) + " of its calls failed, " +
                    (each.reason_share == 1
                         ? "all with " + each.reason
                         : "most often " + each.reason + " (" + percent(each.reason_share) + " of them)"));
  if (failing.size() > kMostNamed)
    lines.push_back("… and so did nearly all calls of " +
                    counted(static_cast<double>(failing.size() - kMostNamed), "more workload"));
  return lines;
}

/// What went wrong whether or not a limit broke, so that nobody stops reading at the limits.
void write_harm(const SummaryValues& values, TextPage& page) {
  std::vector<std::string> lines;
  const Estimate missing = values.count("instances_never_provisioned_total");
  if (missing.mean > 0)
    lines.push_back(number(missing) + " of " + number(values.count("instances_total").mean + missing.mean) +
                    " instances never came up: a quota or a subnet was full" + in_some(values, missing));
  const Estimate attempts = values.count("assume_role_requests_total");
  if (attempts.mean > 0 && values.count("credentials_issued_total").mean == 0 &&
      values.count("instances_never_served").mean == 0)
    lines.emplace_back("no credential was ever issued: " + reasons(values, "assume_role_failures_total"));
  const Estimate gaps = values.count("credential_gap_seconds.count");
  if (const auto share = values.total("gap_instance_ratio"); gaps.mean > 0 && share)
    lines.push_back(percent(*share) + " of instances were without a live credential at some time" +
                    in_some(values, gaps));
  if (const auto share = values.total("api_call_failure_ratio"); share && share->mean > 0)
    lines.push_back(percent(*share) + " of calls failed" + in_some(values, *share));
  const auto failing = failing_workloads(values);
  for (const std::string& line : failing_lines(failing)) lines.push_back(line);
  const Estimate rejected = values.count("sessions_rejected_total");
  if (rejected.mean > 0)
    lines.push_back(number(rejected) + " of " + number(values.count("sessions_total").mean) +
                    " sessions were rejected" + share_of(rejected.mean, values.count("sessions_total").mean) +
                    in_some(values, rejected));
  if (lines.empty()) lines.push_back(nothing_failed(values.runs()));
  page.section("meanwhile", lines);
}

void write_thresholds(const Report& report, TextPage& page) {
  const std::uint32_t runs = report.result.counted;
  std::size_t widest = 0;
  std::size_t widest_observed = 0;
  for (const ThresholdOverview& judged : report.result.thresholds) {
    widest = std::max(widest, width(judged.threshold->text));
    widest_observed = std::max(widest_observed, width(observed_text(judged)));
  }
  const bool beside = widest + widest_observed + 5 <= page.room();
  bool some_passed = false;
  std::vector<std::string> lines;
  for (const ThresholdOverview& judged : report.result.thresholds) {
    const bool passed = judged.missed_in == 0;
    const std::string mark = passed ? page.painted(Colour::green, "✓ ") : page.painted(Colour::red, "✗ ");
    const std::string missed = runs > 1 && !passed ? "   missed " + in_runs(judged.missed_in, runs) : "";
    const std::string observed =
        missed.empty() ? observed_text(judged) : padded(observed_text(judged), beside ? widest_observed : 0) + missed;
    if (beside) {
      lines.push_back(mark + padded(judged.threshold->text, widest) + "   " + observed);
    } else {
      lines.push_back(mark + judged.threshold->text);
      lines.push_back("  " + observed);
    }
    some_passed = some_passed || passed;
  }
  if (runs > 1 && some_passed) lines.push_back("✓ is missed " + in_none_of(runs));
  page.section("thresholds", lines);
}

void write_credentials(const SummaryValues& values, TextPage& page) {
  std::vector<std::string> lines{number(values.count("credentials_issued_total")) + " issued"};
  if (const std::string first = median_and_p99(values, "first_credential_seconds"); !first.empty())
    lines.front() += "; the first of an instance after " + first;
  const Estimate overlaps = values.count("credential_overlap_seconds.count");
  if (overlaps.mean > 0)
    lines.push_back(number(overlaps) + " overlaps of " + median_and_p99(values, "credential_overlap_seconds"));
  const Estimate gaps = values.count("credential_gap_seconds.count");
  if (gaps.mean == 0) {
    lines.push_back(values.runs() > 1 ? "gaps " + in_none_of(values.runs()) : "no gaps");
  } else {
    std::string text = number(gaps) + (gaps.mean == 1 && values.runs() == 1 ? " gap" : " gaps");
    if (const auto longest = values.total("credential_gap_seconds.max")) text += ", longest " + duration(*longest);
    if (const auto share = values.total("gap_instance_ratio")) text += ", on " + percent(*share) + " of instances";
    lines.push_back(text + in_some(values, gaps));
  }
  page.section("credentials", lines);
}

/// "71,000 attempts, 6,000 failed (8.45 %)", then the reasons.
std::vector<std::string> attempts_and_failures(const SummaryValues& values, const std::string& what,
                                               std::string_view requests, std::string_view failures,
                                               std::string_view failure_ratio) {
  const Estimate failed = values.count(failures);
  const auto share = values.total(failure_ratio);
  std::string text = number(values.count(requests)) + what + ", ";
  if (failed.mean == 0 && share && values.runs() > 1) return {text + "failures " + in_none_of(values.runs())};
  text += number(failed) + " failed";
  if (share) text += values.runs() > 1 ? ", " + percent(*share) + " of them" : " (" + percent(*share) + ")";
  if (failed.mean == 0) return {text};
  return {text + in_some(values, failed), reasons(values, failures)};
}

/// "≤ 5.82 % of runs" where nothing failed in several.
std::string share_cell(const SummaryValues& values, const Labels& workload) {
  const auto ratios = values.with("api_call_failure_ratio", workload);
  if (ratios.empty()) return "–";
  const Estimate& share = ratios.front()->estimate;
  if (share.nonzero_in > 0 || values.runs() < 2) return percent(share);
  return "≤ " + percent(share_of_runs(0, values.runs()).high) + " of runs";
}

/// The reason of the most failures, or those among which the intervals do not decide.
std::string most_often(const SummaryValues& values, const Labels& workload) {
  const auto reasons = values.with("api_call_failures_total", workload);
  if (reasons.empty()) return "–";
  const auto reason_of = [](const SummaryEstimate* row) {
    return std::find_if(row->labels.begin(), row->labels.end(),
                        [](const auto& label) { return label.first == "reason"; })
        ->second;
  };
  const auto& leading = reasons.front()->estimate.interval;
  const auto rivals = std::count_if(reasons.begin() + 1, reasons.end(), [&](const SummaryEstimate* row) {
    return leading && row->estimate.interval && row->estimate.interval->high >= leading->low;
  });
  if (rivals > 1) return "too close to rank";
  return reason_of(reasons[0]) + (rivals == 1 ? " or " + reason_of(reasons[1]) : "");
}

/// One row for each workload of each resource, those with the most failures first; nothing for a single one.
std::vector<std::string> workload_lines(const SummaryValues& values, const TextPage& page) {
  constexpr std::array place{std::string_view("account"), std::string_view("region"), std::string_view("resource"),
                             std::string_view("workload")};
  auto made = values.grouped("api_calls_total", place);
  if (made.size() < 2) return {};
  const auto failed = values.grouped("api_call_failures_total", place);
  const auto failures_of = [&](const std::vector<std::string>& key) {
    const auto found =
        std::find_if(failed.begin(), failed.end(), [&](const auto& group) { return group.first == key; });
    return found != failed.end() ? found->second : 0.0;
  };
  std::stable_sort(made.begin(), made.end(),
                   [&](const auto& a, const auto& b) { return failures_of(a.first) > failures_of(b.first); });
  const auto differ = [&](std::size_t part) {
    return std::any_of(made.begin(), made.end(),
                       [&](const auto& group) { return group.first[part] != made.front().first[part]; });
  };
  const bool show_account = differ(0);
  const bool show_region = show_account || differ(1);

  TextTable table({"workload", "made", "failed", "share", "most often"});
  const std::size_t shown = std::min(made.size(), kMostWorkloads);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& [key, count] = made[i];
    const Labels workload{{"account", key[0]}, {"region", key[1]}, {"resource", key[2]}, {"workload", key[3]}};
    table.add({(show_account ? key[0] + "/" : "") + (show_region ? key[1] + " " : "") + key[2] + "/" + key[3],
               number(count), number(failures_of(key)), share_cell(values, workload), most_often(values, workload)});
  }
  std::vector<std::string> lines = table.lines(page);
  if (shown < made.size())
    lines.push_back("… and " + counted(static_cast<double>(made.size() - shown), "more workload") +
                    (values.runs() > 1 ? "" : " with fewer failures"));
  return lines;
}

void write_calls(const SummaryValues& values, TextPage& page) {
  if (values.count("api_calls_total").mean == 0) return;
  auto lines =
      attempts_and_failures(values, " made", "api_calls_total", "api_call_failures_total", "api_call_failure_ratio");
  const auto workloads = workload_lines(values, page);
  lines.insert(lines.end(), workloads.begin(), workloads.end());
  page.section("calls", lines);
}

void write_network(const SummaryValues& values, TextPage& page) {
  std::vector<std::string> lines;
  if (const std::string ready = median_and_p99(values, "network_ready_seconds"); !ready.empty())
    lines.push_back("interface ready after " + ready);
  const double calls = values.count("api_calls_total").mean;
  constexpr std::array names{std::string_view("reason")};
  double lost = 0;
  for (const auto& [reason, count] : values.grouped("api_call_failures_total", names))
    if (reason.front() == "network_unavailable") lost = count;
  if (calls > 0)
    lines.push_back(lost > 0            ? counted(lost, "call") + " failed without a network" + share_of(lost, calls)
                    : values.runs() > 1 ? "calls failed without a network " + in_none_of(values.runs())
                                        : "no call failed without a network");
  const Estimate provisioning = values.count("provisioning_failures_total");
  if (provisioning.mean > 0)
    lines.push_back(number(provisioning) +
                    " attempts to provision failed: " + reasons(values, "provisioning_failures_total"));
  page.section("network", lines);
}

void write_sessions(const SummaryValues& values, TextPage& page) {
  const Estimate asked = values.count("sessions_total");
  if (asked.mean == 0) return;
  const Estimate rejected = values.count("sessions_rejected_total");
  std::vector<std::string> lines{number(asked) + " arrived, " + number(values.count("session_wait_seconds.count")) +
                                 " started"};
  if (rejected.mean == 0 && values.runs() > 1)
    lines.push_back("rejections " + in_none_of(values.runs()));
  else
    lines.front() +=
        ", " + number(rejected) + " rejected" + share_of(rejected.mean, asked.mean) + in_some(values, rejected);
  const auto longest = values.total("session_wait_seconds.max");
  if (longest && longest->mean > 0) lines.push_back("waited " + median_and_p99(values, "session_wait_seconds"));
  page.section("sessions", lines);
}

/// At the top, since what the configuration breaks makes the rest of the page the answer to another question.
void write_check_errors(const Report& report, TextPage& page) {
  const std::string errors = findings_of(report.findings, Severity::error);
  if (errors.empty()) return;
  page.section("✗ configuration", {errors + ": credsim check " + report.scenario.path}, Colour::red);
}

void write_findings(const Report& report, TextPage& page) {
  std::string text;
  for (const Severity severity : {Severity::error, Severity::warning, Severity::note})
    if (const std::string found = findings_of(report.findings, severity); !found.empty())
      text += (text.empty() ? "" : ", ") + found;
  page.section("findings", {text.empty() ? "none" : text + ": credsim check " + report.scenario.path});
}

void write_engine(const Report& report, TextPage& page) {
  const ReplicationsResult& result = report.result;
  const auto events = static_cast<double>(result.events);
  std::string text = counted(events, "event");
  if (result.wall_seconds > 0) {
    const double simulated =
        std::chrono::duration<double>(result.ended.time_since_epoch()).count() * std::max(1U, result.counted);
    text += ", " + magnitude(events / result.wall_seconds) + " a second; " +
            magnitude(simulated / result.wall_seconds) + " × real time";
  }
  page.section("engine", {text});
}

void write_audit(const Report& report, TextPage& page) {
  std::vector<std::string> lines{report.database + ", " + number(static_cast<double>(report.rows)) +
                                 " rows, agrees with every count above"};
  if (report.audit_level == AuditLevel::failures)
    lines.emplace_back("level failures: instances, credentials, overlaps and sessions are counted, not kept");
  if (report.audit_level == AuditLevel::aggregate)
    lines.emplace_back("level aggregate: only findings, series and aggregates are kept");
  page.section("audit", lines);
}

}  // namespace

std::string summary_text(const Report& report, bool colour, std::size_t columns) {
  const SummaryValues values(report.result.estimates, report.result.counted);
  TextPage page(colour, columns);
  write_title(report, values, page);
  page.line("");
  write_never_served(values, page);
  write_check_errors(report, page);
  write_first_limit(report, page);
  write_harm(values, page);
  page.line("");
  write_thresholds(report, page);
  write_credentials(values, page);
  page.section("AssumeRole", attempts_and_failures(values, " attempts", "assume_role_requests_total",
                                                   "assume_role_failures_total", "assume_role_failure_ratio"));
  write_calls(values, page);
  write_network(values, page);
  write_sessions(values, page);
  page.line("");
  write_limits(report, page);
  page.line("");
  write_findings(report, page);
  write_engine(report, page);
  write_audit(report, page);
  return page.text();
}

}  // namespace credsim
