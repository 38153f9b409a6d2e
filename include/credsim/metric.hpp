#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace credsim {

/// What kind of number a metric is, which decides its statistics.
enum class MetricKind : std::uint8_t {
  counter,    ///< no statistic
  gauge,      ///< none (its last value) or .max (over the steps of the series; label sets are added up, which
              ///< over-estimates; of ages and flags, which do not add up, the largest counts)
  histogram,  ///< .count .sum .min .mean .p50 .p90 .p95 .p99 .p999 .max, the last eight in seconds
  ratio,      ///< no statistic; derived from counters that are added up before they are divided
};

/// A metric of the summary, of thresholds and (with the prefix `credsim_`) of Prometheus.
struct Metric {
  std::string_view name;
  MetricKind kind;
  std::string_view help;
  std::string_view labels;  ///< comma-separated
};

inline constexpr std::array kMetrics = {
    Metric{"assume_role_requests_total", MetricKind::counter, "AssumeRole attempts by outcome.",
           "account,region,resource,outcome"},
    Metric{"assume_role_failures_total", MetricKind::counter, "AssumeRole attempts that were refused or failed.",
           "account,region,resource,reason"},
    Metric{"assume_role_failure_ratio", MetricKind::ratio, "Failed AssumeRole attempts / all attempts.",
           "account,region,resource"},
    Metric{"provisioning_failures_total", MetricKind::counter,
           "Attempts to provision an instance without an interface or address left.", "account,region,resource,reason"},
    Metric{"credentials_issued_total", MetricKind::counter, "Credentials issued.", "account,region,resource"},
    Metric{"credentials_live", MetricKind::gauge, "Unexpired credentials, those of terminated instances included.",
           "account,region,resource"},
    Metric{"oldest_live_credential_seconds", MetricKind::gauge, "Age of the oldest unexpired credential.",
           "account,region,resource"},
    Metric{"instances_total", MetricKind::counter, "Instances provisioned.", "account,region,resource"},
    Metric{"instances_never_provisioned_total", MetricKind::counter,
           "Instances that were asked for and found no interface or address to the end.", "account,region,resource"},
    Metric{"instances", MetricKind::gauge, "Instances by state.", "account,region,resource,state"},
    Metric{"instances_without_credential", MetricKind::gauge, "Running instances without an unexpired credential.",
           "account,region,resource"},
    Metric{"gap_instance_ratio", MetricKind::ratio, "Instances with a gap / instances.", "account,region,resource"},
    Metric{"credential_unavailable_ratio", MetricKind::ratio,
           "Instance time in gaps / instance time after the first credential.", "account,region,resource"},
    Metric{"credential_overlap_seconds", MetricKind::histogram, "Overlap windows of consecutive credentials.",
           "account,region,resource"},
    Metric{"credential_gap_seconds", MetricKind::histogram, "Gaps without a live credential.",
           "account,region,resource"},
    Metric{"first_credential_seconds", MetricKind::histogram, "From provisioning to the first credential.",
           "account,region,resource"},
    Metric{"network_ready_seconds", MetricKind::histogram, "From provisioning to an available network interface.",
           "account,region,resource"},
    Metric{"interface_wait_seconds", MetricKind::histogram, "Wait for a create_network_interface token.",
           "account,region,resource"},
    Metric{"api_calls_total", MetricKind::counter, "Calls of workloads by outcome.",
           "account,region,resource,workload,operation,outcome"},
    Metric{"api_call_attempts_total", MetricKind::counter, "Attempts of calls.",
           "account,region,resource,workload,operation"},
    Metric{"api_call_failures_total", MetricKind::counter, "Failed calls by the reason of their last attempt.",
           "account,region,resource,workload,operation,reason"},
    Metric{"api_call_failure_ratio", MetricKind::ratio, "Failed calls / calls.",
           "account,region,resource,workload,operation"},
    Metric{"credential_helper_runs_total", MetricKind::counter, "Runs of the credential helper by workloads.",
           "account,region,resource,workload"},
    Metric{"sessions", MetricKind::gauge, "Sessions by state.", "account,region,resource,state"},
    Metric{"sessions_total", MetricKind::counter, "Sessions asked for.", "account,region,resource"},
    Metric{"sessions_rejected_total", MetricKind::counter, "Sessions rejected for insufficient capacity.",
           "account,region,resource"},
    Metric{"session_wait_seconds", MetricKind::histogram, "From a session's arrival to its start.",
           "account,region,resource"},
    Metric{"bucket_tokens", MetricKind::gauge, "Tokens in a bucket.", "account,region,bucket"},
    Metric{"fault_active", MetricKind::gauge, "1 while a fault is in force.", "kind,name"},
    Metric{"events_total", MetricKind::counter, "Model occurrences.", ""},
};

inline constexpr std::array kHistogramStatistics = {
    std::string_view{"count"}, std::string_view{"sum"}, std::string_view{"min"}, std::string_view{"mean"},
    std::string_view{"p50"},   std::string_view{"p90"}, std::string_view{"p95"}, std::string_view{"p99"},
    std::string_view{"p999"},  std::string_view{"max"},
};

/// Null if there is no such metric.
[[nodiscard]] constexpr const Metric* find_metric(std::string_view name) {
  for (const Metric& metric : kMetrics)
    if (metric.name == name) return &metric;
  return nullptr;
}

}  // namespace credsim
