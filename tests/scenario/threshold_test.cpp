#include "credsim/threshold.hpp"

#include "test_support/catch.hpp"

namespace {

using credsim::Threshold;

Threshold read(std::string_view text) {
  std::string fault;
  const auto threshold = credsim::parse_threshold(text, fault);
  INFO(text << ": " << fault);
  REQUIRE(threshold);
  return *threshold;
}

TEST_CASE("a threshold of every form is read") {
  const Threshold ratio = read("api_call_failure_ratio{workload=login-script} < 0.001");
  CHECK(ratio.metric == "api_call_failure_ratio");
  REQUIRE(ratio.selector.size() == 1);
  CHECK(ratio.selector[0].first == "workload");
  CHECK(ratio.selector[0].second == "login-script");
  CHECK(ratio.statistic.empty());
  CHECK(ratio.comparison == Threshold::Comparison::less);
  CHECK(ratio.value == 0.001);
  CHECK(ratio.text == "api_call_failure_ratio{workload=login-script} < 0.001");

  const Threshold gap = read("credential_gap_seconds { resource = a.b , region=\"us-east-1\" } .p99<=5m");
  CHECK(gap.selector.size() == 2);
  CHECK(gap.selector[0].second == "a.b");
  CHECK(gap.selector[1].second == "us-east-1");
  CHECK(gap.statistic == "p99");
  CHECK(gap.comparison == Threshold::Comparison::less_equal);
  CHECK(gap.value == 300);

  CHECK(read("credential_gap_seconds.count==0").comparison == Threshold::Comparison::equal);
  CHECK(read("instances.max >= 1e3").value == 1000);
  CHECK(read("instances > 5").statistic.empty());
  CHECK(read("oldest_live_credential_seconds < 2h").value == 7200);
  CHECK(read("api_call_failure_ratio != 1%").value == 0.01);

  const Threshold limit = read("limit_headroom{limit=\"sts.account 123456789012/us-east-1, a\"} > 20%");
  REQUIRE(limit.selector.size() == 1);
  CHECK(limit.selector[0].second == "sts.account 123456789012/us-east-1, a");
  CHECK(limit.value == 0.2);
  CHECK(read("limit_utilisation{subnet=10.0.0.0/19,region=us-east-1} <= 1.2").value == 1.2);
  CHECK(read("capacity_headroom > 0.1").value == 0.1);
  CHECK(read("limit_first_refused_seconds > 8h").value == 28'800);
}

TEST_CASE("a threshold that is none is refused with a reason") {
  for (const char* text : {"",
                           "<",
                           "metric < 1",
                           "api_calls_total",
                           "api_calls_total <",
                           "api_calls_total < many",
                           "api_calls_total < -1",
                           "api_calls_total < nan",
                           "api_calls_total < 5s",
                           "api_calls_total < 1%",
                           "api_calls_total.max < 1",
                           "instances.p99 < 1",
                           "credential_gap_seconds < 1",
                           "credential_gap_seconds.count < 5m",
                           "credential_gap_seconds. < 1",
                           "api_calls_total{} < 1",
                           "api_calls_total{workload} < 1",
                           "api_calls_total{workload=} < 1",
                           "api_calls_total{workload=a < 1",
                           "api_calls_total{workload=\"a} < 1",
                           "api_calls_total{workload=a,workload=b} < 1",
                           "api_calls_total{workload=a,} < 1",
                           "api_calls_total{bucket=a} < 1",
                           "api_calls_total = 1",
                           "api_calls_total =< 1",
                           "api_calls_total < 1 2",
                           "events_total{a=b} < 1",
                           "limit_headroom.max > 1%",
                           "limit_headroom{workload=a} > 1%",
                           "limit_refused_total < 1%",
                           "limit_peak_60s < 1m",
                           "limit < 1"}) {
    CAPTURE(text);
    std::string fault;
    CHECK_FALSE(credsim::parse_threshold(text, fault));
    CHECK(fault.find("; ") != std::string::npos);
  }
}

TEST_CASE("a threshold holds at, below or above its value as its comparison says") {
  struct Case {
    const char* op;
    bool below, at, above;
  };
  for (const Case& expected :
       {Case{"<", true, false, false}, Case{"<=", true, true, false}, Case{">", false, false, true},
        Case{">=", false, true, true}, Case{"==", false, true, false}, Case{"!=", true, false, true}}) {
    CAPTURE(expected.op);
    const Threshold threshold = read("events_total " + std::string(expected.op) + " 5");
    CHECK(threshold.holds(4.999) == expected.below);
    CHECK(threshold.holds(5) == expected.at);
    CHECK(threshold.holds(5.001) == expected.above);
  }
}

TEST_CASE("a metric that thresholds do not know gets the one that was meant, and the command that lists them") {
  const auto fault_of = [](const std::string& text) {
    std::string fault;
    CHECK_FALSE(credsim::parse_threshold(text, fault));
    return fault;
  };
  const std::string no = "there is no metric ";
  CHECK(fault_of("credental_gap_seconds.max == 0") == no + "\"credental_gap_seconds\" for thresholds; did you mean "
                                                           "\"credential_gap_seconds\"? credsim metrics lists all");
  CHECK(fault_of("credsim_api_calls_total > 1").find("did you mean \"api_calls_total\"?") != std::string::npos);
  CHECK(fault_of("credential_gap_seconds_count == 0").find("did you mean \"credential_gap_seconds.count\"?") !=
        std::string::npos);
  CHECK(fault_of("pending_events < 5").find("it is measured while a run goes on") != std::string::npos);
  CHECK(fault_of("happiness > 5") == no + "\"happiness\" for thresholds; credsim metrics lists them");
}

}  // namespace
