// `--set`, `--until`, `--warm-up` and `--seed`.

#include <string>
#include <vector>

#include "credsim/scenario_reader.hpp"

#include "scenario/scratch_folder.hpp"
#include "test_support/catch.hpp"

namespace {

using namespace credsim;
using namespace std::chrono_literals;

constexpr std::string_view kScenario = R"(
version: 1
name: base
start: 2026-01-05T00:00:00Z
duration: 12h
accounts:
  - {id: "123456789012", regions: [{name: us-east-1}, {name: eu-west-1}]}
fleets:
  - {name: engineering, account: "123456789012", region: us-east-1, type: always_on, subnets: [10.0.0.0/24], instances: 3}
  - {name: a.b, account: "123456789012", region: us-east-1, type: always_on, subnets: [10.0.1.0/24], instances: 3}
  - {name: twin, account: "123456789012", region: us-east-1, type: always_on, subnets: [10.0.2.0/24], instances: 3}
  - {name: twin, account: "123456789012", region: eu-west-1, type: always_on, subnets: [10.0.2.0/24], instances: 3}
faults:
  - {name: outage, kind: sts_outage, at: 3h, for: 20m}
)";

ReadResult read(const ReadOptions& options) {
  const test::ScratchFolder folder;
  return read_scenario(folder.write("base.yaml", kScenario), options);
}

Scenario good(const ReadOptions& options) {
  const ReadResult result = read(options);
  std::string messages;
  for (const Diagnostic& diagnostic : result.diagnostics) messages += diagnostic.text() + "\n";
  INFO(messages);
  REQUIRE(result.scenario);
  return *result.scenario;
}

std::vector<std::string> bad(const ReadOptions& options) {
  const ReadResult result = read(options);
  CHECK_FALSE(result.scenario);
  std::vector<std::string> messages;
  for (const Diagnostic& diagnostic : result.diagnostics) messages.push_back(diagnostic.text());
  return messages;
}

std::vector<std::string> bad_set(const std::string& setting) {
  return bad({{setting}, {}, {}});
}

using Messages = std::vector<std::string>;

TEST_CASE("--set finds items by their name, by a quoted name and by their number") {
  const Scenario scenario =
      good({{"fleets.engineering.instances=20000", "fleets.\"a.b\".instances=7", "fleets.3.instances=9",
             "faults.outage.for=45m", "accounts.123456789012.regions.eu-west-1.ec2.network_interfaces=8"},
            {},
            {}});
  CHECK(scenario.resources[0].instances == 20000);
  CHECK(scenario.resources[1].instances == 7);
  CHECK(scenario.resources[2].instances == 3);
  CHECK(scenario.resources[3].instances == 9);
  CHECK(scenario.faults[0].until - scenario.faults[0].at == 45min);
  CHECK(scenario.accounts[0].regions[1].network_interfaces == 8);
}

TEST_CASE("--set makes keys that are missing, and mappings on the way to them") {
  const Scenario scenario =
      good({{"seed=5", "fleets.engineering.credentials.lead=5m", "fleets.engineering.credentials.retry.max_attempts=2"},
            {},
            {}});
  CHECK(scenario.seed == 5);
  CHECK(scenario.resources[0].credentials.every == 55min);
  CHECK(scenario.resources[0].credentials.retry.max_attempts == 2);
}

TEST_CASE("--set takes any YAML, and the last one wins") {
  const Scenario scenario = good({{"fleets.engineering.subnets=[10.1.0.0/16, 10.2.0.0/16]", "duration=1h",
                                   "duration=2h", "fleets.engineering.provisioning={boot: {uniform: [1m, 2m]}}"},
                                  {},
                                  {}});
  CHECK(scenario.resources[0].subnets.size() == 2);
  CHECK(scenario.duration == 2h);
  CHECK(scenario.resources[0].provisioning.boot.quantile(0.5) == 90s);
  CHECK(scenario.parameters == R"({"duration":"2h","fleets.engineering.provisioning":{"boot":{"uniform":["1m","2m"]}},)"
                               R"("fleets.engineering.subnets":["10.1.0.0/16","10.2.0.0/16"]})");
}

TEST_CASE("--set leaves the recorded text of the scenario as it is") {
  CHECK(good({{"duration=1h"}, {}, {}}).yaml == kScenario);
}

TEST_CASE("--set that names nothing is refused") {
  CHECK(bad_set("fleets.enginering.instances=1") == Messages{"--set fleets.enginering.instances=1: error: there is no "
                                                             "fleet \"enginering\"; did you mean \"engineering\"?"});
  CHECK(bad_set("faults.7.for=1h") ==
        Messages{"--set faults.7.for=1h: error: there is no fault \"7\"; known are outage"});
  CHECK(
      bad_set("fleets.twin.instances=1") ==
      Messages{"--set fleets.twin.instances=1: error: several items of fleets are named \"twin\"; write the number of "
               "the one meant, from 0"});
  CHECK(
      bad_set("fleet.eng.instances=1") ==
      Messages{"--set fleet.eng.instances=1: error: unknown key \"fleet\" in the scenario; did you mean \"fleets\"?"});
  CHECK(bad_set("fleets.engineering.instnces=1") == Messages{"--set fleets.engineering.instnces=1: error: unknown key "
                                                             "\"instnces\" in a fleet; did you mean \"instances\"?"});
  CHECK(bad_set("fleets.engineering.instances.most=1") ==
        Messages{"--set fleets.engineering.instances.most=1: error: instances is \"3\" and holds no \"most\"; set it "
                 "as a whole"});
}

TEST_CASE("--set with a wrong value is refused as it would be in the file") {
  CHECK(bad_set("fleets.engineering.instances=many") ==
        Messages{"--set fleets.engineering.instances=many: error: instances \"many\" is not a whole number; write "
                 "digits only"});
  CHECK(bad_set("duration=[") ==
        Messages{"--set duration=[:1:1: error: the [ that stands here is never closed; write ] where it ends"});
  CHECK(bad_set("duration=") == Messages{"--set duration=: error: there is no value; write one after the ="});
}

TEST_CASE("--set that is no setting is refused") {
  for (const std::string setting :
       {"", "=", "duration", "=1h", "a..b=1", ".a=1", "a.=1", "\"a=1", "fleets.\"a.b.instances=1"}) {
    CAPTURE(setting);
    const Messages messages = bad_set(setting);
    REQUIRE(messages.size() == 1);
    CHECK(messages[0] == "--set " + setting + ": error: this is no setting; write it as fleets.eng.instances=20000");
  }
}

TEST_CASE("--until shortens the run") {
  const Scenario scenario = good({{}, "90m", {}});
  CHECK(scenario.duration == 90min);
  CHECK(scenario.parameters == R"({"until":"90m"})");
  CHECK(bad({{}, "13h", {}}) ==
        Messages{"--until 13h: error: this is beyond the scenario's duration of 12h; write a shorter time"});
  CHECK(bad({{}, "0s", {}}) == Messages{"--until 0s: error: this leaves nothing to simulate; write a longer time"});
  CHECK(bad({{}, "5", {}}) == Messages{"--until 5: error: \"5\" has no unit; write it as 5s, 5m or 5h"});
}

TEST_CASE("--warm-up goes before the scenario's warm_up, and leaves something to count") {
  const Scenario scenario = good({{"warm_up=1h"}, {}, {}, "90m"});
  CHECK(scenario.warm_up == 90min);
  CHECK(scenario.parameters == R"({"warm_up":"90m"})");
  CHECK(good({{"warm_up=1h"}, {}, {}, "0s"}).warm_up == 0s);
  CHECK(bad({{}, "2h", {}, "2h"}) ==
        Messages{"--warm-up 2h: error: warm_up 2h leaves nothing to count of a run of 2h; write a shorter one"});
  CHECK(bad({{}, {}, {}, "5"}) == Messages{"--warm-up 5: error: \"5\" has no unit; write it as 5s, 5m or 5h"});
}

TEST_CASE("--seed goes before the scenario's seed") {
  const Scenario scenario = good({{"seed=5"}, {}, 7});
  CHECK(scenario.seed == 7);
  CHECK(scenario.parameters == R"({"seed":7})");
}

}  // namespace
