#include "iam/trust_obstacles.hpp"

#include <string>

#include <nlohmann/json.hpp>

#include "test_support/catch.hpp"

namespace credsim::iam {
namespace {

using Part = TrustObstacle::Part;

std::vector<TrustObstacle> obstacles(const std::string& statements) {
  std::vector<PolicyFault> faults;
  const auto document =
      PolicyDocument::parse(nlohmann::json::parse(R"({"Version": "2012-10-17", "Statement": )" + statements + "}"),
                            PolicyKind::trust, faults);
  REQUIRE(faults.empty());
  Request request;
  request.principal = {Principal::Kind::service, "appstream.amazonaws.com"};
  request.action = "sts:AssumeRole";
  request.context.set("aws:ResourceTag/team/cad", "blue");
  return trust_obstacles(*document, request);
}

TEST_CASE("nothing keeps a trust policy from allowing what it allows") {
  CHECK(obstacles(R"({"Effect": "Allow", "Principal": {"Service": "appstream.amazonaws.com"},
                      "Action": "sts:*"})")
            .empty());
}

TEST_CASE("every part of a statement that does not apply is found, in the order of a statement, with its pointer") {
  const auto found = obstacles(R"([{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:TagSession",
      "Condition": {"StringEquals": {"aws:ResourceTag/team/cad": ["red", "green"]},
                    "ForAnyValue:StringLikeIfExists": {"aws:ResourceTag/team/cad": "r*"},
                    "StringLike": {"aws:ResourceTag/team/cad": "bl*"}}}])");
  REQUIRE(found.size() == 4);
  CHECK(found[0].part == Part::action);
  CHECK(found[0].pointer == "/Statement/0/Action");
  CHECK(found[0].wanted == "\"sts:TagSession\"");
  CHECK(found[1].part == Part::principal);
  CHECK(found[1].pointer == "/Statement/0/Principal");
  CHECK(found[1].wanted == "AWS 123456789012");
  CHECK(found[1].had == "Service appstream.amazonaws.com");
  CHECK(found[2].pointer == "/Statement/0/Condition/ForAnyValue:StringLikeIfExists/aws:ResourceTag~1team~1cad");
  CHECK(found[3].pointer == "/Statement/0/Condition/StringEquals/aws:ResourceTag~1team~1cad");
  CHECK(found[3].wanted == "\"red\" or \"green\"");
  CHECK(found[3].had == "\"blue\"");
  CHECK(found[3].statement.empty());
}

TEST_CASE("the statement about the principal comes nearest, even if more of it fails than of another") {
  const auto found = obstacles(R"([
      {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
      {"Effect": "Allow", "Principal": {"Service": "appstream.amazonaws.com"}, "NotAction": "sts:Assume*",
       "Condition": {"Null": {"aws:SourceAccount": "false"}}}])");
  REQUIRE(found.size() == 2);
  CHECK(found[0].pointer == "/Statement/1/NotAction");
  CHECK(found[0].negated);
  CHECK(found[1].had.empty());
  CHECK(found[1].statement == "statement 2");
}

TEST_CASE("a Deny that applies is what refuses, and so is a Deny that stands alone") {
  const auto found = obstacles(R"([
      {"Effect": "Allow", "Principal": {"Service": "appstream.amazonaws.com"}, "Action": "sts:AssumeRole"},
      {"Sid": "Nobody", "Effect": "Deny", "Principal": "*", "Action": "*"}])");
  REQUIRE(found.size() == 1);
  CHECK(found[0].part == Part::effect);
  CHECK(found[0].pointer == "/Statement/1/Effect");
  CHECK(found[0].statement == "statement 2 (Sid Nobody)");
  CHECK(obstacles(R"({"Effect": "Deny", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "*"})")[0].pointer ==
        "/Statement/Effect");
}

}  // namespace
}  // namespace credsim::iam
