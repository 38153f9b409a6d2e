#include "credsim/prerequisites.hpp"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "test_support/catch.hpp"

namespace credsim {
namespace {

using std::chrono::days;

constexpr std::chrono::sys_days kNow = std::chrono::year{2026} / std::chrono::January / 5;

iam::PolicyDocument trust_policy(const std::string& text) {
  std::vector<iam::PolicyFault> faults;
  auto document = iam::PolicyDocument::parse(nlohmann::json::parse(text), iam::PolicyKind::trust, faults);
  REQUIRE(faults.empty());
  return *document;
}

iam::PolicyDocument trust_with(const std::string& principal, const std::string& action,
                               const std::string& condition = "{}") {
  return trust_policy(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": )" + principal +
                      R"(, "Action": )" + action + R"(, "Condition": )" + condition + "}]}");
}

// The trust policy that the guide shows.
iam::PolicyDocument guide_trust() {
  return trust_with(R"({"Service": ["appstream.amazonaws.com"]})", R"("sts:AssumeRole")");
}

Role machine_role() {
  Role role;
  role.name = "MachineRole";
  role.account = "123456789012";
  return role;
}

RoleRequester fleet() {
  return {"123456789012", "us-east-1", "arn:aws:appstream:us-east-1:123456789012:fleet/eng", kFirstAgentWithRoles};
}

std::vector<Reason> reasons_with(const iam::PolicyDocument& trust) {
  return unmet_prerequisites(machine_role(), &trust, fleet(), kNow);
}

const std::vector<Reason> kNone;
const std::vector<Reason> kTrustDenies{Reason::trust_policy_denies};

TEST_CASE("a role with the guide's trust policy meets every prerequisite") {
  CHECK(reasons_with(guide_trust()) == kNone);
}

TEST_CASE("a role of another account than the fleet's is refused") {
  Role role = machine_role();
  role.account = "999999999999";
  const iam::PolicyDocument trust = guide_trust();
  CHECK(unmet_prerequisites(role, &trust, fleet(), kNow) == std::vector{Reason::role_in_other_account});
}

TEST_CASE("service roles and service-linked roles are refused") {
  const iam::PolicyDocument trust = guide_trust();
  for (const RoleKind kind : {RoleKind::service_role, RoleKind::service_linked_role}) {
    Role role = machine_role();
    role.kind = kind;
    CHECK(unmet_prerequisites(role, &trust, fleet(), kNow) == std::vector{Reason::service_role});
  }
}

TEST_CASE("an agent released on 3 September 2019 is new enough and one a day older is not") {
  const iam::PolicyDocument trust = guide_trust();
  RoleRequester requester = fleet();
  requester.agent_released = kFirstAgentWithRoles;
  CHECK(unmet_prerequisites(machine_role(), &trust, requester, kNow) == kNone);
  requester.agent_released = kFirstAgentWithRoles - days{1};
  CHECK(unmet_prerequisites(machine_role(), &trust, requester, kNow) == std::vector{Reason::agent_too_old});
  requester.agent_released = std::nullopt;
  CHECK(unmet_prerequisites(machine_role(), &trust, requester, kNow) == kNone);
}

TEST_CASE("a role without a trust policy may be assumed by nobody") {
  CHECK(unmet_prerequisites(machine_role(), nullptr, fleet(), kNow) == kTrustDenies);
}

TEST_CASE("the trust policy is evaluated and not compared with the guide's text") {
  CHECK(reasons_with(trust_with(R"({"Service": "appstream.amazonaws.com"})", R"(["sts:TagSession", "sts:Assume*"])")) ==
        kNone);
  CHECK(reasons_with(trust_with(R"({"Service": "ec2.amazonaws.com"})", R"("sts:AssumeRole")")) == kTrustDenies);
  CHECK(reasons_with(trust_with(R"({"AWS": "123456789012"})", R"("sts:AssumeRole")")) == kTrustDenies);
  CHECK(reasons_with(trust_with(R"({"Service": "appstream.amazonaws.com"})", R"("sts:TagSession")")) == kTrustDenies);
  CHECK(reasons_with(trust_policy(R"({"Version": "2012-10-17", "Statement": [
          {"Effect": "Allow", "Principal": {"Service": "appstream.amazonaws.com"}, "Action": "sts:AssumeRole"},
          {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}]})")) == kTrustDenies);
}

TEST_CASE("source conditions of the trust policy are met by the fleet that they name alone") {
  const std::string principal = R"({"Service": "appstream.amazonaws.com"})";
  const auto with_condition = [&](const std::string& condition) {
    return reasons_with(trust_with(principal, R"("sts:AssumeRole")", condition));
  };
  CHECK(with_condition(R"({"StringEquals": {"aws:SourceAccount": "123456789012"}})") == kNone);
  CHECK(with_condition(R"({"StringEquals": {"aws:SourceAccount": "999999999999"}})") == kTrustDenies);
  CHECK(with_condition(R"({"ArnLike": {"aws:SourceArn": "arn:aws:appstream:us-east-1:123456789012:fleet/e*"}})") ==
        kNone);
  CHECK(with_condition(R"({"ArnLike": {"aws:SourceArn": "arn:aws:appstream:us-east-1:123456789012:fleet/ops"}})") ==
        kTrustDenies);
}

TEST_CASE("a source address condition in the trust policy refuses the service which has no such address") {
  CHECK(reasons_with(trust_with(R"({"Service": "appstream.amazonaws.com"})", R"("sts:AssumeRole")",
                                R"({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})")) == kTrustDenies);
}

TEST_CASE("AppStream sends no external id and no organization, and the time at which it asks") {
  const auto with_condition = [&](const std::string& condition) {
    return reasons_with(trust_with(R"({"Service": "appstream.amazonaws.com"})", R"("sts:AssumeRole")", condition));
  };
  CHECK(with_condition(R"({"StringEquals": {"sts:ExternalId": "x"}})") == kTrustDenies);
  CHECK(with_condition(R"({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})") == kTrustDenies);
  CHECK(with_condition(R"({"DateLessThan": {"aws:CurrentTime": "2026-01-06T00:00:00Z"}})") == kNone);
  CHECK(with_condition(R"({"DateGreaterThan": {"aws:CurrentTime": "2026-01-06T00:00:00Z"}})") == kTrustDenies);
  CHECK(with_condition(R"({"Bool": {"aws:PrincipalIsAWSService": "true"}})") == kNone);
}

TEST_CASE("a trust policy that looks at the organization of the fleet's account is undecided until that is given") {
  const iam::PolicyDocument trust = trust_with(R"({"Service": "appstream.amazonaws.com"})", R"("sts:AssumeRole")",
                                               R"({"StringEquals": {"aws:SourceOrgID": "o-1"}})");
  RoleRequester requester = fleet();
  CHECK(iam::open_keys(trust, agent_request(machine_role(), requester, kNow)) ==
        std::vector<std::string>{"aws:SourceOrgID"});
  requester.request_context = {{"aws:sourceorgid", {"o-1"}, false}};
  CHECK(unmet_prerequisites(machine_role(), &trust, requester, kNow) == kNone);
}

TEST_CASE("every unmet prerequisite is named in the model's order") {
  Role role = machine_role();
  role.account = "999999999999";
  role.kind = RoleKind::service_role;
  RoleRequester requester = fleet();
  requester.agent_released = kFirstAgentWithRoles - days{1};
  CHECK(unmet_prerequisites(role, nullptr, requester, kNow) == std::vector{Reason::role_in_other_account,
                                                                           Reason::service_role, Reason::agent_too_old,
                                                                           Reason::trust_policy_denies});
}

}  // namespace
}  // namespace credsim
