#include <string>

#include "credsim/finding.hpp"

#include "sound_scenario.hpp"

namespace credsim::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Subnet subnet(std::uint32_t second, std::uint32_t third, std::uint8_t bits) {
  return {10U << 24 | second << 16 | third << 8, bits, {24, 15}};
}

Resource second_fleet() {
  Resource fleet = sound_fleet();
  fleet.name = "ops";
  fleet.place = {50, 5};
  fleet.subnets = {subnet(1, 0, 24)};
  return fleet;
}

TEST_CASE("audit: subnet-larger-than-aws begins above /16") {
  Scenario scenario = sound_scenario();
  scenario.resources[0].subnets = {subnet(0, 0, 16)};
  CHECK(count(scenario, "subnet-larger-than-aws") == 0);
  scenario.resources[0].subnets = {subnet(0, 0, 15)};
  CHECK(contains(message(scenario, "subnet-larger-than-aws"), "10.0.0.0/15"));
}

TEST_CASE("audit: subnet-too-small leaves five addresses of each subnet to AWS") {
  Scenario scenario = sound_scenario();
  scenario.resources[0].instances = 251;
  CHECK(count(scenario, "subnet-too-small") == 0);
  scenario.resources[0].instances = 252;
  CHECK(contains(message(scenario, "subnet-too-small"), "251 usable addresses for up to 252 instances"));
}

TEST_CASE("audit: subnet-too-small counts what scaling may add and who shares the subnet") {
  Scenario scenario = sound_scenario();
  scenario.resources[0].scaling = Scaling{1, 300, std::nullopt, {}, {}};
  CHECK(count(scenario, "subnet-too-small") == 1);
  scenario.resources[0].scaling = std::nullopt;
  scenario.resources.push_back(second_fleet());
  scenario.resources[1].instances = 200;
  CHECK(count(scenario, "subnet-too-small") == 0);
  scenario.resources[1].subnets = scenario.resources[0].subnets;
  CHECK(count(scenario, "subnet-too-small") == 2);
}

TEST_CASE("audit: overlapping-subnets finds blocks within blocks and blocks named twice") {
  Scenario scenario = sound_scenario();
  scenario.resources.push_back(second_fleet());
  CHECK(count(scenario, "overlapping-subnets") == 0);
  scenario.resources[1].subnets = {subnet(0, 0, 26)};
  CHECK(contains(message(scenario, "overlapping-subnets"), "10.0.0.0/26 lies within 10.0.0.0/24 of fleet eng"));
  scenario.resources[1].subnets = {subnet(1, 0, 24), subnet(1, 0, 24)};
  CHECK(contains(message(scenario, "overlapping-subnets"), "named twice"));
}

TEST_CASE("audit: fleets may share a subnet, and Regions may use the same blocks") {
  Scenario scenario = sound_scenario();
  scenario.resources.push_back(second_fleet());
  scenario.resources[1].subnets = scenario.resources[0].subnets;
  CHECK(count(scenario, "overlapping-subnets") == 0);
  scenario.accounts[0].regions.push_back(scenario.accounts[0].regions[0]);
  scenario.resources[1].region = 1;
  scenario.resources[1].subnets = {subnet(0, 0, 26)};
  CHECK(count(scenario, "overlapping-subnets") == 0);
}

TEST_CASE("audit: elastic-single-subnet") {
  Scenario scenario = sound_scenario();
  scenario.resources[0].type = ResourceType::elastic;
  scenario.resources[0].max_concurrent = 10;
  CHECK(count(scenario, "elastic-single-subnet") == 1);
  scenario.resources[0].subnets.push_back(subnet(1, 0, 24));
  CHECK(count(scenario, "elastic-single-subnet") == 0);
}

TEST_CASE("audit: default-internet-access-quota is for more than 100 instances") {
  Scenario scenario = sound_scenario();
  scenario.resources[0].default_internet_access = true;
  CHECK(count(scenario, "default-internet-access-quota") == 0);
  scenario.resources[0].instances = 101;
  CHECK(count(scenario, "default-internet-access-quota") == 1);
}

TEST_CASE("audit: interface-quota-too-small adds the fleets of a Region up") {
  Scenario scenario = sound_scenario();
  scenario.accounts[0].regions[0].network_interfaces = 150;
  CHECK(count(scenario, "interface-quota-too-small") == 0);
  scenario.resources.push_back(second_fleet());
  CHECK(contains(message(scenario, "interface-quota-too-small"), "ask for at least 200"));
}

TEST_CASE("audit: interface-tokens-delay-start estimates the wait of the last instance") {
  Scenario scenario = sound_scenario();
  scenario.resources[0].subnets = {subnet(0, 0, 16)};
  scenario.resources[0].instances = 1000;
  // (1000 − 100) / 5 a second
  CHECK(contains(message(scenario, "interface-tokens-delay-start"), "the last waits about 3m for its interface"));
  scenario.resources[0].provisioning.start = Distribution::uniform(seconds{0}, minutes{10});
  CHECK(count(scenario, "interface-tokens-delay-start") == 0);
}

TEST_CASE("audit: interface-tokens-delay-start looks at scheduled scaling and at buckets that give nothing") {
  Scenario scenario = sound_scenario();
  scenario.resources[0].subnets = {subnet(0, 0, 16)};
  scenario.resources[0].scaling = Scaling{0, 2000, std::nullopt, {}, {{SimTime{hours{2}}, 1100, 2000}}};
  CHECK(contains(message(scenario, "interface-tokens-delay-start"), "adds 1000 instances at 2h"));
  scenario.resources[0].scaling = std::nullopt;
  auto& bucket =
      scenario.accounts[0].regions[0].buckets[static_cast<std::size_t>(BucketKind::create_network_interface)];
  bucket->background = bucket->rate;
  scenario.resources[0].instances = 101;
  CHECK(contains(message(scenario, "interface-tokens-delay-start"), "for ever"));
  bucket = std::nullopt;
  CHECK(count(scenario, "interface-tokens-delay-start") == 0);
}

TEST_CASE("audit: resource-quota counts fleets and image builders of a Region") {
  Scenario scenario = sound_scenario();
  const auto fill = [&](ResourceType type, std::size_t number) {
    scenario.resources.assign(number, sound_fleet());
    for (Resource& resource : scenario.resources) resource.type = type;
  };
  fill(ResourceType::always_on, 10);
  CHECK(count(scenario, "resource-quota") == 0);
  fill(ResourceType::always_on, 11);
  CHECK(contains(message(scenario, "resource-quota"), "11 fleets"));
  fill(ResourceType::image_builder, 11);
  CHECK(contains(message(scenario, "resource-quota"), "11 image builders"));
  scenario.accounts[0].regions[0].appstream.image_builders = 11;
  CHECK(count(scenario, "resource-quota") == 0);
  fill(ResourceType::on_demand, 4);
  scenario.accounts[0].regions[0].appstream.fleets = 3;
  CHECK(contains(message(scenario, "resource-quota"), "4 fleets, and the quota is 3"));
}

TEST_CASE("audit: role-quota begins above 1000 roles in an account") {
  Scenario scenario = sound_scenario();
  scenario.roles.resize(1000, sound_role());
  CHECK(count(scenario, "role-quota") == 0);
  scenario.roles.resize(1001, sound_role());
  CHECK(count(scenario, "role-quota") == 1);
}

TEST_CASE("audit: sessions-over-capacity holds the expected sessions against the instances") {
  Scenario scenario = sound_scenario();
  Sessions sessions;
  sessions.arrivals.rate = {40, hours{1}};
  sessions.duration = Distribution::constant(hours{2});
  scenario.resources[0].sessions = sessions;
  CHECK(count(scenario, "sessions-over-capacity") == 0);  // 80 for 100
  scenario.resources[0].sessions->arrivals.rate = {60, hours{1}};
  CHECK(contains(message(scenario, "sessions-over-capacity"), "about 120 sessions"));
}

TEST_CASE("audit: sessions-over-capacity knows that a short peak is over before its sessions add up") {
  Scenario scenario = sound_scenario();
  Sessions sessions;
  sessions.arrivals.kind = Arrivals::Kind::per_hour;
  sessions.arrivals.per_hour = {0, 90};
  sessions.duration = Distribution::constant(hours{8});
  scenario.resources[0].sessions = sessions;
  CHECK(count(scenario, "sessions-over-capacity") == 0);
  scenario.resources[0].sessions->arrivals.per_hour = {0, 90, 90};
  CHECK(contains(message(scenario, "sessions-over-capacity"), "about 180 sessions"));
  scenario.resources[0].sessions->arrivals.per_hour.assign(24, 0);
  scenario.resources[0].sessions->arrivals.per_hour[23] = 300;
  CHECK(count(scenario, "sessions-over-capacity") == 0);  // the run ends before
  scenario.start += hours{20};
  scenario.resources[0].sessions->arrivals.daily = true;
  CHECK(count(scenario, "sessions-over-capacity") == 1);
}

TEST_CASE("audit: sessions-over-capacity counts given arrival times") {
  Scenario scenario = sound_scenario();
  Sessions sessions;
  sessions.arrivals.kind = Arrivals::Kind::times;
  sessions.arrivals.times.assign(150, SimTime{minutes{30}});
  sessions.duration = Distribution::constant(hours{1});
  scenario.resources[0].sessions = sessions;
  CHECK(count(scenario, "sessions-over-capacity") == 1);
}

}  // namespace
}  // namespace credsim::test
