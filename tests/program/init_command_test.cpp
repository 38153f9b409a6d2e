#include <string>

#include "program_run.hpp"
#include "test_support/catch.hpp"

namespace credsim::test {
namespace {

TEST_CASE("init writes a scenario of every type and size that check finds no error in") {
  const ProgramRun credsim;
  for (const std::string type : {"always_on", "on_demand", "elastic"})
    for (const std::string instances : {"1", "14", "100", "5000", "70000", "16775936"}) {
      CAPTURE(type, instances);
      const std::string name = type + "-" + instances + ".yaml";
      REQUIRE(credsim("init --fleet-type " + type + " --instances " + instances + " -o " + name).status == 0);
      CHECK(credsim("check " + name).status == 0);
    }
}

TEST_CASE("init's scenarios of ordinary size have no finding at all") {
  const ProgramRun credsim;
  for (const std::string type : {"always_on", "on_demand", "elastic"})
    for (const std::string instances : {"1", "100", "5000"}) {
      CAPTURE(type, instances);
      const std::string name = type + "-" + instances + ".yaml";
      REQUIRE(credsim("init --fleet-type " + type + " --instances " + instances + " -o " + name).status == 0);
      CHECK(credsim("check --fail-on note " + name).output == name + ": no findings\n");
    }
}

TEST_CASE("init's scenarios run and keep their promises") {
  const ProgramRun credsim;
  for (const std::string type : {"always_on", "on_demand", "elastic"}) {
    CAPTURE(type);
    REQUIRE(credsim("init --fleet-type " + type + " --instances 40 -o " + type + ".yaml").status == 0);
    CHECK(credsim("run --quiet " + type + ".yaml").status == 0);
  }
}

TEST_CASE("init writes to standard output unless it is told a file") {
  const ProgramRun credsim;
  const ProgramResult printed = credsim("init --region eu-west-1");
  CHECK(printed.status == 0);
  CHECK(printed.output.find("name: eu-west-1\n") != std::string::npos);
  CHECK(printed.output.find('@') == std::string::npos);
  CHECK(credsim("init --region eu-west-1 -o fleet.yaml").output.empty());
  CHECK(credsim.read("fleet.yaml") == printed.output);
}

TEST_CASE("init never overwrites a file") {
  const ProgramRun credsim;
  credsim.write("mine.yaml", "mine\n");
  const ProgramResult result = credsim("init -o mine.yaml");
  CHECK(result.status == 1);
  CHECK(result.errors.find("mine.yaml exists already") != std::string::npos);
  CHECK(credsim.read("mine.yaml") == "mine\n");
  CHECK(credsim("init -o nowhere/fleet.yaml").status == 1);
}

TEST_CASE("init puts a given policy into the scenario") {
  const ProgramRun credsim;
  credsim.write("role.json", R"({"Version": "2012-10-17", "Statement": {
      "Effect": "Allow", "Action": ["ec2:DescribeInstances", "s3:GetObject"], "Resource": "*",
      "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}})");
  REQUIRE(credsim("init --role-policy role.json -o fleet.yaml").status == 0);
  CHECK(credsim.read("fleet.yaml").find("s3:GetObject") != std::string::npos);
  CHECK(credsim("check fleet.yaml --fail-on note").output == "fleet.yaml: no findings\n");
}

TEST_CASE("init refuses a policy that is none") {
  const ProgramRun credsim;
  CHECK(credsim("init --role-policy missing.json").status == 2);
  credsim.write("text.json", "Version: 1");
  CHECK(credsim("init --role-policy text.json").status == 2);
  credsim.write("twice.json", "{\n\"Version\": \"2012-10-17\",\n\"Version\": \"2008-10-17\"}");
  CHECK(credsim("init --role-policy twice.json").errors ==
        "twice.json:3:1: error: key \"Version\" is there already, on line 2; remove one of them\n");
  credsim.write("faulty.json", R"({"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]})");
  const ProgramResult result = credsim("init --role-policy faulty.json");
  CHECK(result.status == 2);
  CHECK(result.output.empty());
  CHECK(result.errors.find("faulty.json:1:41: error: policy /Statement/0") != std::string::npos);
}

TEST_CASE("init refuses a wrong command line with what would be right") {
  const ProgramRun credsim;
  CHECK(credsim("init --instances 0").status == 2);
  CHECK(credsim("init --instances many").status == 2);
  CHECK(credsim("init --instances 16775937").status == 2);
  CHECK(credsim("init --fleet-type always-on").errors.find("did you mean \"always_on\"?") != std::string::npos);
  CHECK(credsim("init --region 'US East'").status == 2);
  CHECK(credsim("init fleet.yaml").status == 2);
}

TEST_CASE("init has help with examples") {
  const ProgramRun credsim;
  const ProgramResult result = credsim("init --help");
  CHECK(result.status == 0);
  CHECK(result.output.find("credsim init -o fleet.yaml && credsim run fleet.yaml") != std::string::npos);
}

}  // namespace
}  // namespace credsim::test
