#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "credsim/policy.hpp"

#include "iam/statement.hpp"
#include "test_support/catch.hpp"

using namespace credsim::iam;
using nlohmann::json;

namespace {

const char* const kGuideTrustPolicy = R"({ "Version": "2012-10-17", "Statement": [ { "Effect": "Allow",
    "Principal": { "Service": [ "appstream.amazonaws.com" ] }, "Action": "sts:AssumeRole" } ] })";

std::vector<PolicyFault> faults_of(const json& document, PolicyKind kind) {
  std::vector<PolicyFault> faults;
  const auto parsed = PolicyDocument::parse(document, kind, faults);
  CHECK(parsed.has_value() == faults.empty());
  return faults;
}

/// An identity policy that allows ec2:DescribeInstances, with this merged into its statement (null removes).
json identity_policy(const char* patch) {
  json document = json::parse(R"({"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*"}]})");
  document["Statement"][0].merge_patch(json::parse(patch));
  return document;
}

json trust_policy(const char* patch) {
  json document = json::parse(kGuideTrustPolicy);
  document["Statement"][0].merge_patch(json::parse(patch));
  return document;
}

/// The one fault of a document: "<pointer> <message>"; "" if there is none, all of them if there are more.
std::string fault_of(const json& document, PolicyKind kind = PolicyKind::identity) {
  std::string text;
  for (const PolicyFault& fault : faults_of(document, kind)) {
    if (!text.empty()) text += " | ";
    text += fault.pointer + " " + fault.message;
  }
  return text;
}

}  // namespace

TEST_CASE("the guide's trust policy is read without a fault") {
  std::vector<PolicyFault> faults;
  const auto document = PolicyDocument::parse(json::parse(kGuideTrustPolicy), PolicyKind::trust, faults);
  REQUIRE(document);
  REQUIRE(document->statements().size() == 1);
  CHECK(document->statements()[0].effect == Effect::allow);
  CHECK(document->statements()[0].conditions.empty());
}

TEST_CASE("strings stand for arrays of one and an object for an array of one statement") {
  CHECK(fault_of(json::parse(R"({"Version": "2008-10-17", "Id": "x", "Statement":
      {"Sid": "One", "Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "NotResource": ["*"],
       "Condition": {"Bool": {"aws:SecureTransport": false}, "NumericLessThan": {"s3:max-keys": [10, "20"]}}}})"))
            .empty());
  CHECK(fault_of(json::parse(R"({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})")).empty());
  for (const PolicyKind kind : {PolicyKind::permissions_boundary, PolicyKind::service_control}) {
    CHECK(fault_of(identity_policy("{}"), kind).empty());
  }
}

TEST_CASE("a document that is not a policy is a fault at its root") {
  CHECK(fault_of(json::parse("[]")).starts_with(" a policy is not an object; "));
  CHECK(fault_of(json::parse("{}")).starts_with(" there is no Statement; "));
  CHECK(fault_of(json::parse(R"({"Statement": []})")).starts_with("/Statement Statement holds no statements; "));
  CHECK(fault_of(json::parse(R"({"Statement": "x"})")).starts_with("/Statement Statement holds no statements; "));
  CHECK(fault_of(json::parse(R"({"Statement": ["x"]})")).starts_with("/Statement/0 a statement is not an object; "));
}

TEST_CASE("an unknown version is a fault") {
  for (const char* version : {R"("2012-10-18")", R"("2024-01-01")", "20121017", "null"}) {
    json document = identity_policy("{}");
    document["Version"] = json::parse(version);
    CHECK(fault_of(document) ==
          "/Version the version is not known; it is \"2012-10-17\", or \"2008-10-17\" for old documents");
  }
}

TEST_CASE("an unknown element is a fault that names the one that was meant") {
  json document = identity_policy(R"({"Resources": "*"})");
  CHECK(fault_of(document) ==
        "/Statement/0/Resources \"Resources\" is not an element that stands here; did you mean \"Resource\"?");
  document = identity_policy(R"({"a/b~c": 1})");
  CHECK(
      fault_of(document).starts_with("/Statement/0/a~1b~0c \"a/b~c\" is not an element that stands here; known are "));
  document = identity_policy("{}");
  document["version"] = "2012-10-17";
  CHECK(fault_of(document) == "/version \"version\" is not an element that stands here; did you mean \"Version\"?");
}

TEST_CASE("an Effect that is missing, unknown or in another case is a fault") {
  CHECK(fault_of(identity_policy(R"({"Effect": null})")) ==
        "/Statement/0 there is no Effect; it is \"Allow\" or \"Deny\"");
  for (const char* effect : {R"({"Effect": "allow"})", R"({"Effect": "Permit"})", R"({"Effect": true})"}) {
    CHECK(fault_of(identity_policy(effect)).starts_with("/Statement/0/Effect the Effect is not known; "));
  }
}

TEST_CASE("a Sid that is used twice or has other characters is a fault") {
  json document = identity_policy(R"({"Sid": "Read"})");
  document["Statement"].push_back(document["Statement"][0]);
  CHECK(fault_of(document) == "/Statement/1/Sid the Sid \"Read\" is used twice; each is unique in its document");
  CHECK(fault_of(identity_policy(R"({"Sid": "read it"})")).starts_with("/Statement/0/Sid the Sid has other"));
  document = identity_policy(R"({"Sid": ""})");
  document["Statement"].push_back(document["Statement"][0]);
  CHECK(fault_of(document).empty());
}

TEST_CASE("actions look like service:Name or a star alone") {
  for (const char* good :
       {"*", "*:*", "ec2:*", "ec2:Describe*", "EC2:describeinstances", "execute-api:Invoke", "s3:Get?bject"}) {
    json document = identity_policy("{}");
    document["Statement"][0]["Action"] = good;
    INFO(good);
    CHECK(fault_of(document).empty());
  }
  for (const char* bad : {"", "DescribeInstances", "ec2", "ec2:", ":Describe", "ec2*", "**", "ec*:Describe",
                          "ec2:Describe Instances", "ec2:a:b", "${aws:x}:y"}) {
    json document = identity_policy("{}");
    document["Statement"][0]["Action"] = {"ec2:*", bad};
    INFO(bad);
    CHECK(fault_of(document).starts_with("/Statement/0/Action/1 \"" + std::string(bad) + "\" is not an action; "));
    document = trust_policy("{}");
    document["Statement"][0]["Action"] = bad;
    CHECK(fault_of(document, PolicyKind::trust).starts_with("/Statement/0/Action \""));
  }
}

TEST_CASE("a statement has exactly one of Action and NotAction, and of Resource and NotResource") {
  CHECK(fault_of(identity_policy(R"({"Action": null})")) ==
        "/Statement/0 there is neither Action nor NotAction; a statement has one of them");
  CHECK(fault_of(identity_policy(R"({"NotAction": "iam:*"})")).starts_with("/Statement/0 there are both Action and "));
  CHECK(fault_of(identity_policy(R"({"Resource": null})")).starts_with("/Statement/0 there is neither Resource nor "));
  CHECK(fault_of(identity_policy(R"({"NotResource": "*"})")).starts_with("/Statement/0 there are both Resource and "));
  CHECK(fault_of(identity_policy(R"({"Action": []})")).starts_with("/Statement/0/Action the array is empty; "));
  CHECK(fault_of(identity_policy(R"({"Action": 7})")).starts_with("/Statement/0/Action this is not a string; "));
  CHECK(fault_of(identity_policy(R"({"Resource": ["*", {}]})")).starts_with("/Statement/0/Resource/1 this is not "));
}

TEST_CASE("resources are a star or an ARN, with policy variables in its last part only") {
  CHECK(fault_of(identity_policy(R"({"Resource": "arn:aws:s3:::home/${aws:username}/*"})")).empty());
  for (const char* bad : {"arn:aws:s3", "bucket/key", "**", "", "${aws:arn}"}) {
    json document = identity_policy("{}");
    document["Statement"][0]["Resource"] = bad;
    INFO(bad);
    CHECK(fault_of(document).starts_with("/Statement/0/Resource \"" + std::string(bad) + "\" is not an ARN; "));
  }
  CHECK(fault_of(identity_policy(R"({"Resource": "arn:aws:sqs:*:${aws:PrincipalAccount}:q"})"))
            .starts_with("/Statement/0/Resource a policy variable stands before the fifth colon; "));
  CHECK(fault_of(identity_policy(R"({"Resource": "arn:aws:s3:::home/${aws:username"})"))
            .starts_with("/Statement/0/Resource \"${\" has no closing brace; "));
}

TEST_CASE("before version 2012-10-17 a policy variable is plain text") {
  json document = identity_policy(R"({"Resource": "arn:aws:s3:::home/${aws:username"})");
  document.erase("Version");
  CHECK(fault_of(document).empty());
  document["Version"] = "2008-10-17";
  CHECK(fault_of(document).empty());
}

TEST_CASE("only trust policies have a Principal, and they have no Resource") {
  for (const PolicyKind kind : {PolicyKind::identity, PolicyKind::permissions_boundary, PolicyKind::service_control}) {
    CHECK(fault_of(identity_policy(R"({"Principal": "*"})"), kind).starts_with("/Statement/0/Principal a Principal "));
    CHECK(fault_of(identity_policy(R"({"NotPrincipal": "*"})"), kind).starts_with("/Statement/0/NotPrincipal a Not"));
  }
  CHECK(fault_of(trust_policy(R"({"Resource": "*"})"), PolicyKind::trust)
            .starts_with("/Statement/0/Resource Resource stands in a trust policy; "));
  CHECK(fault_of(trust_policy(R"({"NotResource": "*"})"), PolicyKind::trust).starts_with("/Statement/0/NotResource "));
  CHECK(fault_of(trust_policy(R"({"Principal": null})"), PolicyKind::trust)
            .starts_with("/Statement/0 there is no Principal; "));
  CHECK(fault_of(trust_policy(R"({"Principal": null, "NotPrincipal": {"AWS": "111122223333"}, "Effect": "Deny"})"),
                 PolicyKind::trust)
            .starts_with("/Statement/0/NotPrincipal IAM does not take NotPrincipal in trust policies; "));
}

TEST_CASE("principals that IAM would not take are faults") {
  const auto fault_of_principal = [](const char* principal) {
    json document = trust_policy("{}");
    document["Statement"][0]["Principal"] = json::parse(principal);
    return fault_of(document, PolicyKind::trust);
  };
  for (const char* good :
       {R"("*")", R"({"AWS": ["*", "111122223333", "arn:aws:iam::111122223333:root"]})",
        R"({"AWS": "arn:aws:iam::111122223333:role/path/Admin", "Service": "ec2.amazonaws.com"})",
        R"({"AWS": "arn:aws-cn:sts::111122223333:assumed-role/Admin/me"})", R"({"Service": "ec2.amazonaws.com.cn"})",
        R"({"Federated": ["accounts.google.com", "arn:aws:iam::111122223333:saml-provider/Corp"]})"}) {
    INFO(good);
    CHECK(fault_of_principal(good).empty());
  }
  for (const char* bad :
       {R"({"AWS": "1111"})", R"({"AWS": "arn:aws:iam::111122223333:role/*"})", R"({"AWS": "arn:aws:iam::1:root"})",
        R"({"AWS": "arn:aws:s3:::bucket"})", R"({"AWS": "AROAEXAMPLEID"})",
        R"({"AWS": "arn:aws:iam::111122223333:role/"})", R"({"Service": "*"})", R"({"Service": "appstream"})",
        R"({"Service": "AppStream.amazonaws.com"})", R"({"Service": "appstream.amazonaw.com"})",
        R"({"Service": ".amazonaws.com"})", R"({"Federated": "*"})"}) {
    INFO(bad);
    CHECK(fault_of_principal(bad).find(" is not ") != std::string::npos);
    CHECK(fault_of_principal(bad).find("; it is ") != std::string::npos);
  }
  CHECK(fault_of_principal(R"({"Services": "ec2.amazonaws.com"})").find("did you mean \"Service\"?") !=
        std::string::npos);
  CHECK(fault_of_principal(R"({"CanonicalUser": "79a5"})").starts_with("/Statement/0/Principal/CanonicalUser "));
  CHECK(fault_of_principal("{}").starts_with("/Statement/0/Principal the Principal names nobody; "));
  CHECK(fault_of_principal(R"("appstream.amazonaws.com")").starts_with("/Statement/0/Principal the Principal names"));
}

TEST_CASE("a fault in a condition points at the operator, the key or the value") {
  CHECK(fault_of(identity_policy(R"({"Condition": []})")).starts_with("/Statement/0/Condition Condition is not an "));
  CHECK(fault_of(identity_policy(R"({"Condition": {"StringEqual": {"aws:x": "1"}}})")) ==
        "/Statement/0/Condition/StringEqual \"StringEqual\" is not a condition operator; did you mean "
        "\"StringEquals\"?");
  CHECK(fault_of(identity_policy(R"({"Condition": {"StringEquals": "aws:x"}})"))
            .starts_with("/Statement/0/Condition/StringEquals the operator has no keys; "));
  CHECK(fault_of(identity_policy(R"({"Condition": {"StringEquals": {}}})"))
            .starts_with("/Statement/0/Condition/StringEquals the operator has no keys; "));
  CHECK(fault_of(identity_policy(R"({"Condition": {"StringEquals": {"SourceIp": "x"}}})"))
            .starts_with("/Statement/0/Condition/StringEquals/SourceIp \"SourceIp\" is not a condition key; "));
  CHECK(fault_of(identity_policy(R"({"Condition": {"Bool": {"aws:A": "true", "aws:a": "true"}}})"))
            .starts_with("/Statement/0/Condition/Bool/aws:a \"aws:a\" is there twice but for its case; "));
  CHECK(fault_of(identity_policy(R"({"Condition": {"StringEquals": {"aws:x": []}}})"))
            .starts_with("/Statement/0/Condition/StringEquals/aws:x the array is empty; "));
  CHECK(fault_of(identity_policy(R"({"Condition": {"StringEquals": {"aws:PrincipalTag/a": [{}]}}})"))
            .starts_with("/Statement/0/Condition/StringEquals/aws:PrincipalTag~1a/0 this is not a value; "));
  CHECK(fault_of(identity_policy(R"({"Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "10.0.0.0/33"]}}})"))
            .starts_with("/Statement/0/Condition/IpAddress/aws:SourceIp/1 \"10.0.0.0/33\" is not an address; "));
}

TEST_CASE("every fault of a document is told at once") {
  const auto faults = faults_of(json::parse(R"({"Version": "2020-01-01", "Statement": [
      {"Effect": "Maybe", "Action": "x", "Resource": "y", "Extra": 1}, 7]})"),
                                PolicyKind::identity);
  CHECK(faults.size() == 6);
  CHECK(std::all_of(faults.begin(), faults.end(),
                    [](const PolicyFault& fault) { return fault.message.find("; ") != std::string::npos; }));
}

TEST_CASE("a document over IAM's cap of 131072 bytes is a fault, and one at the cap is not") {
  json document = identity_policy(R"({"Sid": ""})");
  const std::size_t without_sid = document.dump().size();
  document["Statement"][0]["Sid"] = std::string(131'072 - without_sid, 'a');
  CHECK(fault_of(document).empty());
  document["Statement"][0]["Sid"] = std::string(131'073 - without_sid, 'a');
  CHECK(fault_of(document).find("131072") != std::string::npos);
}

TEST_CASE("a document that is nested without end is a fault") {
  const std::string text = R"({"Statement": )" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  CHECK(fault_of(json::parse(text)).starts_with(" the document is nested too deep; "));
}

TEST_CASE("text that is not UTF-8 is judged like any other") {
  json document = identity_policy("{}");
  document["Statement"][0]["Action"] = "ec2:\xff";
  CHECK(fault_of(document).starts_with("/Statement/0/Action "));
}

TEST_CASE("a document mentions the keys of its conditions and policy variables") {
  std::vector<PolicyFault> faults;
  const auto document = PolicyDocument::parse(identity_policy(R"({"Resource": "arn:aws:s3:::${aws:PrincipalTag/team}",
                          "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-11-24"}}})"),
                                              PolicyKind::identity, faults);
  REQUIRE(document);
  CHECK(document->mentions("aws:currenttime"));
  CHECK(document->mentions("AWS:PrincipalTag/Team"));
  CHECK_FALSE(document->mentions("aws:SourceIp"));
  CHECK_FALSE(document->mentions("aws:PrincipalTag"));
}
