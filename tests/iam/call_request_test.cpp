#include "credsim/call_request.hpp"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "test_support/catch.hpp"

namespace credsim {
namespace {

struct Caller {
  Resource resource;
  Role role;
  Workload workload;
  std::optional<std::uint32_t> address = 203U << 24 | 255;
  std::string region = "eu-west-1";
  std::string action = "s3:GetObject";
  std::string target = "arn:aws:s3:::reports/a";
  ApiCall::Time at = std::chrono::sys_days{std::chrono::year{2026} / 2 / 28} + std::chrono::hours{23};

  Caller() {
    resource.name = "eng";
    role.name = "MachineRole";
    role.account = "123456789012";
    role.tags = {{"Team", "cad"}};
  }

  [[nodiscard]] iam::Request request(bool through_endpoint = true) const {
    return call_request({.resource = resource,
                         .role = role,
                         .workload = workload,
                         .instance = 7,
                         .address = address,
                         .through_endpoint = through_endpoint,
                         .region = region,
                         .action = action,
                         .target = target,
                         .at = at + std::chrono::microseconds{3'600'999'999},
                         .token_issued = at});
  }
};

std::string value(const iam::Request& request, std::string_view key) {
  const iam::RequestContext::Entry* entry = request.context.find(key);
  return entry == nullptr ? "absent" : entry->values.front();
}

TEST_CASE("a call is made by the role's session, named after the instance") {
  const iam::Request request = Caller{}.request();
  CHECK(request.principal.kind == iam::Principal::Kind::aws);
  CHECK(request.principal.name == "arn:aws:sts::123456789012:assumed-role/MachineRole/eng-7");
  CHECK(request.action == "s3:GetObject");
  CHECK(request.resource == "arn:aws:s3:::reports/a");
  CHECK(value(request, "aws:PrincipalArn") == "arn:aws:iam::123456789012:role/MachineRole");
  CHECK(value(request, "aws:PrincipalTag/Team") == "cad");
  CHECK(value(request, "aws:RequestedRegion") == "eu-west-1");
}

TEST_CASE("a call in GovCloud is made by an ARN of its partition") {
  Caller caller;
  caller.role.partition = "aws-us-gov";
  CHECK(caller.request().principal.name == "arn:aws-us-gov:sts::123456789012:assumed-role/MachineRole/eng-7");
  CHECK(value(caller.request(), "aws:PrincipalArn") == "arn:aws-us-gov:iam::123456789012:role/MachineRole");
}

TEST_CASE("a Region's name tells its partition") {
  CHECK(partition_of("us-east-1") == "aws");
  CHECK(partition_of("us-gov-west-1") == "aws-us-gov");
  CHECK(partition_of("cn-north-1") == "aws-cn");
  CHECK(partition_of("us-iso-east-1") == "aws-iso");
  CHECK(partition_of("us-isob-east-1") == "aws-iso-b");
  CHECK(partition_of("eu-isoe-west-1") == "aws-iso-e");
  CHECK(partition_of("us-isof-south-1") == "aws-iso-f");
  CHECK(partition_of("eusc-de-east-1") == "aws-eusc");
  CHECK(partition_of("eu-west-1") == "aws");
}

TEST_CASE("a call's times are in UTC and in whole seconds, rounded down") {
  const iam::Request request = Caller{}.request();
  CHECK(value(request, "aws:TokenIssueTime") == "2026-02-28T23:00:00Z");
  CHECK(value(request, "aws:CurrentTime") == "2026-03-01T00:00:00Z");
  CHECK(value(request, "aws:EpochTime") == "1772323200");
}

TEST_CASE("a call through a VPC endpoint carries the endpoint's keys instead of aws:SourceIp") {
  Caller caller;
  CHECK(value(caller.request(), "aws:SourceIp") == "203.0.0.255");
  CHECK(value(caller.request(), "aws:VpcSourceIp") == "absent");
  caller.address.reset();
  CHECK(value(caller.request(), "aws:SourceIp") == "absent");
  caller.resource.vpc_endpoint = "vpce-1";
  caller.address = 10U << 24 | 255;
  CHECK(value(caller.request(), "aws:SourceIp") == "absent");
  CHECK(value(caller.request(), "aws:VpcSourceIp") == "10.0.0.255");
  CHECK(value(caller.request(), "aws:SourceVpce") == "vpce-1");
  caller.address = 203U << 24 | 255;
  CHECK(value(caller.request(false), "aws:SourceIp") == "203.0.0.255");
  CHECK(value(caller.request(false), "aws:SourceVpce") == "absent");
}

TEST_CASE("a call carries what AWS always sends for a role's session") {
  Caller caller;
  caller.workload.client.tool = ClientTool::aws_cli;
  caller.workload.client.version = Version{2, 15, 3};
  const iam::Request request = caller.request();
  CHECK(value(request, "aws:SecureTransport") == "true");
  CHECK(value(request, "aws:ViaAWSService") == "false");
  CHECK(value(request, "aws:PrincipalIsAWSService") == "false");
  CHECK(value(request, "aws:PrincipalType") == "AssumedRole");
  CHECK(value(request, "aws:PrincipalAccount") == "123456789012");
  CHECK(value(request, "aws:UserAgent") == "aws-cli/2.15.3");
  const std::string id = value(request, "aws:userid");
  CHECK(id.size() == 21 + std::string(":eng-7").size());
  CHECK(id.starts_with("AROA"));
  CHECK(id.ends_with(":eng-7"));
}

TEST_CASE("what a role's session never carries is absent, and what the scenario has to give is open") {
  Caller caller;
  caller.target = "arn:aws:s3:::reports/a";
  const iam::RequestContext direct = caller.request().context;
  for (const char* key :
       {"aws:username", "aws:MultiFactorAuthPresent", "aws:SourceArn", "aws:CalledVia", "aws:referer",
        "aws:PrincipalTag/Other", "aws:SourceVpc", "aws:SourceVpce", "aws:NoSuchKey", "ec2:SourceInstanceARN"}) {
    CAPTURE(key);
    CHECK(direct.find(key) == nullptr);
    CHECK_FALSE(direct.is_open(key));
  }
  for (const char* key : {"aws:PrincipalOrgID", "aws:ResourceAccount", "aws:ResourceTag/team", "aws:TagKeys",
                          "s3:prefix", "sts:ExternalId"}) {
    CAPTURE(key);
    CHECK(direct.is_open(key));
  }
  caller.resource.vpc_endpoint = "vpce-1";
  CHECK(caller.request().context.is_open("aws:SourceVpc"));
  CHECK_FALSE(caller.request().context.is_open("aws:SourceIp"));
  CHECK_FALSE(caller.request(false).context.is_open("aws:SourceVpc"));
}

TEST_CASE("the account of a resource is that of its ARN, and what the scenario gives of keys goes with the call") {
  Caller caller;
  caller.target = "arn:aws:sqs:eu-west-1:210987654321:jobs";
  caller.workload.request_context = {{"aws:principalorgid", {"o-1"}, false}, {"aws:sourcevpc", {}, false}};
  const iam::Request request = caller.request();
  CHECK(value(request, "aws:ResourceAccount") == "210987654321");
  CHECK(value(request, "aws:PrincipalOrgID") == "o-1");
  CHECK_FALSE(request.context.is_open("aws:SourceVpc"));
}

TEST_CASE("the same call from another instance differs in its session, its user id and its address") {
  Caller caller;
  iam::Request request = caller.request();
  set_instance(request, {.resource = caller.resource,
                         .role = caller.role,
                         .workload = caller.workload,
                         .instance = 8,
                         .address = 10U << 24 | 7,
                         .region = caller.region,
                         .action = caller.action,
                         .target = caller.target,
                         .at = caller.at,
                         .token_issued = caller.at});
  CHECK(request.principal.name == "arn:aws:sts::123456789012:assumed-role/MachineRole/eng-8");
  CHECK(value(request, "aws:userid").ends_with(":eng-8"));
  CHECK(value(request, "aws:SourceIp") == "10.0.0.7");
}

iam::PolicyDocument document(const std::string& text, iam::PolicyKind kind) {
  std::vector<iam::PolicyFault> faults;
  auto parsed = iam::PolicyDocument::parse(nlohmann::json::parse(text), kind, faults);
  REQUIRE(faults.empty());
  return *parsed;
}

TEST_CASE("a policy's answers vary as the keys do that it looks at, in conditions, variables and principals") {
  const auto with_condition = [](const std::string& condition) {
    return variation_of(document(R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*",
        "Resource": "*", "Condition": )" +
                                     condition + "}}",
                                 iam::PolicyKind::identity));
  };
  CHECK(with_condition("{}") == Varies::never);
  CHECK(with_condition(R"({"StringEquals": {"aws:RequestedRegion": "us-east-1"}})") == Varies::never);
  CHECK(with_condition(R"({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})") == Varies::by_address);
  CHECK(with_condition(R"({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}})") == Varies::by_address);
  CHECK(with_condition(R"({"StringLike": {"aws:UserId": "*:eng-1"}})") == Varies::by_instance);
  CHECK(with_condition(R"({"StringLike": {"aws:PrincipalTag/a": "${aws:userid}"}})") == Varies::by_instance);
  CHECK(with_condition(R"({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
                           "DateLessThan": {"aws:CurrentTime": "2027-01-01"}})") == Varies::by_time);
  CHECK(with_condition(R"({"NumericLessThan": {"aws:EpochTime": "1"}})") == Varies::by_time);
  CHECK(with_condition(R"({"DateLessThan": {"aws:TokenIssueTime": "2027-01-01"}})") == Varies::by_time);
  const auto naming = [](const std::string& principal) {
    return variation_of(document(R"({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal":
        {"AWS": ")" + principal + R"("}}})",
                                 iam::PolicyKind::resource));
  };
  CHECK(naming("arn:aws:iam::123456789012:role/MachineRole") == Varies::never);
  CHECK(naming("arn:aws:sts::123456789012:assumed-role/MachineRole/eng-7") == Varies::by_instance);
}

}  // namespace
}  // namespace credsim
