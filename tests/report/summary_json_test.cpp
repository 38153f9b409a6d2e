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

/// The row of a metric over all labels.
nlohmann::json total(const nlohmann::json& json, const std::string& metric) {
  for (const auto& row : json["summary"])
    if (row["metric"] == metric && row["labels"].empty()) return row;
  return nullptr;
}

TEST_CASE("one replication and several have the same keys") {
  Sample sample = empty_sample();
  sample.value("credentials_issued_total", 65'000);
  CHECK(total(parsed(sample), "credentials_issued_total") == nlohmann::json{{"metric", "credentials_issued_total"},
                                                                            {"labels", nlohmann::json::object()},
                                                                            {"value", 65'000},
                                                                            {"ci_low", nullptr},
                                                                            {"ci_high", nullptr},
                                                                            {"nonzero_in", 1}});

  sample = empty_sample();
  sample.replicate(2);
  sample.estimate("credentials_issued_total", 65'000, {64'987.5, 65'020}, 2);
  sample.estimate("credential_gap_seconds.count", 0, {0, 0.776}, 0);
  CHECK(total(parsed(sample), "credentials_issued_total") == nlohmann::json{{"metric", "credentials_issued_total"},
                                                                            {"labels", nlohmann::json::object()},
                                                                            {"value", 65'000},
                                                                            {"ci_low", 64'987.5},
                                                                            {"ci_high", 65'020},
                                                                            {"nonzero_in", 2}});
  CHECK(total(parsed(sample), "credential_gap_seconds.count")["ci_high"] == 0.776);
}

TEST_CASE("what had no samples is null and not left out") {
  const auto row = total(parsed(empty_sample()), "credential_gap_seconds.max");
  REQUIRE(row.is_object());
  CHECK(row["value"].is_null());
  CHECK(parsed(busy_sample())["thresholds"][0]["ci_low"].is_null());
}

TEST_CASE("what the command line changed is an object") {
  CHECK(parsed(empty_sample())["parameters"] == nlohmann::json::object());
  Sample sample = empty_sample();
  sample.scenario.parameters = R"({"fleets.eng.instances":"20000","seed":7})";
  CHECK(parsed(sample)["parameters"]["fleets.eng.instances"] == "20000");
}

TEST_CASE("a full limit is neither broken nor has it room, and the instances that break it are more than there are") {
  Sample sample = empty_sample();
  LimitUsage usage{interface_limit("123456789012", "us-east-1")};
  usage.capacity_1s = usage.capacity_60s = usage.peak_1s = usage.peak_60s = 5'000;
  sample.limit(usage);
  const auto first = parsed(sample)["first_limit"];
  CHECK(first["state"] == "full");
  CHECK(first["broke"] == false);
  CHECK(first["headroom"] == 0);
  CHECK(first["estimated_instances"] == 5'001);
  CHECK(first["resources"] == nlohmann::json{"eng"});
}

TEST_CASE("errors of the configuration are in the JSON summary") {
  Sample sample = busy_sample();
  CHECK(parsed(sample)["check_errors"].empty());
  sample.findings.push_back({"agent-too-old", Severity::error, "fleet eng", "its agent is too old", {}});
  CHECK(parsed(sample)["check_errors"][0]["rule"] == "agent-too-old");
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
