#include "credsim/call_request.hpp"

#include "test_support/catch.hpp"

namespace credsim {
namespace {

struct Caller {
  Resource resource;
  Role role;
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

}  // namespace
}  // namespace credsim
