#include <algorithm>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "program_run.hpp"
#include "test_support/catch.hpp"

namespace credsim::test {
namespace {

using nlohmann::json;

/// A scenario with two warnings and a note, or with an error too.
void write_scenario(const ProgramRun& credsim, const std::string& name, bool with_error) {
  credsim.write("broad.json", R"({"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]})");
  REQUIRE(credsim("init --role-policy broad.json").status == 0);
  std::string text = credsim.read(".output");
  const auto replace = [&](const std::string& from, const std::string& to) {
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), to);
  };
  replace("lead: 5m", "lead: 0s");
  if (with_error) replace("agent_released: 2024-05-01", "agent_released: 2019-09-02");
  credsim.write(name, text);
}

TEST_CASE("check prints findings with their places, and counts them") {
  const ProgramRun credsim;
  write_scenario(credsim, "fleet.yaml", false);
  const ProgramResult result = credsim("check fleet.yaml");
  CHECK(result.status == 0);
  CHECK(result.errors.empty());
  CHECK(result.output.find("fleet.yaml:41:9: warning: role AppStreamMachineRole: a policy allows ec2:* on any "
                           "resource; ") == 0);
  CHECK(result.output.find("[broad-permissions]\n") != std::string::npos);
  CHECK(result.output.find("\nfleet.yaml: 0 errors, 2 warnings, 1 note\n") != std::string::npos);
}

TEST_CASE("check says so when there is nothing to find") {
  const ProgramRun credsim;
  REQUIRE(credsim("init -o fleet.yaml").status == 0);
  const ProgramResult result = credsim("check fleet.yaml --fail-on note");
  CHECK(result.status == 0);
  CHECK(result.output == "fleet.yaml: no findings\n");
}

TEST_CASE("check fails at the severity that it is told") {
  const ProgramRun credsim;
  write_scenario(credsim, "warned.yaml", false);
  write_scenario(credsim, "refused.yaml", true);
  CHECK(credsim("check warned.yaml").status == 0);
  CHECK(credsim("check warned.yaml --fail-on error").status == 0);
  CHECK(credsim("check warned.yaml --fail-on warning").status == 3);
  CHECK(credsim("check warned.yaml --fail-on note").status == 3);
  CHECK(credsim("check refused.yaml").status == 3);
}

TEST_CASE("check applies what --set changes") {
  const ProgramRun credsim;
  REQUIRE(credsim("init -o fleet.yaml").status == 0);
  const ProgramResult result = credsim("check fleet.yaml --set fleets.main.instances=300 --until 2h --seed 7");
  CHECK(result.status == 0);
  CHECK(result.output.find("[subnet-too-small]") != std::string::npos);
}

TEST_CASE("check explains an invalid scenario on standard error, and to tools in the format that they asked for") {
  const ProgramRun credsim;
  credsim.write("broken.yaml", "version: 1\nnmae: x\n");
  const ProgramResult text = credsim("check broken.yaml");
  CHECK(text.status == 2);
  CHECK(text.output.empty());
  CHECK(text.errors.find("broken.yaml:2:1: error: ") != std::string::npos);

  const ProgramResult as_json = credsim("check broken.yaml --format json --set seed=-1 --set name=ok");
  CHECK(as_json.status == 2);
  CHECK(as_json.errors.find("broken.yaml:2:1: error: ") != std::string::npos);
  const json faults = json::parse(as_json.output);
  REQUIRE(faults.size() > 1);
  CHECK(faults[0].at("rule") == "invalid-scenario");
  CHECK(faults[0].at("severity") == "error");
  CHECK(faults[0].at("file") == "broken.yaml");
  const auto is_misspelt = [](const json& fault) { return fault.at("line") == 2 && fault.at("column") == 1; };
  CHECK(std::any_of(faults.begin(), faults.end(), is_misspelt));
  CHECK(faults.back().at("file") == "--set seed=-1");
  CHECK(faults.back().at("line").is_null());

  const ProgramResult as_sarif = credsim("check broken.yaml --format sarif --set seed=-1");
  CHECK(as_sarif.status == 2);
  const json run = json::parse(as_sarif.output).at("runs").at(0);
  for (const json& result : run.at("results")) {
    CHECK(result.at("ruleId") == "invalid-scenario");
    CHECK(run.at("tool").at("driver").at("rules").at(result.at("ruleIndex").get<std::size_t>()).at("id") ==
          "invalid-scenario");
    CHECK(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "broken.yaml");
  }
  CHECK(run.at("results").back().at("message").at("text").get<std::string>().starts_with("--set seed=-1: "));
}

TEST_CASE("check refuses seeds beyond the bound of the scenario's seed") {
  const ProgramRun credsim;
  REQUIRE(credsim("init -o fleet.yaml").status == 0);
  CHECK(credsim("check fleet.yaml --seed 9223372036854775807").status == 0);
  const ProgramResult option = credsim("check fleet.yaml --seed 9223372036854775808");
  CHECK(option.status == 2);
  CHECK(option.errors.find("is out of range; it must be a whole number from 0 to 9223372036854775807") !=
        std::string::npos);
  const ProgramResult key = credsim("check fleet.yaml --set seed=9223372036854775808");
  CHECK(key.status == 2);
  CHECK(key.errors.find("is out of range; it must be from 0 to 9223372036854775807") != std::string::npos);
}

TEST_CASE("check places a finding about a policy in the policy's own file") {
  const ProgramRun credsim;
  REQUIRE(credsim("init -o fleet.yaml").status == 0);
  credsim.write("trust.json", R"({"Role": {"RoleName": "machine", "AssumeRolePolicyDocument": {
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Principal": {"Service": "appstream.amazonaws.com"},
                 "Action": "sts:AssumeRole",
                 "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}]}}})");
  const std::string set = " --set 'roles.AppStreamMachineRole.trust_policy={file: trust.json}'";
  const ProgramResult text = credsim("check fleet.yaml" + set);
  CHECK(text.status == 3);
  CHECK(text.output.find("trust.json:5:67: error: ") != std::string::npos);
  const json findings = json::parse(credsim("check fleet.yaml --format json" + set).output);
  CHECK(findings.back().at("rule") == "trust-policy-denies");
  CHECK(findings.back().at("file") == "trust.json");
  CHECK(findings.back().at("line") == 5);
}

TEST_CASE("check as JSON is an array of objects") {
  const ProgramRun credsim;
  write_scenario(credsim, "fleet.yaml", true);
  const ProgramResult result = credsim("check fleet.yaml --format json");
  CHECK(result.status == 3);
  const json findings = json::parse(result.output);
  REQUIRE(findings.is_array());
  std::set<std::string> rules;
  for (const json& finding : findings) {
    rules.insert(finding.at("rule").get<std::string>());
    CHECK(finding.at("file") == "fleet.yaml");
    CHECK(finding.at("line").get<int>() > 0);
    CHECK(finding.at("column").get<int>() > 0);
    CHECK(finding.at("subject").is_string());
    CHECK(finding.at("message").is_string());
  }
  CHECK(rules == std::set<std::string>{"agent-too-old", "broad-permissions", "unrestricted-use", "zero-lead"});
  REQUIRE(credsim("init -o sound.yaml").status == 0);
  CHECK(credsim("check sound.yaml --format json").output == "[]\n");
}

TEST_CASE("check as SARIF refers each result to a rule and a place") {
  const ProgramRun credsim;
  write_scenario(credsim, "a fleet#1.yaml", true);
  const ProgramResult result = credsim("check 'a fleet#1.yaml' --format sarif");
  CHECK(result.status == 3);
  const json log = json::parse(result.output);
  CHECK(log.at("version") == "2.1.0");
  REQUIRE(log.at("runs").size() == 1);
  const json& driver = log["runs"][0].at("tool").at("driver");
  CHECK(driver.at("name") == "credsim");
  const json& results = log["runs"][0].at("results");
  REQUIRE(results.size() == 4);
  for (const json& one : results) {
    const json& rule = driver.at("rules").at(one.at("ruleIndex").get<std::size_t>());
    CHECK(rule.at("id") == one.at("ruleId"));
    CHECK(rule.at("defaultConfiguration").at("level") == one.at("level"));
    CHECK(one.at("message").at("text").is_string());
    REQUIRE(one.at("locations").size() == 1);
    const json& place = one["locations"][0].at("physicalLocation");
    CHECK(place.at("artifactLocation").at("uri") == "a%20fleet%231.yaml");
    CHECK(place.at("region").at("startLine").get<int>() > 0);
    CHECK(place.at("region").at("startColumn").get<int>() > 0);
  }
}

TEST_CASE("check refuses a wrong command line with what would be right") {
  const ProgramRun credsim;
  CHECK(credsim("check").status == 2);
  CHECK(credsim("check missing.yaml").status == 2);
  const ProgramResult format = credsim("check missing.yaml --format saarif");
  CHECK(format.status == 2);
  CHECK(format.errors.find("did you mean \"sarif\"?") != std::string::npos);
  CHECK(credsim("check missing.yaml --fail-on never").status == 2);
  CHECK(credsim("check missing.yaml --seed -1").status == 2);
}

TEST_CASE("check has help with examples") {
  const ProgramRun credsim;
  const ProgramResult result = credsim("check --help");
  CHECK(result.status == 0);
  CHECK(result.output.find("credsim check storm.yaml --fail-on warning") != std::string::npos);
}

}  // namespace
}  // namespace credsim::test
