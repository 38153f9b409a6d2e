#include <string>

#include "credsim/finding.hpp"
#include "credsim/role.hpp"

#include "sound_scenario.hpp"

namespace credsim::test {
namespace {

using std::chrono::hours;

TEST_CASE("audit: role-in-other-account names the account that the role should be in") {
  Scenario scenario = sound_scenario();
  scenario.roles[0].account = "999999999999";
  CHECK(contains(message(scenario, "role-in-other-account"), "use a role of account 123456789012"));
  CHECK(findings_of(scenario, "role-in-other-account").front().place.line == 22);
}

TEST_CASE("audit: service-role finds service roles and service-linked roles") {
  Scenario scenario = sound_scenario();
  scenario.roles[0].kind = RoleKind::service_role;
  CHECK(count(scenario, "service-role") == 1);
  scenario.roles[0].kind = RoleKind::service_linked_role;
  CHECK(contains(message(scenario, "service-role"), "service-linked role"));
}

TEST_CASE("audit: agent-too-old counts from 3 September 2019 and is said once for a resource") {
  Scenario scenario = sound_scenario();
  scenario.images[0].agent_released = kFirstAgentWithRoles;
  CHECK(count(scenario, "agent-too-old") == 0);
  scenario.images[0].agent_released -= std::chrono::days{1};
  CHECK(contains(message(scenario, "agent-too-old"), "2019-09-02"));
  scenario.roles.push_back(sound_role());
  scenario.resources[0].role_changes = {{SimTime{hours{3}}, 1}};
  CHECK(count(scenario, "agent-too-old") == 1);
}

TEST_CASE("audit: trust-policy-denies says which part fails, what it wants and what AppStream sends") {
  Scenario scenario = sound_scenario();
  auto& document = scenario.roles[0].trust_policy;
  document = trust("{}", "ec2.amazonaws.com");
  CHECK(contains(message(scenario, "trust-policy-denies"),
                 "assume it: Principal wants Service ec2.amazonaws.com and gets Service appstream.amazonaws.com; name "
                 "the service principal appstream.amazonaws.com"));
  document = trust(R"({"StringEquals": {"aws:SourceAccount": ["999999999999", "888888888888"]}})");
  CHECK(contains(message(scenario, "trust-policy-denies"),
                 "condition StringEquals aws:SourceAccount wants \"999999999999\" or \"888888888888\" and gets "
                 "\"123456789012\"; change the condition on aws:SourceAccount, or take it away"));
  document = trust(R"({"IpAddress": {"aws:SourceIp": "203.0.113.0/28"}})");
  CHECK(contains(message(scenario, "trust-policy-denies"), "aws:SourceIp wants \"203.0.113.0/28\" and gets none"));
  document = trust(R"({"StringEquals": {"sts:ExternalId": "x"}})");
  CHECK(contains(message(scenario, "trust-policy-denies"),
                 "sts:ExternalId wants \"x\" and gets none; take the condition on sts:ExternalId away, since AppStream "
                 "sends none"));
  document = trust(R"({"StringNotEquals": {"aws:SourceAccount": "123456789012"}})");
  CHECK(contains(message(scenario, "trust-policy-denies"),
                 "condition StringNotEquals aws:SourceAccount excludes \"123456789012\" and gets \"123456789012\""));
  document = trust(R"({"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}})");
  CHECK(contains(message(scenario, "trust-policy-denies"), "and gets \"2026-01-05T00:00:00Z\""));
  document = trust(R"({"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}})");
  CHECK(count(scenario, "trust-policy-denies") == 0);
  document = policy(R"({"Statement": {"Effect": "Allow", "Principal": {"Service": "appstream.amazonaws.com"},
                                      "Action": "sts:TagSession"}})",
                    iam::PolicyKind::trust);
  CHECK(contains(message(scenario, "trust-policy-denies"),
                 "Action wants \"sts:TagSession\" and gets \"sts:AssumeRole\"; write Action sts:AssumeRole"));
  document = std::nullopt;
  CHECK(contains(message(scenario, "trust-policy-denies"), "has no trust policy"));
}

TEST_CASE("audit: trust-policy-denies names the statement, of several, that comes nearest, and all of it that fails") {
  Scenario scenario = sound_scenario();
  auto& document = scenario.roles[0].trust_policy;
  document = policy(R"({"Statement": [
      {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
      {"Sid": "AppStream", "Effect": "Allow", "Principal": {"Service": "appstream.amazonaws.com"},
       "Action": "sts:AssumeRole", "Condition": {
         "StringEquals": {"aws:SourceAccount": "999999999999", "sts:ExternalId": "x"}}}]})",
                    iam::PolicyKind::trust);
  CHECK(contains(message(scenario, "trust-policy-denies"),
                 "in statement 2 (Sid AppStream), condition StringEquals aws:SourceAccount wants \"999999999999\" and "
                 "gets \"123456789012\", and condition StringEquals sts:ExternalId wants \"x\" and gets none; "));
  document = policy(R"({"Statement": [
      {"Effect": "Allow", "Principal": {"Service": "appstream.amazonaws.com"}, "Action": "sts:AssumeRole"},
      {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}]})",
                    iam::PolicyKind::trust);
  CHECK(contains(message(scenario, "trust-policy-denies"), "in statement 2, its Effect is Deny; take the Deny away"));
}

TEST_CASE("audit: trust-policy-denies stands at the part that fails, in the policy's own file if it has one") {
  Scenario scenario = sound_scenario();
  Role& role = scenario.roles[0];
  role.trust_policy = trust(R"({"StringEquals": {"sts:ExternalId": "x"}})");
  CHECK(findings_of(scenario, "trust-policy-denies").front().place.line == 22);  // nothing else is known
  role.trust_policy_parts = {"policies/trust.json",
                             {{"", {1, 1}}, {"/Statement/0/Condition/StringEquals/sts:ExternalId", {7, 31}}}};
  const Finding finding = findings_of(scenario, "trust-policy-denies").front();
  CHECK(finding.file == "policies/trust.json");
  CHECK(finding.place.line == 7);
  CHECK(finding.place.column == 31);
}

TEST_CASE("audit: a role change to a bad role is found with its time") {
  Scenario scenario = sound_scenario();
  scenario.roles.push_back(sound_role());
  scenario.roles[1].name = "Other";
  scenario.resources[0].role_changes = {{SimTime{hours{3}}, 1}};
  CHECK(count(scenario, "trust-policy-denies") == 0);
  scenario.roles[1].trust_policy = trust("{}", "ec2.amazonaws.com");
  CHECK(contains(message(scenario, "trust-policy-denies"), "from 3h on, role Other"));
}

TEST_CASE("audit: role-without-trust-policy finds it even if nobody uses the role") {
  Scenario scenario = sound_scenario();
  scenario.roles.push_back(sound_role());
  CHECK(count(scenario, "role-without-trust-policy") == 0);
  scenario.roles[1].trust_policy = std::nullopt;
  CHECK(count(scenario, "role-without-trust-policy") == 1);
}

TEST_CASE("audit: shared-role names everything that uses the role") {
  Scenario scenario = sound_scenario();
  scenario.resources.push_back(sound_fleet());
  scenario.resources[1].name = "builder";
  scenario.resources[1].type = ResourceType::image_builder;
  scenario.resources[1].role = std::nullopt;
  scenario.resources[1].workloads.clear();
  CHECK(count(scenario, "shared-role") == 0);
  scenario.resources[1].role = 0;
  CHECK(contains(message(scenario, "shared-role"), "fleet eng and image builder builder"));
}

TEST_CASE("audit: broad-permissions tells everything from every action of a service") {
  Scenario scenario = sound_scenario();
  const std::string inside = R"({"IpAddress": {"aws:SourceIp": "203.0.113.0/28"}})";
  auto& policies = scenario.roles[0].policies;
  policies = {allow("ec2:Describe*", inside)};
  CHECK(count(scenario, "broad-permissions") == 0);
  policies = {allow("ec2:*", inside)};
  CHECK(contains(message(scenario, "broad-permissions"), "allows ec2:* on any resource"));
  policies = {allow("*", inside)};
  CHECK(contains(message(scenario, "broad-permissions"), "every action of every service"));
  CHECK(findings_of(scenario, "broad-permissions").front().place.line == 13);
}

TEST_CASE("audit: broad-permissions is about any resource, and ends at the permissions boundary") {
  Scenario scenario = sound_scenario();
  scenario.roles[0].policies = {policy(R"({"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::reports/*"}]})")};
  CHECK(count(scenario, "broad-permissions") == 0);
  scenario.roles[0].policies = {allow("*")};
  scenario.roles[0].permissions_boundary = allow("ec2:DescribeInstances");
  CHECK(count(scenario, "broad-permissions") == 0);
}

TEST_CASE("audit: unrestricted-use asks whether the call would be allowed from elsewhere") {
  Scenario scenario = sound_scenario();
  scenario.roles[0].policies = {allow("ec2:DescribeInstances")};
  CHECK(contains(message(scenario, "unrestricted-use"), "ec2:DescribeInstances is allowed from anywhere"));
  // A condition that does not limit the place is none.
  scenario.roles[0].policies = {allow("ec2:DescribeInstances", R"({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})")};
  CHECK(count(scenario, "unrestricted-use") == 1);
  scenario.roles[0].permissions_boundary = allow("*", R"({"StringEquals": {"aws:SourceVpce": "vpce-1"}})");
  scenario.resources[0].vpc_endpoint = "vpce-1";
  scenario.roles[0].policies = {allow("ec2:DescribeInstances")};
  CHECK(count(scenario, "unrestricted-use") == 0);
}

TEST_CASE("audit: unrestricted-use looks for a condition where no workload calls") {
  Scenario scenario = sound_scenario();
  scenario.resources[0].workloads.clear();
  CHECK(count(scenario, "unrestricted-use") == 0);
  scenario.roles[0].policies = {allow("ec2:DescribeInstances")};
  CHECK(count(scenario, "unrestricted-use") == 1);
}

TEST_CASE("audit: trust-policy-without-source-condition finds the guide's own trust policy") {
  Scenario scenario = sound_scenario();
  scenario.roles[0].trust_policy = trust("{}");
  CHECK(contains(message(scenario, "trust-policy-without-source-condition"),
                 "arn:aws:appstream:us-east-1:123456789012:fleet/*"));
  scenario.roles[0].trust_policy =
      trust(R"({"ArnLike": {"aws:SourceArn": "arn:aws:appstream:us-east-1:123456789012:fleet/*"}})");
  CHECK(count(scenario, "trust-policy-without-source-condition") == 0);
}

TEST_CASE("audit: trust-policy-without-source-condition asks and advises for the role's own Region and partition") {
  Scenario scenario = sound_scenario();
  Role& role = scenario.roles[0];
  scenario.accounts[0].regions[0].name = "us-gov-west-1";
  role.partition = "aws-us-gov";
  const std::string any_account =
      R"({"ArnLike": {"aws:SourceArn": "arn:aws-us-gov:appstream:us-gov-west-1:*:fleet/*"}})";
  role.trust_policy = trust(any_account);
  CHECK(contains(message(scenario, "trust-policy-without-source-condition"),
                 "arn:aws-us-gov:appstream:us-gov-west-1:123456789012:fleet/*"));
  scenario.resources.clear();  // nobody uses it: the Region is the account's
  CHECK(count(scenario, "trust-policy-without-source-condition") == 1);
}

TEST_CASE("audit: trust-policy-denies gives the ARN of the fleet's partition") {
  Scenario scenario = sound_scenario();
  scenario.accounts[0].regions[0].name = "cn-north-1";
  scenario.roles[0].trust_policy =
      trust(R"({"ArnLike": {"aws:SourceArn": "arn:aws:appstream:cn-north-1:123456789012:fleet/*"}})");
  CHECK(contains(message(scenario, "trust-policy-denies"), "arn:aws-cn:appstream:cn-north-1:123456789012:fleet/eng"));
}

TEST_CASE("audit: source-ip-is-private finds every private block in every policy") {
  Scenario scenario = sound_scenario();
  Role& role = scenario.roles[0];
  const auto findings_with = [&](const std::string& operation, const std::string& values) {
    role.policies[0] = allow("ec2:*", "{\"" + operation + "\": {\"aws:sourceIP\": " + values + "}}");
    return findings_of(scenario, "source-ip-is-private");
  };
  for (const std::string block : {"10.0.0.0/24", "10.1.2.3", "172.16.0.0/12", "172.31.255.255", "192.168.0.0/16",
                                  "100.64.0.0/10", "169.254.169.254", "127.0.0.1", "fd00::/8", "fe80::1", "::1"}) {
    CAPTURE(block);
    const auto found = findings_with("IpAddress", "\"" + block + "\"");
    REQUIRE(found.size() == 1);
    CHECK(found[0].severity == Severity::error);
    CHECK(found[0].place.line == 13);
  }
  for (const std::string block : {"203.0.113.0/24", "11.0.0.0/8", "172.32.0.0/16", "172.0.0.0/8", "0.0.0.0/0",
                                  "100.128.0.0/16", "192.0.0.0/8", "2001:db8::/32", "::/0"}) {
    CAPTURE(block);
    CHECK(findings_with("IpAddress", "\"" + block + "\"").empty());
  }
  CHECK(contains(findings_with("NotIpAddress", R"(["203.0.113.0/24", "10.0.0.0/8", "192.168.1.1"])").at(0).message,
                 "compares aws:SourceIp with 10.0.0.0/8, 192.168.1.1/32, private addresses"));

  const std::string inside = R"({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})";
  role = sound_role();
  role.permissions_boundary = allow("*", inside);
  CHECK(contains(message(scenario, "source-ip-is-private"), "the permissions boundary compares"));
  role = sound_role();
  scenario.accounts[0].regions[0].service_control_policies = {{"root", {allow("*", inside)}}};
  CHECK(contains(message(scenario, "source-ip-is-private"), "a service control policy compares"));
  scenario.accounts[0].regions[0].service_control_policies.clear();
  scenario.faults.emplace_back();
  scenario.faults[0].policies = {allow("*", inside)};
  CHECK(count(scenario, "source-ip-is-private") == 1);
  // Behind an endpoint the interface's own address is what AWS sees, under another key.
  scenario.faults.clear();
  role.policies[0] = allow("ec2:*", R"({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}})");
  CHECK(count(scenario, "source-ip-is-private") == 0);
}

TEST_CASE("audit: trust-policy-source-ip is found even where it happens to hold") {
  Scenario scenario = sound_scenario();
  CHECK(count(scenario, "trust-policy-source-ip") == 0);
  scenario.roles[0].trust_policy = trust(R"({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/28"}})");
  CHECK(count(scenario, "trust-policy-source-ip") == 1);
  CHECK(count(scenario, "trust-policy-denies") == 0);
}

TEST_CASE("audit: source-ip-behind-endpoint needs both the endpoint and the condition") {
  Scenario scenario = sound_scenario();
  scenario.resources[0].vpc_endpoint = "vpce-1";
  CHECK(contains(message(scenario, "source-ip-behind-endpoint"), "vpce-1"));
  CHECK(count(scenario, "call-denied") == 1);
  scenario.roles[0].policies = {allow("ec2:DescribeInstances", R"({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}})")};
  CHECK(count(scenario, "source-ip-behind-endpoint") == 0);
  CHECK(count(scenario, "call-denied") == 0);
}

TEST_CASE("audit: unknown-condition-key finds a misspelt key in every policy, with what was probably meant") {
  Scenario scenario = sound_scenario();
  const std::string misspelt = R"({"NotIpAddress": {"aws:SorceIp": "203.0.113.0/24"}})";
  Role& role = scenario.roles[0];
  role.policies.push_back(allow("s3:GetObject", misspelt));
  CHECK(message(scenario, "unknown-condition-key") ==
        "a policy looks at \"aws:SorceIp\", which no request carries; did you mean \"aws:SourceIp\"?");
  role.policies.pop_back();
  role.trust_policy = trust(misspelt);
  CHECK(contains(message(scenario, "unknown-condition-key"), "the trust policy looks at"));
  role = sound_role();
  role.permissions_boundary = allow("ec2:*", misspelt);
  CHECK(contains(message(scenario, "unknown-condition-key"), "the permissions boundary looks at"));
  role = sound_role();
  scenario.accounts[0].regions[0].service_control_policies = {{"root", {allow("*", misspelt)}}};
  CHECK(contains(message(scenario, "unknown-condition-key"), "a service control policy looks at"));
  scenario.accounts[0].regions[0].service_control_policies.clear();
  scenario.faults.emplace_back();
  scenario.faults[0].name = "edit";
  scenario.faults[0].policies = {allow("*", misspelt)};
  CHECK(findings_of(scenario, "unknown-condition-key").at(0).subject == "fault edit");
}

TEST_CASE("audit: unknown-condition-key leaves tags, services' own keys and any case alone") {
  Scenario scenario = sound_scenario();
  scenario.roles[0].policies.push_back(allow("s3:GetObject", R"({"StringEquals": {
      "AWS:sourceip": "1", "aws:PrincipalTag/Team": "cad", "s3:ExistingObjectTag/a": "b", "lambda:FunctionArn": "c"}})"));
  CHECK(count(scenario, "unknown-condition-key") == 0);
  scenario.roles[0].policies.push_back(allow("s3:GetObject", R"({"StringEquals": {"aws:Colour": "blue"}})"));
  CHECK(contains(message(scenario, "unknown-condition-key"), "look the key up in the IAM user guide"));
}

TEST_CASE("audit: role-change-stops-fleet is for fleets alone") {
  Scenario scenario = sound_scenario();
  scenario.resources[0].role_changes = {{SimTime{hours{3}}, std::nullopt}};
  CHECK(contains(message(scenario, "role-change-stops-fleet"), "at 3h"));
  scenario.resources[0].type = ResourceType::image_builder;
  CHECK(count(scenario, "role-change-stops-fleet") == 0);
}

}  // namespace
}  // namespace credsim::test
