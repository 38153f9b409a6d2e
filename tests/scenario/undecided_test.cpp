#include "scenario/undecided.hpp"

#include <string>

#include "scenario/sound_scenario.hpp"

namespace {

using namespace credsim;
using namespace credsim::test;
using std::chrono::hours;

std::vector<Diagnostic> refusals(const Scenario& scenario) {
  Diagnostics diagnostics("scenario.yaml");
  refuse_undecided(scenario, diagnostics);
  return diagnostics.in_order();
}

const std::string kInOrganization = R"({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})";

/// A sound scenario whose call depends on the organization.
Scenario depending_scenario() {
  Scenario scenario = sound_scenario();
  scenario.roles[0].policies = {allow("ec2:*", kInOrganization)};
  return scenario;
}

Workload& workload_of(Scenario& scenario) {
  return scenario.resources[0].workloads[0];
}

TEST_CASE("a sound scenario is decided throughout") {
  CHECK(refusals(sound_scenario()).empty());
}

TEST_CASE("a call that depends on a key that is not given is refused at the workload, with the key and the policy") {
  const auto found = refusals(depending_scenario());
  REQUIRE(found.size() == 1);
  CHECK(found[0].place.line == 40);
  CHECK(contains(found[0].message, "aws:PrincipalOrgID, at which policy 1 of role MachineRole looks"));
  CHECK(contains(found[0].message, "; give request_context: {aws:PrincipalOrgID: VALUE}"));
}

TEST_CASE("a key that is given, with a value or as absent, decides the call") {
  Scenario scenario = depending_scenario();
  workload_of(scenario).request_context = {{"aws:principalorgid", {"o-2"}, false}};
  CHECK(refusals(scenario).empty());
  CHECK(count(scenario, "call-denied") == 1);
  workload_of(scenario).request_context = {{"aws:principalorgid", {}, false}};
  CHECK(refusals(scenario).empty());
  CHECK(count(scenario, "call-denied") == 1);
  workload_of(scenario).request_context = {{"aws:principalorgid", {"o-1"}, false}};
  CHECK(count(scenario, "call-denied") == 0);
}

TEST_CASE("what cannot reach IAM with the role's credentials needs no key") {
  Scenario scenario = depending_scenario();
  workload_of(scenario).profile = "other";
  CHECK(refusals(scenario).empty());
  scenario = depending_scenario();
  scenario.resources[0].role = std::nullopt;
  CHECK(refusals(scenario).empty());
}

TEST_CASE("roles and policies that come into force in mid-run are looked at too") {
  Scenario scenario = sound_scenario();
  scenario.roles.push_back(depending_scenario().roles[0]);
  scenario.roles[1].name = "Later";
  CHECK(refusals(scenario).empty());
  scenario.resources[0].role_changes = {{SimTime{hours{3}}, 1}};
  CHECK(contains(refusals(scenario).at(0).message, "of role Later looks"));

  scenario = sound_scenario();
  Fault& fault = scenario.faults.emplace_back();
  fault.name = "edit";
  fault.kind = FaultKind::permissions_changed;
  fault.policies = {allow("ec2:*", kInOrganization)};
  CHECK(contains(refusals(scenario).at(0).message, "policy 1 of fault edit looks"));
  fault.at = kSimulationStart + scenario.duration;
  CHECK(refusals(scenario).empty());
}

TEST_CASE("an address that some instances have decides for them, and the others leave the call undecided") {
  Scenario scenario = sound_scenario();
  scenario.roles[0].policies = {allow("ec2:*", R"({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"},
                                                   "StringEquals": {"aws:PrincipalOrgID": "o-1"}})")};
  CHECK(refusals(scenario).empty());
  scenario.resources[0].egress.push_back({198U << 24 | 51U << 16 | 100U << 8, 32});
  CHECK(refusals(scenario).size() == 1);
  scenario.resources[0].egress.clear();
  CHECK(contains(refusals(scenario).at(0).message, "; give the fleet's egress, the addresses that AWS sees, and give"));
}

TEST_CASE("a statement about one instance's session leaves the calls of that one undecided") {
  Scenario scenario = sound_scenario();
  scenario.roles[0].policies = {allow("ec2:*", R"({"StringLike": {"aws:userid": "*:eng-7"},
                                                   "StringEquals": {"aws:PrincipalOrgID": "o-1"}})")};
  CHECK(refusals(scenario).size() == 1);
  scenario.resources[0].instances = 7;
  CHECK(refusals(scenario).empty());
}

TEST_CASE("a trust policy that depends on a key that is not given is refused where it stands") {
  Scenario scenario = sound_scenario();
  scenario.roles[0].trust_policy = trust(R"({"StringEquals": {"aws:SourceOrgID": "o-1"}})");
  const auto found = refusals(scenario);
  REQUIRE(found.size() == 1);
  CHECK(found[0].place.line == 12);
  CHECK(contains(found[0].message, "may assume role MachineRole for fleet eng depends on aws:SourceOrgID"));
  scenario.resources[0].request_context = {{"aws:sourceorgid", {"o-1"}, false}};
  CHECK(refusals(scenario).empty());
}

TEST_CASE("a role that cannot be assumed anyway leaves nothing undecided") {
  Scenario scenario = sound_scenario();
  scenario.roles[0].trust_policy = trust(R"({"StringEquals": {"aws:SourceOrgID": "o-1"}})");
  scenario.roles[0].kind = RoleKind::service_role;
  CHECK(refusals(scenario).empty());
}

TEST_CASE("a resource of another account is undecided without its policy, unless the caller's policies refuse") {
  Scenario scenario = sound_scenario();
  Calls& calls = workload_of(scenario).calls;
  calls.action = "sqs:SendMessage";
  calls.resource = "arn:aws:sqs:us-east-1:210987654321:jobs";
  CHECK(refusals(scenario).empty());
  scenario.roles[0].policies = {allow("sqs:*")};
  REQUIRE(refusals(scenario).size() == 1);
  CHECK(contains(refusals(scenario)[0].message, "belongs to account 210987654321; give it as calls.resource_policy"));
  calls.resource = "arn:aws:sqs:us-east-1:123456789012:jobs";
  CHECK(refusals(scenario).empty());
}

TEST_CASE("a bucket is the account's own unless the request context says whose it is") {
  Scenario scenario = sound_scenario();
  Calls& calls = workload_of(scenario).calls;
  calls.action = "s3:GetObject";
  calls.resource = "arn:aws:s3:::plans/a";
  scenario.roles[0].policies = {allow("s3:*")};
  CHECK(refusals(scenario).empty());
  workload_of(scenario).request_context = {{"aws:resourceaccount", {"210987654321"}, false}};
  CHECK(refusals(scenario).size() == 1);
}

}  // namespace
