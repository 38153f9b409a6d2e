#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "report/sample_report.hpp"
#include "report/text_page.hpp"
#include "test_support/catch.hpp"

namespace credsim::test {
namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr const char* kBusy =
    R"(credsim 0.1.0   monday-login-storm   seed 42   5,012 instances provisioned   12 h simulated in 400 ms

✗ breaks first  ec2.describe_instances 123456789012/us-east-1
                first refused 15 m 3 s into the run (2026-01-05 08:45:03 UTC); 8,123 refusals in all
                worst second 102 of 60 requests (170 %), worst minute 12 of 10.8 a second (111 %), ten minutes 12 of 10.8 (111 %)
                no threshold asks about this limit, so the exit status says nothing of it (limit_headroom > 0 asks)
meanwhile       8.21 % of instances were without a live credential at some time
                0.0407 % of calls failed
                10 of 12,000 sessions were rejected (0.0833 %)

thresholds      ✓ api_call_failure_ratio{workload=login-script} < 0.001   0.00041
                ✗ credential_gap_seconds.p99 <= 5m                        6 m 52 s
                ✗ session_wait_seconds.p99 < 60                           no samples
credentials     65,000 issued; the first of an instance after 15 m 5 s (median), 22 m 10 s (p99)
                60,000 overlaps of 5 m 29 s (median), 6 m 51 s (p99)
                1,212 gaps, longest 12 m 11 s, on 8.21 % of instances
AssumeRole      71,000 attempts, 6,000 failed (8.45 %)
                service_unavailable 5,900, throttled 100
calls           412,331 made, 168 failed (0.0407 %)
                network_unavailable 131, throttled 37
                workload              made   failed     share            most often
                eng/login-script   400,000      168   0.042 %   network_unavailable
                eng/inventory       12,331        0       0 %                     –
network         interface ready after 15 m 20 s (median), 22 m 10 s (p99)
                131 calls failed without a network (0.0318 %)
sessions        12,000 arrived, 11,990 started, 10 rejected (0.0833 %)
                waited 0 s (median), 12.5 s (p99)

limits          in 123456789012/us-east-1       peak 1 s       peak 60 s    headroom   first refusal
                ✗ ec2.describe_instances       102 of 60   12 of 10.8 /s        none        15 m 3 s
                ✓ sts.account               312 of 1,200   205 of 610 /s      66.4 %           never
                ✓ sts.service                      1,240         88.3 /s   unlimited           never

findings        2 warnings (lead-not-set, boundary-denies), 1 note (subnet-larger-than-aws): credsim check scenarios/monday-login-storm.yaml
engine          1,204,118 events, 3.01 M a second; 108,000 × real time
audit           monday-login-storm.db, 127,380 rows, agrees with every count above
)";

TEST_CASE("the summary of a busy morning opens with the limit that broke first") {
  const Sample sample = busy_sample();
  CHECK(summary_text(sample.report(), false) == kBusy);
}

TEST_CASE("colours change nothing but colours") {
  const Sample sample = busy_sample();
  std::string text = summary_text(sample.report(), true);
  CHECK(holds(text, "\x1b[31m✗ breaks first"));
  for (std::size_t at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b'))
    text.erase(at, text.find('m', at) + 1 - at);
  CHECK(text == kBusy);
}

TEST_CASE("when no limit broke the nearest one is named with an honest extrapolation") {
  Sample sample = empty_sample();
  sample.limit(bucket("sts.account", 1'200, 610, 312, 205));
  sample.limit(bucket("ec2.describe_instances", 60, 10.8333, 2, 0.5));
  const std::string text = summary_text(sample.report(), false);
  CHECK(holds(text, "✓ none breaks   sts.account 123456789012/us-east-1 is nearest, with 66.4 % headroom\n"));
  CHECK(holds(
      text,
      "would break at about 2.98 × this demand, about 14,900 instances of eng (an estimate: linear in demand)\n"));
}

TEST_CASE("no number of instances is given where scaling decides it") {
  Sample sample = empty_sample();
  sample.scenario.resources.front().scaling = Scaling{};
  sample.limit(bucket("sts.account", 1'200, 610, 312, 205));
  CHECK(holds(summary_text(sample.report(), false), "× this demand of eng (an estimate: linear in demand)\n"));
}

TEST_CASE("a quota of a type of instance is used up by the fleets of that type alone") {
  Sample sample = empty_sample();
  sample.scenario.resources[0].instance_type = "stream.standard.medium";
  Resource other = sample.scenario.resources[0];
  other.instance_type = "stream.compute.large";
  sample.scenario.resources.push_back(other);
  other.instance_type = "stream.standard.medium";
  other.type = ResourceType::image_builder;
  sample.scenario.resources.push_back(other);
  LimitUsage usage = bucket("quota", 10'000, 10'000, 5'000, 5'000);
  usage.kind = LimitUsage::Kind::instances;
  usage.labels = {{"account", "123456789012"}, {"instance_type", "stream.standard.medium"}, {"region", "us-east-1"}};
  sample.limit(usage);
  const std::string text = summary_text(sample.report(), false);
  CHECK(holds(text, "5,000 instances wanted at once, 10,000 there (50 %)\n"));
  CHECK(holds(text, "would break at about 2 × this demand, about 10,001 instances of eng (an estimate"));
}

/// The summary's first words of a fleet of 5,000 that needs `quota` interfaces at its worst moment.
std::string with_interfaces(double quota) {
  Sample sample = empty_sample();
  LimitUsage usage{interface_limit("123456789012", "us-east-1")};
  usage.capacity_1s = usage.capacity_60s = quota;
  usage.peak_1s = usage.peak_60s = 5'000;
  sample.limit(usage);
  return summary_text(sample.report(), false);
}

TEST_CASE("a limit that is full and refused nothing is neither broken nor fine") {
  const std::string text = with_interfaces(5'000);
  CHECK(holds(text,
              "! full          ec2.network_interfaces 123456789012/us-east-1 is full: no room for one more "
              "interface\n"));
  CHECK(holds(text, "would break at more than this demand, about 5,001 instances of eng (an estimate"));
  CHECK(holds(text, "! ec2.network_interfaces    5,000 of 5,000   5,000 of 5,000       full           never\n"));
  CHECK_FALSE(holds(text, "✓ none breaks"));
}

TEST_CASE("the number of instances that would break a quota is never one that holds") {
  CHECK(holds(with_interfaces(5'001), "would break at little more than this demand, about 5,002 instances of eng"));
  CHECK(holds(with_interfaces(8'000), "would break at about 1.6 × this demand, about 8,001 instances of eng"));
  CHECK(holds(with_interfaces(12'345), "would break at about 2.47 × this demand, about 12,346 instances of eng"));
}

TEST_CASE("an estimate of a bucket is not rounded down to what held") {
  Sample sample = empty_sample();
  sample.limit(bucket("sts.account", 5'002, 1e9, 5'000, 1));
  CHECK(holds(summary_text(sample.report(), false), "little more than this demand, about 5,003 instances of eng"));
}

TEST_CASE("of several fleets those are named that ask for what the limit bounds") {
  Sample sample = empty_sample();
  Resource quiet = sample.scenario.resources.front();
  quiet.name = "quiet";
  quiet.workloads.clear();
  sample.scenario.resources.push_back(quiet);
  Resource other = sample.scenario.resources.front();
  other.name = "ops";
  sample.scenario.resources.push_back(other);
  sample.limit(bucket("sts.account", 1'000, 1'000, 500, 10));
  CHECK(holds(summary_text(sample.report(), false), "about 20,000 instances of eng and ops together (an estimate"));
}

TEST_CASE("a threshold over limits asks about the limit that breaks, and the text does not say otherwise") {
  Sample sample = busy_sample();
  CHECK(holds(summary_text(sample.report(), false), "no threshold asks about this limit"));
  add_threshold(sample, "limit_headroom{bucket=sts.account} > 0", 0.5, true);
  CHECK(holds(summary_text(sample.report(), false), "no threshold asks about this limit"));
  add_threshold(sample, "limit_headroom{bucket=ec2.describe_instances} > 0", 0, false);
  CHECK_FALSE(holds(summary_text(sample.report(), false), "no threshold asks about this limit"));
}

TEST_CASE("instances that were never served come before all else, with their share and the reason") {
  Sample sample = busy_sample();
  const auto of = [](const char* resource, const char* reason) {
    Labels labels{{"account", "1"}, {"region", "r"}, {"resource", resource}};
    if (*reason != '\0') labels.insert(labels.begin() + 1, {"reason", reason});
    return labels;
  };
  sample.value("instances_never_served", 1'253, of("broken", ""));
  sample.value("instances_never_served", 1'253);
  sample.value("assume_role_failures_total", 900'000, of("broken", "trust_policy_denies"));
  sample.value("assume_role_failures_total", 9'000'000, of("busy", "throttled"));
  sample.findings.push_back({"trust-policy-denies", Severity::error, "fleet broken", "…", {}});
  CHECK(holds(summary_text(sample.report(), false),
              "simulated in 400 ms\n\n"
              "✗ never served  1,253 of 5,012 instances never had a credential (25 %), most often refused with "
              "trust_policy_denies\n"
              "✗ configuration 1 error (trust-policy-denies): credsim check scenarios/monday-login-storm.yaml\n"
              "✗ breaks first"));
}

TEST_CASE("a workload of which nearly all calls fail is named with its share and the reason") {
  const auto text_with = [](double failed) {
    Sample sample = empty_sample();
    const Labels script{{"account", "1"}, {"region", "r"}, {"resource", "eng"}, {"workload", "login"}};
    Labels denied = script;
    denied.insert(denied.begin() + 1, {"reason", "access_denied"});
    Labels late = script;
    late.insert(late.begin() + 1, {"reason", "no_credentials"});
    sample.value("api_calls_total", 1'000, script);
    sample.value("api_call_failures_total", 100, late);
    sample.value("api_call_failures_total", failed - 100, denied);
    return summary_text(sample.report(), false);
  };
  CHECK(holds(text_with(900), "login of eng: 90 % of its calls failed, most often access_denied (88.9 % of them)\n"));
  CHECK_FALSE(holds(text_with(899), "login of eng"));
}

TEST_CASE("on a narrow terminal no line is longer than it is wide, and nothing is left out") {
  Sample sample = busy_sample();
  const std::string kLongWord = "api_call_failure_ratio{account=123456789012,resource=eng,workload=login-script}";
  add_threshold(sample, kLongWord + " < 0.001", 0.4, false);
  const auto words = [](const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> all;
    for (std::string word; stream >> word;) all.push_back(word);
    std::sort(all.begin(), all.end());
    return all;
  };
  const std::string wide = summary_text(sample.report(), false);
  for (const std::size_t columns : {100U, 80U}) {
    CAPTURE(columns);
    const std::string narrow = summary_text(sample.report(), false, columns);
    std::istringstream lines(narrow);
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      CHECK((report::width(line) <= columns || holds(line, kLongWord)));
    }
    CHECK(words(narrow) == words(wide));
  }
  CHECK(summary_text(sample.report(), false, 200) == wide);
}

TEST_CASE("a quiet run has a line for what it missed") {
  Sample sample = busy_sample();
  CHECK(verdict_line(sample.report(), true) ==
        "missed: credential_gap_seconds.p99 <= 5m (6 m 52 s); session_wait_seconds.p99 < 60 (no samples)");
  sample.findings.push_back({"agent-too-old", Severity::error, "fleet eng", "…", {}});
  CHECK(verdict_line(sample.report(), true)
            .ends_with("; 1 error (agent-too-old): credsim check scenarios/monday-login-storm.yaml"));
  CHECK_FALSE(holds(verdict_line(sample.report(), false), "agent-too-old"));
  CHECK(verdict_line(empty_sample().report(), true).empty());
}

TEST_CASE("a run that asked nothing of any limit says so") {
  Sample sample = empty_sample();
  sample.limit(unlimited_bucket("sts.service", 12, 3));
  CHECK(holds(summary_text(sample.report(), false), "nothing was asked of any limit that has a bound\n"));
}

TEST_CASE("a limit that only a fault bounds can break") {
  Sample sample = empty_sample();
  LimitUsage usage = unlimited_bucket("sts.service", 12, 3);
  usage.first_refused = SimTime{1h};
  usage.refused = 1;
  sample.limit(usage);
  const std::string text = summary_text(sample.report(), false);
  CHECK(holds(text, "first refused 1 h into the run (2026-01-05 09:30:00 UTC); 1 refusal in all\n"));
  CHECK(holds(text, "worst second 12 requests, worst minute 3 a second; only a fault bounds it\n"));
}

TEST_CASE("an interrupted run says how far it went") {
  Sample sample = empty_sample();
  sample.result.status = RunStatus::interrupted;
  sample.result.ended = SimTime{3h + 12min};
  CHECK(holds(summary_text(sample.report(), false), "interrupted after 3 h 12 m of 12 h; what follows is that part\n"));
}

TEST_CASE("interrupted replications leave the numbers to the complete ones") {
  Sample sample = empty_sample();
  sample.replications = 10;
  sample.result.counted = 7;
  sample.result.status = RunStatus::interrupted;
  CHECK(holds(summary_text(sample.report(), false), "7 of 10 replications are complete; what follows is over them\n"));
}

TEST_CASE("with replications totals are means with their interval") {
  Sample sample = empty_sample();
  sample.replicate(10);
  add_threshold(sample, "credential_gap_seconds.count == 0", 1'212, false);
  sample.result.thresholds.front() = {&sample.scenario.thresholds.front(), 3,
                                      Estimate{1'212.4, Interval{1'182.2, 1'242.6}, 10}};
  sample.estimate("credentials_issued_total", 65'012.3, {64'988.2, 65'036.4}, 10);
  sample.estimate("credential_gap_seconds.count", 1'212.4, {1'182.2, 1'242.6}, 10);
  sample.estimate("credential_gap_seconds.max", 731, {719, 743}, 10);
  const std::string text = summary_text(sample.report(), false);
  CHECK(holds(text, "10 replications × 12 h simulated in 400 ms\n"));
  CHECK(holds(text,
              "numbers are means over 10 replications with their 95 % confidence interval, if they differ; rare events "
              "want 30 replications\n"));
  CHECK(holds(text, "✗ credential_gap_seconds.count == 0   1,212 ± 30.2   missed in 3 of 10 runs (6.67 to 65.2 %)\n"));
  CHECK(holds(text, "65,012 ± 24.1 issued\n"));
  CHECK(holds(text, "1,212 ± 30.2 gaps, longest 12 m 11 s ± 12 s\n"));
}

/// Fifty replications in which nothing failed.
Sample fifty_without_failures() {
  Sample sample = empty_sample();
  sample.replicate(50);
  add_threshold(sample, "sessions_rejected_total == 0", 0, true);
  const Labels script{
      {"account", "123456789012"}, {"region", "us-east-1"}, {"resource", "eng"}, {"workload", "login-script"}};
  Labels other = script;
  other.back().second = "inventory";
  const Interval none{0, 0.0582};
  for (const char* metric : {"assume_role_requests_total", "credentials_issued_total", "sessions_total"})
    sample.estimate(metric, 100, {90, 110}, 50);
  for (const char* metric :
       {"assume_role_failures_total", "assume_role_failure_ratio", "api_call_failures_total", "api_call_failure_ratio",
        "credential_gap_seconds.count", "gap_instance_ratio", "sessions_rejected_total"})
    sample.estimate(metric, 0, none, 0);
  sample.estimate("api_calls_total", 200, {190, 210}, 50);
  for (const Labels& labels : {script, other}) {
    sample.estimate("api_calls_total", 100, {90, 110}, 50, labels);
    sample.estimate("api_call_failure_ratio", 0, none, 0, labels);
  }
  sample.limit(bucket("sts.account", 1'200, 610, 312, 205));
  sample.result.limits.front().nearest_in = 50;
  return sample;
}

TEST_CASE("what happened in none of 50 replications is said with the share of runs in which it can happen") {
  const std::string text = summary_text(fifty_without_failures().report(), false);
  CHECK(holds(text, "sts.account 123456789012/us-east-1 is nearest in all 50 runs, with 66.4 % headroom\n"));
  CHECK(holds(text, "a limit breaks in none of 50 runs; in at most 5.82 % of such runs (95 %)\n"));
  CHECK(
      holds(text,
            "meanwhile       nothing failed in 50 runs: no call, no session, no gap; something does in at most 5.82 % "
            "of such runs (95 %)\n"));
  CHECK(holds(text, "✓ is missed in none of 50 runs; in at most 5.82 % of such runs (95 %)\n"));
  CHECK(holds(text, "gaps in none of 50 runs; in at most 5.82 % of such runs (95 %)\n"));
  CHECK(holds(text, "100 ± 10 attempts, failures in none of 50 runs; in at most 5.82 % of such runs (95 %)\n"));
  CHECK(holds(text, "200 ± 10 made, failures in none of 50 runs; in at most 5.82 % of such runs (95 %)\n"));
  CHECK(holds(text, "eng/login-script    100        0   ≤ 5.82 % of runs"));
  CHECK(holds(text, "calls failed without a network in none of 50 runs; in at most 5.82 % of such runs (95 %)\n"));
  CHECK(holds(text, "rejections in none of 50 runs; in at most 5.82 % of such runs (95 %)\n"));
  CHECK_FALSE(holds(text, "no gaps"));
  CHECK_FALSE(holds(text, "± 0"));
}

TEST_CASE("what happened in some replications is said with their number") {
  Sample sample = empty_sample();
  sample.replicate(50);
  sample.estimate("credential_gap_seconds.count", 0.02, {0, 0.106}, 1);
  sample.estimate("gap_instance_ratio", 0.000004, {0, 0.0000213}, 1);
  sample.estimate("api_call_failure_ratio", 0.0002, {0, 0.0006}, 3);
  const std::string text = summary_text(sample.report(), false);
  CHECK(
      holds(text,
            "meanwhile       0.0004 % (0 to 0.00213 %) of instances were without a live credential at some time, in 1 "
            "of 50 runs (0.0506 to 10.6 %)\n"));
  CHECK(holds(text, "0.02 % (0 to 0.06 %) of calls failed, in 3 of 50 runs (1.25 to 16.5 %)\n"));
  CHECK(holds(text, "0.02 (0 to 0.106) gaps, on 0.0004 % (0 to 0.00213 %) of instances, in 1 of 50 runs"));
}

/// Ten replications: sts.account breaks first in `first_in` of them, sts.service in the others.
std::string ranked_limits(std::uint32_t first_in) {
  Sample sample = empty_sample();
  sample.replicate(10);
  for (const char* name : {"sts.account", "sts.service"}) {
    LimitUsage usage = bucket(name, 1'200, 610, 1'312, 205);
    usage.first_refused = SimTime{2h};
    usage.refused = 420;
    sample.result.limits.push_back({usage, 10, first_in});
    first_in = 10 - first_in;
  }
  return summary_text(sample.report(), false);
}

TEST_CASE("the limit that breaks first is ranked only if chance does not explain its lead") {
  const std::string clear = ranked_limits(9);
  CHECK(holds(clear,
              "✗ breaks first  sts.account 123456789012/us-east-1 in 9 of 10 runs (55.5 to 99.7 %), refuses in 10\n"));
  CHECK(holds(clear,
              "first refused at the earliest 2 h into the run (2026-01-05 10:30:00 UTC); 42 refusals on average\n"));
  CHECK_FALSE(holds(clear, "too close to rank"));
  CHECK(holds(ranked_limits(6),
              "too close to rank: sts.service 123456789012/us-east-1 breaks first in 4 of 10 runs (12.2 to 73.8 %)\n"));
  CHECK(holds(clear, "peaks are the highest, and refusals the earliest, of all replications\n"));
}

/// The table's cell for a workload that fails by these three reasons, the counts of each ± 10.
std::string most_often(double first, double second, double third) {
  Sample sample = empty_sample();
  sample.replicate(30);
  sample.estimate("api_calls_total", 1'000, {990, 1'010}, 30);
  const auto labels = [](const char* workload, const char* reason) {
    return Labels{{"account", "1"}, {"reason", reason}, {"region", "r"}, {"resource", "eng"}, {"workload", workload}};
  };
  for (const char* workload : {"a", "b"}) sample.estimate("api_calls_total", 500, {490, 510}, 30, labels(workload, ""));
  const auto fail = [&](const char* reason, double mean) {
    sample.estimate("api_call_failures_total", mean, {mean - 10, mean + 10}, 30, labels("a", reason));
  };
  fail("throttled", first);
  fail("timeout", second);
  fail("expired_token", third);
  const std::string text = summary_text(sample.report(), false);
  const std::size_t row = text.find("eng/a");
  const std::string line = text.substr(row, text.find('\n', row) - row);
  return line.substr(line.rfind("   ") + 3);
}

TEST_CASE("a reason is most often only if its interval is above all others") {
  CHECK(most_often(100, 70, 10) == "throttled");
  CHECK(most_often(100, 81, 10) == "throttled or timeout");
  CHECK(most_often(100, 95, 90) == "too close to rank");
}

TEST_CASE("of many limits the nearest twelve are shown") {
  Sample sample = empty_sample();
  for (int i = 0; i < 40; ++i) sample.limit(bucket("bucket" + std::to_string(i), 100, 100, 90 - i, 1));
  const std::string text = summary_text(sample.report(), false);
  CHECK(holds(text, "bucket11 "));
  CHECK_FALSE(holds(text, "bucket12 "));
  CHECK(holds(text, "… and 28 more limits, none of them nearer: select * from limit_headroom\n"));
}

TEST_CASE("a lower audit level says what is not kept") {
  const Sample sample = empty_sample();
  Report report = sample.report();
  report.audit_level = AuditLevel::aggregate;
  CHECK(holds(summary_text(report, false), "level aggregate: only findings, series and aggregates are kept\n"));
}

}  // namespace
}  // namespace credsim::test
