#include <set>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

#include "credsim/series_name.hpp"

#include "program_run.hpp"
#include "test_support/catch.hpp"

namespace credsim::test {
namespace {

using nlohmann::json;

TEST_CASE("metrics lists every metric in lines of 80 columns") {
  const ProgramRun credsim;
  const ProgramResult result = credsim("metrics");
  CHECK(result.status == 0);
  CHECK(result.errors.empty());
  for (const Metric& metric : kAllMetrics)
    CHECK(result.output.find("\n" + std::string(metric.name) + "  (") != std::string::npos);
  std::istringstream lines(result.output);
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 80);
}

TEST_CASE("metrics as JSON gives kind, unit, labels, statistics and help, and says what thresholds can use") {
  const ProgramRun credsim;
  const ProgramResult result = credsim("metrics --format json");
  CHECK(result.status == 0);
  const json metrics = json::parse(result.output);
  CHECK(metrics.size() == kAllMetrics.size() + kLimitMetrics.size());
  std::set<std::string> for_thresholds;
  for (const json& metric : metrics) {
    const json in_prometheus = "credsim_" + metric.at("name").get<std::string>();
    CHECK(metric.at("prometheus") == (metric.at("kind") == "limit" ? json(nullptr) : in_prometheus));
    CHECK_FALSE(metric.at("help").get<std::string>().empty());
    if (metric.at("thresholds") == true) for_thresholds.insert(metric.at("name"));
    if (metric.at("name") != "credential_gap_seconds") continue;
    CHECK(metric.at("kind") == "histogram");
    CHECK(metric.at("unit") == "seconds");
    CHECK(metric.at("labels") == json{"account", "region", "resource"});
    CHECK(metric.at("statistics").size() == 10);
  }
  std::set<std::string> judged;
  for (const Metric& metric : kMetrics) judged.emplace(metric.name);
  for (const Metric& metric : kLimitMetrics) judged.emplace(metric.name);
  CHECK(for_thresholds == judged);
}

TEST_CASE("what metrics lists for thresholds can be written in one") {
  const ProgramRun credsim;
  REQUIRE(credsim("init -o fleet.yaml").status == 0);
  std::string thresholds = credsim.read("fleet.yaml");
  thresholds = thresholds.substr(0, thresholds.find("\nthresholds:")) + "\nthresholds:\n";
  for (const json& metric : json::parse(credsim("metrics --format json").output)) {
    if (metric.at("thresholds") == false) continue;
    const bool needs_statistic = metric.at("kind") == "histogram";
    if (!needs_statistic) thresholds += "  - " + metric.at("name").get<std::string>() + " >= 0\n";
    for (const json& statistic : metric.at("statistics"))
      thresholds += "  - " + metric.at("name").get<std::string>() + "." + statistic.get<std::string>() + " >= 0\n";
  }
  credsim.write("all.yaml", thresholds);
  const ProgramResult check = credsim("check all.yaml");
  CHECK(check.status == 0);
  CHECK(check.errors.empty());
}

}  // namespace
}  // namespace credsim::test
