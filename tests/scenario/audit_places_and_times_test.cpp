// The findings about Regions, about what begins too late, and about what users of elastic fleets wait for.

#include <string>

#include "credsim/finding.hpp"
#include "credsim/known_regions.hpp"

#include "sound_scenario.hpp"

namespace credsim::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("audit: unknown-region proposes the Region that was probably meant, and knows those of every partition") {
  Scenario scenario = sound_scenario();
  std::string& name = scenario.accounts[0].regions[0].name;
  for (const KnownRegion& known : kKnownRegions) {
    name = known.name;
    CHECK(count(scenario, "unknown-region") == 0);
  }
  name = "us-esat-1";
  CHECK(contains(message(scenario, "unknown-region"), "a Region us-esat-1 on 2026-05-20; did you mean \"us-east-1\"?"));
  name = "moon-north-1";
  CHECK(contains(message(scenario, "unknown-region"), "leave it so if it has opened since"));
  CHECK(findings_of(scenario, "unknown-region").front().place.line == 5);
}

TEST_CASE("audit: region-without-appstream is about Regions with fleets") {
  Scenario scenario = sound_scenario();
  CHECK(count(scenario, "region-without-appstream") == 0);
  scenario.accounts[0].regions[0].name = "us-west-1";
  CHECK(contains(message(scenario, "region-without-appstream"), "AppStream was not offered in us-west-1"));
  scenario.resources.clear();
  CHECK(count(scenario, "region-without-appstream") == 0);
}

TEST_CASE("audit: begins-after-end finds faults and role changes that the run does not come to") {
  Scenario scenario = sound_scenario();
  scenario.faults.push_back({.name = "outage", .at = SimTime{scenario.duration} - Duration{1}, .place = {50, 5}});
  scenario.resources[0].role_changes = {{SimTime{scenario.duration} - Duration{1}, 0}};
  CHECK(count(scenario, "begins-after-end") == 0);
  scenario.faults[0].at += Duration{1};
  CHECK(contains(message(scenario, "begins-after-end"), "begins at 12h, and the run ends after 12h, so it changes"));
  CHECK(findings_of(scenario, "begins-after-end").front().subject == "fault outage");
  CHECK(findings_of(scenario, "begins-after-end").front().place.line == 50);
  scenario.resources[0].role_changes[0].at = SimTime{hours{13}};
  CHECK(count(scenario, "begins-after-end") == 2);
}

Scenario elastic_scenario() {
  Scenario scenario = sound_scenario();
  Resource& fleet = scenario.resources[0];
  fleet.type = ResourceType::elastic;
  fleet.max_concurrent = 100;
  Sessions sessions;
  sessions.arrivals.rate = {20, hours{1}};
  sessions.duration = Distribution::constant(hours{1});
  sessions.wait = minutes{5};
  fleet.sessions = sessions;
  return scenario;
}

TEST_CASE("audit: elastic-start-exceeds-wait where an instance starts later than a session waits") {
  Scenario scenario = elastic_scenario();
  Resource& fleet = scenario.resources[0];
  CHECK(contains(message(scenario, "elastic-start-exceeds-wait"), "100 % of its users wait longer than sessions.wait"));
  fleet.sessions->wait = hours{1};
  CHECK(count(scenario, "elastic-start-exceeds-wait") == 0);
  fleet.sessions->wait = std::nullopt;  // as long as it takes
  CHECK(count(scenario, "elastic-start-exceeds-wait") == 0);
  fleet.sessions->wait = minutes{5};
  fleet.provisioning.boot = Distribution::constant(minutes{5});
  fleet.provisioning.eni = {.after_boot = false, .delay = Distribution::constant(minutes{5})};
  CHECK(count(scenario, "elastic-start-exceeds-wait") == 0);
  fleet.provisioning.eni.after_boot = true;
  CHECK(count(scenario, "elastic-start-exceeds-wait") == 1);
}

TEST_CASE("audit: a start of less than a minute is no wait, even where sessions wait for nothing") {
  Scenario scenario = elastic_scenario();
  Resource& fleet = scenario.resources[0];
  fleet.sessions->wait = seconds{0};
  CHECK(count(scenario, "elastic-start-exceeds-wait") == 1);
  fleet.provisioning.boot = Distribution::constant(seconds{20});
  fleet.provisioning.eni.delay = Distribution::constant(seconds{20});
  CHECK(count(scenario, "elastic-start-exceeds-wait") == 0);
}

TEST_CASE("audit: elastic instances that still start count against the sessions that there can be at once") {
  Scenario scenario = elastic_scenario();
  Resource& fleet = scenario.resources[0];
  fleet.max_concurrent = 22;  // 20 an hour, of an hour each, and two of fluctuation
  fleet.provisioning.eni = {.after_boot = true, .delay = {}};
  fleet.provisioning.boot = Distribution::constant(seconds{20});
  CHECK(count(scenario, "sessions-over-capacity") == 0);
  fleet.provisioning.boot = Distribution::constant(minutes{15});
  CHECK(contains(message(scenario, "sessions-over-capacity"), "about 25 sessions are expected at once"));
}

}  // namespace
}  // namespace credsim::test
