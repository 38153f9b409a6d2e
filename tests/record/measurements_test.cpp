#include "credsim/measurements.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <span>
#include <tuple>

#include "credsim/metric.hpp"

#include "recorded.hpp"
#include "test_support/catch.hpp"

using namespace credsim;
using namespace credsim::test;

namespace {

// "eng" had 90 grants and 10 refusals, "ops" 300 grants; each in a cell of its own.
std::vector<CellResult> two_cells(const Scenario& scenario) {
  std::vector<CellResult> cells(2, nothing(scenario));
  ResourceCounters& eng = cells[0].resources[0];
  eng.assume_role_successes = 90;
  eng.assume_role_failures[static_cast<std::size_t>(Reason::throttled)] = 7;
  eng.assume_role_failures[static_cast<std::size_t>(Reason::service_unavailable)] = 3;
  eng.instances = 12;
  eng.instances_in_gap_window = 10;
  eng.instances_with_gap = 5;
  eng.gap.record(10s);
  eng.gap.record(30s);
  cells[0].workloads[0][0].calls_succeeded = 6;
  cells[0].workloads[0][0].call_failures[static_cast<std::size_t>(Reason::access_denied)] = 2;
  cells[0].workloads[0][1].calls_succeeded = 2;
  cells[0].gauges = {{"credentials_live", {{"resource", "eng"}}, 10, 12},
                     {"fault_active", {{"kind", "sts_outage"}, {"name", "outage"}}, 0, 1}};
  cells[0].events = 100;
  ResourceCounters& ops = cells[1].resources[1];
  ops.assume_role_successes = 300;
  ops.instances = ops.instances_in_gap_window = 90;
  ops.gap.record(20s);
  cells[1].gauges = {{"credentials_live", {{"resource", "ops"}}, 90, 91},
                     {"fault_active", {{"kind", "sts_outage"}, {"name", "outage"}}, 1, 1}};
  cells[1].events = 11;
  return cells;
}

using Selector = std::vector<std::pair<std::string, std::string>>;

std::optional<double> measured(const std::string& metric, const std::string& statistic, const Selector& selector = {}) {
  const Scenario scenario = two_fleets();
  return Measurements{scenario, two_cells(scenario)}.value(metric, statistic, selector);
}

std::uint64_t sum_of(std::span<const std::uint64_t> counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace

TEST_CASE("adding counters up leaves out no field and takes none twice") {
  const auto check = []<class Counters>(Counters counters) {
    const auto each = [](Counters& of, auto&& visit) {
      std::apply([&](auto&... field) { (visit(field), ...); }, Counters::fields(of));
    };
    std::set<const void*> places;
    std::uint64_t number = 0;
    each(counters, [&](auto& field) {
      places.insert(&field);
      ++number;
      if constexpr (requires { field.record(1s); })
        for (std::uint64_t i = 0; i < number; ++i) field.record(1s);
      else if constexpr (requires { field.fill(1); })
        field.fill(number);
      else
        field = number;
    });
    CHECK(places.size() == number);
    Counters sum;
    add_up(sum, counters);
    add_up(sum, counters);
    number = 0;
    each(sum, [&](auto& field) {
      ++number;
      if constexpr (requires { field.record(1s); })
        CHECK((field.samples().count() == 2 * number && sum_of(field.counts()) == 2 * number));
      else if constexpr (requires { field.fill(1); })
        CHECK(std::all_of(field.begin(), field.end(), [&](std::uint64_t count) { return count == 2 * number; }));
      else
        CHECK(static_cast<std::uint64_t>(field) == 2 * number);
    });
  };
  check(ResourceCounters{});
  check(WorkloadCounters{});
}

TEST_CASE("a counter is added up over the label sets that match") {
  CHECK(measured("assume_role_requests_total", "") == 400);
  CHECK(measured("assume_role_requests_total", "", {{"outcome", "failure"}}) == 10);
  CHECK(measured("assume_role_requests_total", "", {{"resource", "ops"}, {"outcome", "success"}}) == 300);
  CHECK(measured("assume_role_failures_total", "", {{"reason", "throttled"}}) == 7);
  CHECK(measured("assume_role_failures_total", "", {{"reason", "service_role"}}) == 0);
  CHECK(measured("api_calls_total", "", {{"workload", "login"}, {"operation", "ec2:DescribeInstances"}}) == 8);
  CHECK(measured("events_total", "") == 111);
}

TEST_CASE("a ratio is divided after adding up, and is nothing over nothing") {
  CHECK(measured("assume_role_failure_ratio", "") == Approx(10.0 / 400));
  CHECK(measured("assume_role_failure_ratio", "", {{"resource", "eng"}}) == Approx(0.1));
  CHECK(measured("gap_instance_ratio", "") == Approx(0.05));
  CHECK(measured("api_call_failure_ratio", "", {{"workload", "login"}}) == Approx(0.25));
  CHECK(measured("credential_unavailable_ratio", "") == std::nullopt);
}

TEST_CASE("instances never served are counted by resource, and their time is time without a credential") {
  const Scenario scenario = two_fleets();
  std::vector<CellResult> cells = two_cells(scenario);
  cells[0].resources[0].instances_never_served = 2;
  cells[0].resources[0].time_never_served_us = 600;
  cells[0].resources[0].time_after_first_credential_us = 1400;
  cells[0].resources[0].time_without_credential_us = 100;
  cells[1].resources[1].time_after_first_credential_us = 2000;
  const Measurements measurements{scenario, cells};
  CHECK(measurements.value("instances_never_served", "", {}) == 2);
  CHECK(measurements.value("instances_never_served", "", Selector{{"resource", "ops"}}) == 0);
  CHECK(measurements.value("credential_unavailable_ratio", "", {}) == Approx(700.0 / 4000));
  CHECK(measurements.value("credential_unavailable_ratio", "", Selector{{"resource", "eng"}}) == Approx(700.0 / 2000));
  CHECK(measured("instances_never_served", "") == 0);
}

TEST_CASE("histograms are merged, and without samples have a count and a sum only") {
  CHECK(measured("credential_gap_seconds", "count") == 3);
  CHECK(measured("credential_gap_seconds", "sum") == Approx(60));
  CHECK(measured("credential_gap_seconds", "mean") == Approx(20));
  CHECK(measured("credential_gap_seconds", "min") == Approx(10));
  CHECK(measured("credential_gap_seconds", "p50") == Approx(20).epsilon(0.005));
  CHECK(measured("credential_gap_seconds", "max", {{"resource", "ops"}}) == Approx(20));
  CHECK(measured("credential_overlap_seconds", "count") == 0);
  CHECK(measured("credential_overlap_seconds", "sum") == 0);
  for (const char* statistic : {"min", "mean", "p50", "p90", "p95", "p99", "p999", "max"})
    CHECK(measured("credential_overlap_seconds", statistic) == std::nullopt);
}

TEST_CASE("gauges of several labels are added up, flags and ages are not") {
  CHECK(measured("credentials_live", "") == 100);
  CHECK(measured("credentials_live", "max") == 103);
  CHECK(measured("credentials_live", "max", {{"resource", "eng"}}) == 12);
  CHECK(measured("fault_active", "") == 1);
  CHECK(measured("fault_active", "max", {{"name", "outage"}}) == 1);
  CHECK(measured("bucket_tokens", "") == std::nullopt);
}

TEST_CASE("the summary has each value once at its labels and once over all, with the labels of its metric") {
  const Scenario scenario = two_fleets();
  const std::vector<SummaryValue> summary = Measurements{scenario, two_cells(scenario)}.summary();
  std::size_t last_metric = 0;
  std::vector<std::pair<std::string, Labels>> seen;
  for (const SummaryValue& each : summary) {
    CAPTURE(each.metric, each.labels);
    const std::string name = each.metric.substr(0, each.metric.find('.'));
    const auto metric =
        std::find_if(kMetrics.begin(), kMetrics.end(), [&](const Metric& known) { return known.name == name; });
    REQUIRE(metric != kMetrics.end());
    CHECK(static_cast<std::size_t>(metric - kMetrics.begin()) >= last_metric);
    last_metric = static_cast<std::size_t>(metric - kMetrics.begin());
    CHECK(std::is_sorted(each.labels.begin(), each.labels.end()));
    const std::string allowed = "," + std::string{metric->labels} + ",";
    for (const auto& [label, text] : each.labels) CHECK(allowed.find("," + label + ",") != std::string::npos);
    seen.emplace_back(each.metric, each.labels);
  }
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());

  const auto at_labels = [&](const std::string& metric, const Labels& labels) {
    const auto found = std::find_if(summary.begin(), summary.end(), [&](const SummaryValue& each) {
      return each.metric == metric && each.labels == labels;
    });
    return found == summary.end() ? std::nullopt : std::optional{found->value};
  };
  const Labels eng{{"account", "123456789012"}, {"region", "us-east-1"}, {"resource", "eng"}};
  CHECK(at_labels("credential_gap_seconds.count", eng) == 2);
  CHECK(at_labels("credential_gap_seconds.count", {}) == 3);
  CHECK_FALSE(at_labels("credentials_live.max", {}));  // the fleets' largest values are of different moments
  CHECK(at_labels("sessions_total", eng) == 0);
  CHECK(at_labels("events_total", {}) == 111);
}

TEST_CASE("the limit that was refused first comes first, then the most used, and the unlimited last") {
  const Scenario scenario = two_fleets();
  std::vector<CellResult> cells{nothing(scenario)};
  const auto limit = [&](const char* name, double peak, SimTime refused, bool unlimited = false) {
    LimitUsage usage;
    usage.name = name;
    usage.unlimited = unlimited;
    usage.capacity_1s = usage.capacity_60s = unlimited ? 0 : 100;
    usage.peak_1s = peak;
    usage.first_refused = refused;
    cells[0].limits.push_back(usage);
  };
  limit("unlimited", 1000, kNever, true);
  limit("half", 50, kNever);
  limit("late", 200, at(9s));
  limit("nearly", 99, kNever);
  limit("early", 101, at(2s));
  std::string order;
  const Measurements measurements{scenario, cells};
  for (const LimitUsage& usage : measurements.limits()) order += usage.name + " ";
  CHECK(order == "early late nearly half unlimited ");
}

TEST_CASE("a threshold without samples misses") {
  const Scenario scenario = two_fleets();
  const Measurements measurements{scenario, two_cells(scenario)};
  std::vector<Threshold> thresholds(3);
  thresholds[0].metric = thresholds[1].metric = "credential_gap_seconds";
  thresholds[0].statistic = thresholds[1].statistic = "max";
  thresholds[0].value = 31;
  thresholds[1].value = 30;
  thresholds[2].metric = "credential_overlap_seconds";
  thresholds[2].statistic = "p99";
  thresholds[2].value = 1e9;
  const std::vector<ThresholdResult> results = judge(thresholds, measurements);
  REQUIRE(results.size() == 3);
  CHECK(results[0].passed);
  CHECK_FALSE(results[1].passed);
  CHECK(results[1].observed == Approx(30));
  CHECK(results[2].observed == std::nullopt);
  CHECK_FALSE(results[2].passed);
}

TEST_CASE("no gap is a gap of 0 s where credentials were issued, and no sample where none was") {
  const Scenario scenario = two_fleets();
  std::vector<CellResult> cells{nothing(scenario)};
  cells[0].resources[0].credentials_issued = 5;
  const Measurements measurements{scenario, cells};
  const Selector eng{{"resource", "eng"}};
  const Selector ops{{"resource", "ops"}};
  for (const char* metric : {"credential_gap_seconds", "credential_overlap_seconds"})
    for (const std::string_view statistic : kHistogramStatistics) {
      CAPTURE(metric, statistic);
      CHECK(measurements.value(metric, statistic, {}) == 0);
      CHECK(measurements.value(metric, statistic, eng) == 0);
      const bool is_count = statistic == "count" || statistic == "sum";
      CHECK(measurements.value(metric, statistic, ops) == (is_count ? std::optional(0.0) : std::nullopt));
    }
  CHECK(measurements.value("first_credential_seconds", "p99", eng) == std::nullopt);
}

namespace {

/// A full quota, a bucket of which 80 % was used, an unlimited one, and a fleet that turned away its ninth session.
Measurements four_limits(const Scenario& scenario) {
  std::vector<CellResult> cells{nothing(scenario)};
  const auto add = [&](Limit limit, double capacity, double peak) -> LimitUsage& {
    LimitUsage usage{std::move(limit)};
    usage.capacity_1s = usage.capacity_60s = capacity;
    usage.peak_1s = usage.peak_60s = peak;
    return cells[0].limits.emplace_back(std::move(usage));
  };
  add(interface_limit("123456789012", "us-east-1"), 5'000, 5'000);
  LimitUsage& bucket = add(bucket_limit("123456789012", "us-east-1", BucketKind::sts_account), 100, 80);
  bucket.capacity_600s = 100;
  bucket.peak_600s = 70;
  add(bucket_limit("123456789012", "us-east-1", BucketKind::sts_service), 0, 1'000).unlimited = true;
  LimitUsage& capacity = add(capacity_limit("123456789012", "us-east-1", "eng"), 10, 9);
  capacity.first_refused = at(3600s);
  capacity.refused = 2;
  return {scenario, cells};
}

}  // namespace

TEST_CASE("of the limits that a selector matches the worst counts") {
  const Scenario scenario = two_fleets();
  const Measurements measurements = four_limits(scenario);
  const auto of = [&](const char* metric, const Selector& selector) {
    return measurements.value(metric, "", selector);
  };
  const Selector account{{"limit", "sts.account 123456789012/us-east-1"}};
  CHECK(of("limit_headroom", account) == Approx(0.2));
  CHECK(of("limit_headroom", {{"bucket", "sts.account"}}) == Approx(0.2));
  CHECK(of("limit_headroom", {{"limit", "sts.account"}}) == Approx(0.2));
  CHECK(of("limit_headroom", {{"limit", "sts.acc"}}) == std::nullopt);
  CHECK(of("limit_headroom", {{"limit", "ec2.network_interfaces"}}) == 0);
  CHECK(of("limit_headroom", {{"bucket", "sts.service"}}) == 1);
  CHECK(of("limit_headroom", {{"resource", "eng"}}) == 0);  // it refused, though a tenth was left
  CHECK(of("limit_headroom", {{"region", "us-east-1"}}) == 0);
  CHECK(of("limit_utilisation", {}) == 1);
  CHECK(of("limit_utilisation", account) == Approx(0.8));
  CHECK(of("limit_peak_1s", {{"limit", "sts.account"}}) == 80);
  CHECK(of("limit_peak_60s", {{"limit", "ec2.network_interfaces"}}) == 5'000);
  CHECK(of("limit_peak_600s", {{"limit", "sts.account"}}) == 70);
  CHECK(of("limit_peak_600s", {{"limit", "capacity"}}) == std::nullopt);
  CHECK(of("limit_refused_total", {}) == 2);
  CHECK(of("capacity_headroom", {{"resource", "eng"}}) == 0);
  CHECK(of("capacity_utilisation", {}) == Approx(0.9));
}

TEST_CASE("a limit that never refused did so later than any time") {
  const Scenario scenario = two_fleets();
  const Measurements measurements = four_limits(scenario);
  std::vector<Threshold> thresholds;
  for (const char* text :
       {"limit_first_refused_seconds{resource=eng} >= 1h", "limit_first_refused_seconds{resource=eng} > 1h",
        "limit_first_refused_seconds{bucket=sts.account} > 10h",
        "limit_first_refused_seconds{bucket=sts.account} < 10h"}) {
    std::string fault;
    thresholds.push_back(*parse_threshold(text, fault));
  }
  const std::vector<ThresholdResult> results = judge(thresholds, measurements);
  CHECK(results[0].passed);
  CHECK(results[0].observed == 3600);
  CHECK_FALSE(results[1].passed);
  CHECK(results[2].passed);
  CHECK(results[2].observed == std::nullopt);
  CHECK_FALSE(results[3].passed);
}
