#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "credsim/time.hpp"

namespace credsim {

/// What kind of number a metric is, which decides its statistics.
enum class MetricKind : std::uint8_t {
  counter,    ///< no statistic
  tally,      ///< no statistic: how many there are, which a later event may change; to Prometheus a gauge
  gauge,      ///< none (its last value) or .max (over the steps of the series; label sets are added up, which
              ///< over-estimates; of ages and flags, which do not add up, the largest counts)
  histogram,  ///< .count .sum .min .mean .p50 .p90 .p95 .p99 .p999 .max, the last eight in seconds
  ratio,      ///< no statistic; derived from counters that are added up before they are divided
  limit,      ///< no statistic; of the limits that match, the worst counts (include/credsim/limit.hpp)
};

/// The upper bounds of a histogram's buckets, ascending, each included; what is longer than the last is in a bucket of
/// its own (Prometheus' `+Inf`).
using HistogramBounds = std::span<const Duration>;

// Bounds lie close where the quantity usually does and where people ask: whole minutes, the lead's five, the lifetime's
// sixty, AppStream's ten to twenty of a start.
inline constexpr std::array<Duration, 15> kOverlapBounds = {
    std::chrono::seconds{1},  std::chrono::seconds{10}, std::chrono::seconds{30}, std::chrono::minutes{1},
    std::chrono::minutes{2},  std::chrono::minutes{3},  std::chrono::minutes{4},  std::chrono::minutes{5},
    std::chrono::minutes{6},  std::chrono::minutes{10}, std::chrono::minutes{15}, std::chrono::minutes{20},
    std::chrono::minutes{30}, std::chrono::minutes{45}, std::chrono::hours{1}};
inline constexpr std::array<Duration, 14> kGapBounds = {
    std::chrono::seconds{1},  std::chrono::seconds{5},  std::chrono::seconds{15}, std::chrono::seconds{30},
    std::chrono::minutes{1},  std::chrono::minutes{2},  std::chrono::minutes{5},  std::chrono::minutes{10},
    std::chrono::minutes{15}, std::chrono::minutes{20}, std::chrono::minutes{30}, std::chrono::hours{1},
    std::chrono::hours{4},    std::chrono::hours{12}};
inline constexpr std::array<Duration, 18> kStartBounds = {
    std::chrono::seconds{5},  std::chrono::seconds{15}, std::chrono::seconds{30}, std::chrono::minutes{1},
    std::chrono::minutes{2},  std::chrono::minutes{5},  std::chrono::minutes{10}, std::chrono::minutes{12},
    std::chrono::minutes{14}, std::chrono::minutes{16}, std::chrono::minutes{18}, std::chrono::minutes{20},
    std::chrono::minutes{21}, std::chrono::minutes{22}, std::chrono::minutes{25}, std::chrono::minutes{30},
    std::chrono::hours{1},    std::chrono::hours{2}};
/// 0 is a bucket: those who did not wait.
inline constexpr std::array<Duration, 12> kWaitBounds = {Duration{},
                                                         std::chrono::seconds{1},
                                                         std::chrono::seconds{5},
                                                         std::chrono::seconds{15},
                                                         std::chrono::seconds{30},
                                                         std::chrono::minutes{1},
                                                         std::chrono::minutes{2},
                                                         std::chrono::minutes{3},
                                                         std::chrono::minutes{5},
                                                         std::chrono::minutes{10},
                                                         std::chrono::minutes{30},
                                                         std::chrono::hours{1}};

inline constexpr std::string_view kLimitLabels = "limit,account,region,bucket,instance_type,subnet,resource";

/// A metric of the summary, of thresholds, of the series of a run and (with the prefix `credsim_`) of Prometheus.
struct Metric {
  std::string_view name;
  MetricKind kind;
  std::string_view help;
  std::string_view labels;      ///< comma-separated
  HistogramBounds bounds = {};  ///< of a histogram
  /// Of a histogram of what need not happen: where this counter is above 0 it could have, and each statistic of none is
  /// then 0. Empty: a histogram without samples was not measured.
  std::string_view possible_with = {};

  /// Whether its values are shares, which a threshold may write as 20%.
  [[nodiscard]] constexpr bool is_share() const {
    return kind == MetricKind::ratio || name.ends_with("_headroom") || name.ends_with("_utilisation");
  }
};

inline constexpr std::array kMetrics = {
    Metric{"assume_role_requests_total", MetricKind::counter, "AssumeRole attempts by outcome.",
           "account,region,resource,outcome"},
    Metric{"assume_role_failures_total", MetricKind::counter, "AssumeRole attempts that were refused or failed.",
           "account,region,resource,reason"},
    Metric{"assume_role_failure_ratio", MetricKind::ratio, "Failed AssumeRole attempts / all attempts.",
           "account,region,resource"},
    Metric{"provisioning_failures_total", MetricKind::counter,
           "Attempts to provision an instance that a full quota or subnet refused.", "account,region,resource,reason"},
    Metric{"credentials_issued_total", MetricKind::counter, "Credentials issued.", "account,region,resource"},
    Metric{"credentials_live", MetricKind::gauge, "Unexpired credentials, those of terminated instances included.",
           "account,region,resource"},
    Metric{"oldest_live_credential_seconds", MetricKind::gauge, "Age of the oldest unexpired credential.",
           "account,region,resource"},
    Metric{"instances_total", MetricKind::counter, "Instances provisioned.", "account,region,resource"},
    Metric{"instances_never_provisioned_total", MetricKind::counter,
           "Instances that were asked for and found every try refused to the end.", "account,region,resource"},
    Metric{"instances_never_served", MetricKind::tally,
           "Instances whose scripts could call and that never had a credential.", "account,region,resource"},
    Metric{"instances", MetricKind::gauge, "Instances by state.", "account,region,resource,state"},
    Metric{"instances_without_credential", MetricKind::gauge, "Running instances without an unexpired credential.",
           "account,region,resource"},
    Metric{"gap_instance_ratio", MetricKind::ratio,
           "Instances with a gap while they ran / those that lived between the first gap and the last.",
           "account,region,resource"},
    Metric{"credential_unavailable_ratio", MetricKind::ratio,
           "Running time without a live credential / running time, after the first credential and of instances never "
           "served.",
           "account,region,resource"},
    Metric{"credential_overlap_seconds", MetricKind::histogram, "Overlap windows of consecutive credentials.",
           "account,region,resource", kOverlapBounds, "credentials_issued_total"},
    Metric{"credential_gap_seconds", MetricKind::histogram, "Gaps without a live credential while instances run.",
           "account,region,resource", kGapBounds, "credentials_issued_total"},
    Metric{"credential_gaps_stopped_total", MetricKind::counter,
           "Gaps, or parts of them, in which the instance was stopped.", "account,region,resource"},
    Metric{"first_credential_seconds", MetricKind::histogram, "From provisioning to the first credential.",
           "account,region,resource", kStartBounds},
    Metric{"network_ready_seconds", MetricKind::histogram, "From provisioning to an available network interface.",
           "account,region,resource", kStartBounds},
    Metric{"interface_wait_seconds", MetricKind::histogram, "Wait for a create_network_interface token.",
           "account,region,resource", kWaitBounds},
    Metric{"api_calls_total", MetricKind::counter, "Calls of workloads by outcome.",
           "account,region,resource,workload,operation,outcome"},
    Metric{"api_call_attempts_total", MetricKind::counter, "Attempts of calls.",
           "account,region,resource,workload,operation"},
    Metric{"api_call_failures_total", MetricKind::counter, "Failed calls by the reason of their last attempt.",
           "account,region,resource,workload,operation,reason"},
    Metric{"first_calls_total", MetricKind::counter,
           "First calls of a workload on an instance, by the network that they met: ready or missing.",
           "account,region,resource,workload,operation,network"},
    Metric{"api_call_failure_ratio", MetricKind::ratio, "Failed calls / calls.",
           "account,region,resource,workload,operation"},
    Metric{"credential_helper_runs_total", MetricKind::counter, "Runs of the credential helper by workloads.",
           "account,region,resource,workload"},
    Metric{"sessions", MetricKind::gauge, "Sessions by state.", "account,region,resource,state"},
    Metric{"sessions_total", MetricKind::counter, "Sessions asked for.", "account,region,resource"},
    Metric{"sessions_rejected_total", MetricKind::counter, "Sessions rejected for insufficient capacity.",
           "account,region,resource"},
    Metric{"session_wait_seconds", MetricKind::histogram, "From a session's arrival to its start.",
           "account,region,resource", kWaitBounds},
    Metric{"bucket_tokens", MetricKind::gauge, "Tokens in a bucket.", "account,region,bucket"},
    Metric{"fault_active", MetricKind::gauge, "1 while a fault is in force.", "kind,name"},
    Metric{"events_total", MetricKind::counter, "Model occurrences.", ""},
};

/// What thresholds can ask of the view limit_headroom. The label `limit` is a limit's name or the first words of it.
inline constexpr std::array kLimitMetrics = {
    Metric{"limit_headroom", MetricKind::limit,
           "What a limit's worst moment left of it: 0 if it is full or refused anything, 100% if unlimited. The least.",
           kLimitLabels},
    Metric{"limit_utilisation", MetricKind::limit,
           "What a limit's worst second, minute or ten minutes needed of it. The largest.", kLimitLabels},
    Metric{"limit_peak_1s", MetricKind::limit,
           "The busiest second: requests of a bucket, units at once of anything else. The largest.", kLimitLabels},
    Metric{"limit_peak_60s", MetricKind::limit,
           "The busiest minute's mean: requests a second of a bucket, units of anything else. The largest.",
           kLimitLabels},
    Metric{"limit_peak_600s", MetricKind::limit,
           "The busiest ten minutes' mean, requests a second; buckets only. The largest.", kLimitLabels},
    Metric{"limit_refused_total", MetricKind::limit, "Requests refused or made to wait. All of them.", kLimitLabels},
    Metric{"limit_first_refused_seconds", MetricKind::limit,
           "From the start to the first refusal; never is later than any time. The earliest.", kLimitLabels},
    Metric{"capacity_headroom", MetricKind::limit, "limit_headroom of fleets' own capacity for sessions. The least.",
           "account,region,resource"},
    Metric{"capacity_utilisation", MetricKind::limit,
           "limit_utilisation of fleets' own capacity for sessions (CloudWatch: CapacityUtilization). The largest.",
           "account,region,resource"},
};

/// What a run tells of itself beside that: in its series and in Prometheus, but not in the summary.
inline constexpr std::array kRunMetrics = {
    Metric{"bucket_refill_rate", MetricKind::gauge, "Tokens a second that a bucket gains, net of its background.",
           "account,region,bucket"},
    Metric{"bucket_capacity", MetricKind::gauge, "Tokens that a full bucket holds; 0 while it has no limit.",
           "account,region,bucket"},
    Metric{"network_interfaces", MetricKind::gauge,
           "Network interfaces in use, those that wait to be deleted included.", "account,region"},
    Metric{"network_interface_quota", MetricKind::gauge, "Network interfaces that there can be.", "account,region"},
    Metric{"workload_info", MetricKind::gauge, "1: how a workload waits, retries and holds its credentials.",
           "account,region,resource,workload,wait,retry_mode,credentials"},
    Metric{"pending_events", MetricKind::gauge, "Events in the pending event set.", "account,region"},
    Metric{"simulation_time_seconds", MetricKind::gauge, "Simulated time since the scenario's start.", ""},
    Metric{"simulation_speed_ratio", MetricKind::gauge, "Simulated seconds in a second, lately; 0 while paused.", ""},
    Metric{"simulation_target_speed_ratio", MetricKind::gauge,
           "Simulated seconds in a second that were asked for; 0 while paused, +Inf: as many as there can be.", ""},
    Metric{"audit_rows_total", MetricKind::counter, "Rows written to the audit database.", "table"},
    Metric{"audit_queue_depth", MetricKind::gauge, "Rows that wait to be written to the audit database.", ""},
    Metric{"build_info", MetricKind::gauge, "1: which program this is.", "version"},
};

inline constexpr std::array kHistogramStatistics = {
    std::string_view{"count"}, std::string_view{"sum"}, std::string_view{"min"}, std::string_view{"mean"},
    std::string_view{"p50"},   std::string_view{"p90"}, std::string_view{"p95"}, std::string_view{"p99"},
    std::string_view{"p999"},  std::string_view{"max"},
};

/// A counter and a ratio have the first of these alone.
inline constexpr std::array kGaugeStatistics = {std::string_view{""}, std::string_view{"max"}};

/// What may stand after a metric's name and a point; the empty one: nothing need stand there.
[[nodiscard]] constexpr std::span<const std::string_view> statistics_of(MetricKind kind) {
  if (kind == MetricKind::histogram) return kHistogramStatistics;
  return std::span(kGaugeStatistics).first(kind == MetricKind::gauge ? 2 : 1);
}

/// The names of a metric's labels.
[[nodiscard]] inline std::vector<std::string_view> label_names(const Metric& metric) {
  std::vector<std::string_view> names;
  for (std::string_view rest = metric.labels; !rest.empty();) {
    names.push_back(rest.substr(0, rest.find(',')));
    rest.remove_prefix(std::min(names.back().size() + 1, rest.size()));
  }
  return names;
}

/// The unit of a metric, which its name ends with as Prometheus wants it: "seconds", "ratio" (1 is all), "tokens/s";
/// "count" of all others.
[[nodiscard]] constexpr std::string_view unit_of(std::string_view metric) {
  if (metric.ends_with("_seconds")) return "seconds";
  if (metric.ends_with("_ratio") || metric.ends_with("_headroom") || metric.ends_with("_utilisation")) return "ratio";
  return metric.ends_with("_refill_rate") ? "tokens/s" : "count";
}

/// A metric of thresholds: of the summary or of limits. Null if there is no such metric.
[[nodiscard]] constexpr const Metric* find_metric(std::string_view name) {
  for (const Metric& metric : kMetrics)
    if (metric.name == name) return &metric;
  for (const Metric& metric : kLimitMetrics)
    if (metric.name == name) return &metric;
  return nullptr;
}

}  // namespace credsim
