#include "credsim/call_request.hpp"

#include "test_support/catch.hpp"

namespace credsim {
namespace {

struct Caller {
  Resource resource;
  Role role;
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
                         .address = 10U << 24 | 255,
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

TEST_CASE("a call's times are in UTC and in whole seconds, rounded down") {
  const iam::Request request = Caller{}.request();
  CHECK(value(request, "aws:TokenIssueTime") == "2026-02-28T23:00:00Z");
  CHECK(value(request, "aws:CurrentTime") == "2026-03-01T00:00:00Z");
  CHECK(value(request, "aws:EpochTime") == "1772323200");
}

TEST_CASE("a call through a VPC endpoint carries the endpoint's keys instead of aws:SourceIp") {
  Caller caller;
  CHECK(value(caller.request(), "aws:SourceIp") == "10.0.0.255");
  CHECK(value(caller.request(), "aws:VpcSourceIp") == "absent");
  caller.resource.vpc_endpoint = "vpce-1";
  CHECK(value(caller.request(), "aws:SourceIp") == "absent");
  CHECK(value(caller.request(), "aws:VpcSourceIp") == "10.0.0.255");
  CHECK(value(caller.request(), "aws:SourceVpce") == "vpce-1");
  CHECK(value(caller.request(false), "aws:SourceIp") == "10.0.0.255");
  CHECK(value(caller.request(false), "aws:SourceVpce") == "absent");
}

}  // namespace
}  // namespace credsim
