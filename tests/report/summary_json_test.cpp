#include <nlohmann/json.hpp>

#include "report/sample_report.hpp"
#include "test_support/catch.hpp"

namespace credsim::test {
namespace {

nlohmann::json parsed(const Sample& sample) {
  return nlohmann::json::parse(summary_json(sample.report()));
}

TEST_CASE("the JSON summary holds what the text opens with") {
  const auto json = parsed(busy_sample());
  CHECK(json["scenario"] == "monday-login-storm");
  CHECK(json["seed"] == 42);
  CHECK(json["status"] == "complete");
  CHECK(json["first_limit"]["limit"] == "ec2.describe_instances 123456789012/us-east-1");
  CHECK(json["first_limit"]["broke"] == true);
  CHECK(json["first_limit"]["first_refused_us"] == 903'000'000);
  CHECK(json["limits"].size() == 3);
  CHECK(json["limits"][1]["first_refused_us"].is_null());
  CHECK(json["limits"][2]["headroom"].is_null());
  CHECK(json["findings"] == nlohmann::json{{"error", 0}, {"warning", 2}, {"note", 1}});
  CHECK(json["audit"]["rows"] == 127'380);
}

TEST_CASE("a threshold without samples is observed as null and not passed") {
  const auto json = parsed(busy_sample());
  CHECK(json["thresholds"][0]["passed"] == true);
  CHECK(json["thresholds"][0]["observed"] == 0.00041);
  CHECK(json["thresholds"][2]["passed"] == false);
  CHECK(json["thresholds"][2]["observed"].is_null());
}

TEST_CASE("one replication has values and several have means with intervals") {
  Sample sample = empty_sample();
  sample.value("credentials_issued_total", 65'000);
  CHECK(parsed(sample)["summary"][0] == nlohmann::json{{"metric", "credentials_issued_total"},
                                                       {"labels", nlohmann::json::object()},
                                                       {"value", 65'000}});

  sample = empty_sample();
  sample.replicate(2);
  sample.estimate("credentials_issued_total", 65'000, {64'987.5, 65'020}, 2);
  sample.estimate("credential_gap_seconds.count", 0, {0, 0.776}, 0);
  sample.value("session_wait_seconds.max", 0);
  CHECK(parsed(sample)["summary"][0] == nlohmann::json{{"metric", "credentials_issued_total"},
                                                       {"labels", nlohmann::json::object()},
                                                       {"mean", 65'000},
                                                       {"ci_low", 64'987.5},
                                                       {"ci_high", 65'020},
                                                       {"nonzero_in", 2}});
  CHECK(parsed(sample)["summary"][1]["ci_high"] == 0.776);
  CHECK(parsed(sample)["summary"][1]["nonzero_in"] == 0);
  CHECK(parsed(sample)["summary"][2]["ci_high"].is_null());
}

TEST_CASE("the JSON summary does not depend on the wall time") {
  Sample sample = busy_sample();
  const std::string before = summary_json(sample.report());
  sample.result.wall_seconds = 99;
  CHECK(summary_json(sample.report()) == before);
}

TEST_CASE("a run that asked nothing of any limit has no first limit") {
  CHECK(parsed(empty_sample())["first_limit"].is_null());
}

}  // namespace
}  // namespace credsim::test
