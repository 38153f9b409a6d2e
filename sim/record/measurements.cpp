#include "credsim/measurements.hpp"

#include <algorithm>
#include <numeric>

#include "credsim/metric.hpp"

#include "record/statistic.hpp"
#include "record/worst_limit.hpp"

namespace credsim {
namespace {

using Selector = std::span<const std::pair<std::string, std::string>>;

Labels with(const Labels& labels, std::initializer_list<std::pair<std::string, std::string>> more) {
  Labels all = labels;
  all.insert(all.end(), more.begin(), more.end());
  std::sort(all.begin(), all.end());
  return all;
}

bool matches(const Labels& labels, Selector selector) {
  return std::all_of(selector.begin(), selector.end(), [&](const auto& wanted) {
    return std::find(labels.begin(), labels.end(), wanted) != labels.end();
  });
}

std::uint64_t total(const std::array<std::uint64_t, kReasons>& by_reason) {
  return std::accumulate(by_reason.begin(), by_reason.end(), std::uint64_t{0});
}

ResourceCounters over_cells(std::span<const CellResult> cells, std::size_t resource) {
  ResourceCounters sum;
  for (const CellResult& cell : cells) add_up(sum, cell.resources[resource]);
  return sum;
}

WorkloadCounters over_cells(std::span<const CellResult> cells, std::size_t resource, std::size_t workload) {
  WorkloadCounters sum;
  for (const CellResult& cell : cells) add_up(sum, cell.workloads[resource][workload]);
  return sum;
}

// Ages and flags: their sum over labels means nothing, so the largest stands for all.
bool adds_up(std::string_view gauge) {
  return gauge != "oldest_live_credential_seconds" && gauge != "fault_active";
}

}  // namespace

Measurements::Measurements(const Scenario& scenario, std::span<const CellResult> cells) {
  for (std::size_t i = 0; i < scenario.resources.size(); ++i) add_resource(scenario, i, cells);
  for (const CellResult& cell : cells) {
    for (const GaugeSummary& gauge : cell.gauges) add_gauge(gauge);
    limits_.insert(limits_.end(), cell.limits.begin(), cell.limits.end());
    events_ += cell.events;
  }
  counters_.push_back({"events_total", {}, static_cast<double>(events_)});
  std::sort(limits_.begin(), limits_.end(), [](const LimitUsage& a, const LimitUsage& b) { return a.comes_before(b); });
}

void Measurements::add_resource(const Scenario& scenario, std::size_t index, std::span<const CellResult> cells) {
  const Resource& resource = scenario.resources[index];
  const Account& account = scenario.accounts[resource.account];
  const Labels labels{
      {"account", account.id}, {"region", account.regions[resource.region].name}, {"resource", resource.name}};
  const ResourceCounters counters = over_cells(cells, index);

  const auto count = [&](std::string_view metric, const Labels& at, std::uint64_t value) {
    counters_.push_back({metric, at, static_cast<double>(value)});
  };
  const auto by_reason = [&](std::string_view metric, const std::array<std::uint64_t, kReasons>& failures) {
    for (std::size_t i = 0; i < kReasons; ++i)
      if (failures[i] > 0)
        count(metric, with(labels, {{"reason", std::string{reason_name(static_cast<Reason>(i))}}}), failures[i]);
  };

  const std::uint64_t refused = total(counters.assume_role_failures);
  count("assume_role_requests_total", with(labels, {{"outcome", "success"}}), counters.assume_role_successes);
  count("assume_role_requests_total", with(labels, {{"outcome", "failure"}}), refused);
  by_reason("assume_role_failures_total", counters.assume_role_failures);
  by_reason("provisioning_failures_total", counters.provisioning_failures);
  count("credentials_issued_total", labels, counters.credentials_issued);
  count("instances_total", labels, counters.instances);
  count("instances_never_provisioned_total", labels, counters.instances_never_provisioned);
  count("instances_never_served", labels, counters.instances_never_served);
  count("credential_gaps_stopped_total", labels, counters.gaps_stopped);
  ratios_.push_back({"assume_role_failure_ratio", labels, static_cast<double>(refused),
                     static_cast<double>(refused + counters.assume_role_successes)});
  ratios_.push_back({"gap_instance_ratio", labels, static_cast<double>(counters.instances_with_gap),
                     static_cast<double>(counters.instances_in_gap_window)});
  ratios_.push_back({"credential_unavailable_ratio", labels,
                     static_cast<double>(counters.time_without_credential_us + counters.time_never_served_us),
                     static_cast<double>(counters.time_after_first_credential_us + counters.time_never_served_us)});
  histograms_.push_back({"credential_overlap_seconds", labels, counters.overlap.samples()});
  histograms_.push_back({"credential_gap_seconds", labels, counters.gap.samples()});
  histograms_.push_back({"first_credential_seconds", labels, counters.first_credential.samples()});
  histograms_.push_back({"network_ready_seconds", labels, counters.network_ready.samples()});
  histograms_.push_back({"interface_wait_seconds", labels, counters.interface_wait.samples()});
  if (resource.sessions) {
    count("sessions_total", labels, counters.sessions_arrived);
    count("sessions_rejected_total", labels, counters.sessions_rejected);
    histograms_.push_back({"session_wait_seconds", labels, counters.session_wait.samples()});
  }
  for (std::size_t i = 0; i < resource.workloads.size(); ++i)
    add_workload(resource.workloads[i], labels, over_cells(cells, index, i));
}

void Measurements::add_workload(const Workload& workload, const Labels& of_resource, const WorkloadCounters& counters) {
  const Labels labels = with(of_resource, {{"workload", workload.name}, {"operation", workload.calls.action}});
  const auto count = [&](std::string_view metric, const Labels& at, std::uint64_t value) {
    counters_.push_back({metric, at, static_cast<double>(value)});
  };
  const std::uint64_t failed = total(counters.call_failures);
  count("api_calls_total", with(labels, {{"outcome", "success"}}), counters.calls_succeeded);
  count("api_calls_total", with(labels, {{"outcome", "failure"}}), failed);
  count("api_call_attempts_total", labels, counters.attempts);
  for (std::size_t i = 0; i < kReasons; ++i)
    if (counters.call_failures[i] > 0)
      count("api_call_failures_total", with(labels, {{"reason", std::string{reason_name(static_cast<Reason>(i))}}}),
            counters.call_failures[i]);
  count("first_calls_total", with(labels, {{"network", "ready"}}),
        counters.first_calls - counters.first_calls_without_network);
  count("first_calls_total", with(labels, {{"network", "missing"}}), counters.first_calls_without_network);
  ratios_.push_back({"api_call_failure_ratio", labels, static_cast<double>(failed),
                     static_cast<double>(failed + counters.calls_succeeded)});
  count("credential_helper_runs_total", with(of_resource, {{"workload", workload.name}}), counters.helper_runs);
}

// A fault that bites in several cells has the same labels in each.
void Measurements::add_gauge(const GaugeSummary& gauge) {
  const auto same = std::find_if(gauges_.begin(), gauges_.end(), [&](const GaugeSummary& each) {
    return each.metric == gauge.metric && each.labels == gauge.labels;
  });
  if (same == gauges_.end()) {
    gauges_.push_back(gauge);
    return;
  }
  same->last = adds_up(gauge.metric) ? same->last + gauge.last : std::max(same->last, gauge.last);
  same->maximum = adds_up(gauge.metric) ? same->maximum + gauge.maximum : std::max(same->maximum, gauge.maximum);
}

LogHistogram Measurements::merged(std::string_view metric, Selector selector) const {
  LogHistogram all;
  for (const Histogram& each : histograms_)
    if (each.metric == metric && matches(each.labels, selector)) all.merge(each.samples);
  return all;
}

std::optional<double> Measurements::value(std::string_view metric, std::string_view statistic,
                                          Selector selector) const {
  const Metric* known = find_metric(metric);
  if (known == nullptr) return std::nullopt;
  switch (known->kind) {
    case MetricKind::counter:
    case MetricKind::tally: {
      double sum = 0;
      for (const Counter& each : counters_)
        if (each.metric == metric && matches(each.labels, selector)) sum += each.value;
      return sum;
    }
    case MetricKind::gauge: {
      std::optional<double> all;
      for (const GaugeSummary& each : gauges_) {
        if (each.metric != metric || !matches(each.labels, selector)) continue;
        const double one = statistic == "max" ? each.maximum : each.last;
        all = !all ? one : adds_up(metric) ? *all + one : std::max(*all, one);
      }
      return all;
    }
    case MetricKind::histogram: {
      const auto measured = record::statistic_of(merged(metric, selector), statistic);
      if (measured || known->possible_with.empty()) return measured;
      return value(known->possible_with, "", selector) > 0 ? std::optional(0.0) : std::nullopt;
    }
    case MetricKind::limit:
      return record::worst_limit(metric, limits_, selector);
    case MetricKind::ratio: {
      double numerator = 0;
      double denominator = 0;
      for (const Ratio& each : ratios_) {
        if (each.metric != metric || !matches(each.labels, selector)) continue;
        numerator += each.numerator;
        denominator += each.denominator;
      }
      if (denominator <= 0) return std::nullopt;
      return numerator / denominator;
    }
  }
  return std::nullopt;
}

}  // namespace credsim
