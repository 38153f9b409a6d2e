#include <string>

#include "credsim/finding.hpp"

#include "sound_scenario.hpp"

namespace credsim::test {
namespace {

/// The sound scenario in a new account: only AWS's defaults bound its instances.
Scenario new_account(const std::string& type) {
  Scenario scenario = sound_scenario();
  scenario.accounts[0].regions[0].appstream = {};
  scenario.resources[0].instance_type = type;
  return scenario;
}

TEST_CASE("audit: instance-quota-too-small adds the fleets of one type up, and image builders for themselves") {
  Scenario scenario = new_account("stream.compute.large");
  scenario.resources[0].instances = 5;
  CHECK(count(scenario, "instance-quota-too-small") == 0);
  scenario.resources.push_back(scenario.resources[0]);
  scenario.resources[1].name = "lab";
  scenario.resources[1].instances = 1;
  const std::string text = message(scenario, "instance-quota-too-small");
  CHECK(contains(text, "up to 6 instances of stream.compute.large are wanted by fleet eng, fleet lab"));
  CHECK(contains(text, "appstream.instances allows 5, as AWS documents it for a new account; ask for at least 6"));

  scenario.resources[1].type = ResourceType::image_builder;
  CHECK(count(scenario, "instance-quota-too-small") == 0);

  scenario.accounts[0].regions[0].appstream.instances[0].given = {{"stream.compute.large", 4}};
  CHECK(contains(message(scenario, "instance-quota-too-small"), "appstream.instances allows 4; ask"));
}

TEST_CASE("audit: instance-quota-unknown where neither AWS nor the scenario says how many there may be") {
  Scenario scenario = new_account("stream.standard.gigantic");
  CHECK(contains(message(scenario, "instance-quota-unknown"),
                 "no default quota of stream.standard.gigantic is documented under that name"));
  scenario.accounts[0].regions[0].appstream.instances[0].given = {{"stream.standard.gigantic", 100}};
  CHECK(count(scenario, "instance-quota-unknown") == 0);
}

TEST_CASE("audit: instance-type-not-given is one note for each Region, unless its quotas are unlimited") {
  Scenario scenario = new_account("stream.standard.medium");
  CHECK(count(scenario, "instance-type-not-given") == 0);
  scenario.resources[0].instance_type = std::nullopt;
  scenario.resources.push_back(scenario.resources[0]);
  scenario.resources[1].name = "lab";
  CHECK(contains(message(scenario, "instance-type-not-given"), "fleet eng, fleet lab give no instance_type"));
  CHECK(findings_of(scenario, "instance-type-not-given").front().severity == Severity::note);
  scenario.accounts[0].regions[0].appstream.instances[0].unlimited = true;
  CHECK(count(scenario, "instance-type-not-given") == 0);
}

}  // namespace
}  // namespace credsim::test
