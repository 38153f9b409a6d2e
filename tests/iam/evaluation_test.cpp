#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "credsim/policy.hpp"

#include "test_support/catch.hpp"

using namespace credsim::iam;
using nlohmann::json;

namespace {

const char* const kGuideTrust = R"({ "Version": "2012-10-17", "Statement": [ { "Effect": "Allow",
    "Principal": { "Service": [ "appstream.amazonaws.com" ] }, "Action": "sts:AssumeRole" } ] })";

const Principal kAppStream{Principal::Kind::service, "appstream.amazonaws.com"};
const char* const kSession = "arn:aws:sts::111122223333:assumed-role/Design/design-7";

PolicyDocument parse(const std::string& text, PolicyKind kind) {
  std::vector<PolicyFault> faults;
  const auto document = PolicyDocument::parse(json::parse(text), kind, faults);
  for (const PolicyFault& fault : faults) UNSCOPED_INFO(fault.pointer << ": " << fault.message);
  REQUIRE(document);
  return *document;
}

/// A document of version 2012-10-17 from its statements.
PolicyDocument policy(const std::string& statements, PolicyKind kind = PolicyKind::identity) {
  return parse(R"({"Version": "2012-10-17", "Statement": [)" + statements + "]}", kind);
}

/// The context from {key: value or [values]}.
RequestContext context(const std::string& text) {
  RequestContext result;
  const json keys = json::parse(text);
  for (const auto& [key, value] : keys.items()) {
    if (value.is_array()) {
      result.set(key, value.get<std::vector<std::string>>());
    } else {
      result.set(key, value.get<std::string>());
    }
  }
  return result;
}

Request assume_role(Principal principal, const std::string& keys = "{}") {
  return {std::move(principal), "sts:AssumeRole", "arn:aws:iam::111122223333:role/Design", context(keys)};
}

Request call(std::string action, std::string resource = "*", const std::string& keys = "{}") {
  return {{Principal::Kind::aws, kSession}, std::move(action), std::move(resource), context(keys)};
}

Decision trust(const std::string& statements, const Request& request) {
  return evaluate_trust(policy(statements, PolicyKind::trust), request);
}

Decision identity(const std::string& statements, const Request& request) {
  const std::vector<PolicyDocument> documents{policy(statements)};
  return evaluate_session({.identity = documents, .permissions_boundary = nullptr, .service_control_policies = {}},
                          request);
}

constexpr Decision kAllowed = Decision::allowed;
constexpr Decision kExplicitDeny = Decision::explicit_deny;
constexpr Decision kImplicitDeny = Decision::implicit_deny;

const char* const kAllowDescribe = R"({"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"})";

}  // namespace

TEST_CASE("the guide's trust policy lets AppStream assume the role, and nobody else, and nothing else") {
  const PolicyDocument guide = parse(kGuideTrust, PolicyKind::trust);
  CHECK(evaluate_trust(guide, assume_role(kAppStream)) == kAllowed);
  CHECK(evaluate_trust(guide, assume_role({Principal::Kind::service, "ec2.amazonaws.com"})) == kImplicitDeny);
  CHECK(evaluate_trust(guide, assume_role({Principal::Kind::aws, "appstream.amazonaws.com"})) == kImplicitDeny);
  Request request = assume_role(kAppStream);
  request.action = "sts:TagSession";
  CHECK(evaluate_trust(guide, request) == kImplicitDeny);
  request.action = "STS:assumerole";
  CHECK(evaluate_trust(guide, request) == kAllowed);
}

TEST_CASE("a trust policy for another service does not let AppStream in") {
  CHECK(trust(R"({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})",
              assume_role(kAppStream)) == kImplicitDeny);
}

TEST_CASE("an explicit Deny wins over any Allow, wherever it stands") {
  const std::string allow =
      R"({"Effect": "Allow", "Principal": {"Service": "appstream.amazonaws.com"}, "Action": "sts:AssumeRole"})";
  const std::string deny = R"({"Effect": "Deny", "Principal": "*", "Action": "sts:*"})";
  CHECK(trust(allow + "," + deny, assume_role(kAppStream)) == kExplicitDeny);
  CHECK(trust(deny + "," + allow, assume_role(kAppStream)) == kExplicitDeny);
}

TEST_CASE("a confused-deputy condition lets in the fleets that it names") {
  const std::string statement = R"({"Effect": "Allow", "Principal": {"Service": "appstream.amazonaws.com"},
      "Action": "sts:AssumeRole", "Condition": {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": "arn:aws:appstream:us-east-1:111122223333:fleet/design-*"}}})";
  const auto decide = [&](const char* keys) { return trust(statement, assume_role(kAppStream, keys)); };
  CHECK(decide(R"({"aws:SourceAccount": "111122223333",
                   "aws:SourceArn": "arn:aws:appstream:us-east-1:111122223333:fleet/design-7"})") == kAllowed);
  CHECK(decide(R"({"aws:SourceAccount": "111122223333",
                   "aws:SourceArn": "arn:aws:appstream:us-east-1:111122223333:fleet/office"})") == kImplicitDeny);
  CHECK(decide(R"({"aws:SourceAccount": "444455556666",
                   "aws:SourceArn": "arn:aws:appstream:us-east-1:111122223333:fleet/design-7"})") == kImplicitDeny);
  CHECK(decide(R"({"aws:SourceAccount": "111122223333"})") == kImplicitDeny);
  CHECK(decide("{}") == kImplicitDeny);
}

TEST_CASE("AWS principals match by account, by ARN, and a role covers its sessions") {
  const auto decide = [](const std::string& principal, const char* asking) {
    return trust(R"({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": )" + principal + "}}",
                 assume_role({Principal::Kind::aws, asking}));
  };
  CHECK(decide(R"("111122223333")", kSession) == kAllowed);
  CHECK(decide(R"("arn:aws:iam::111122223333:root")", "arn:aws:iam::111122223333:user/ann") == kAllowed);
  CHECK(decide(R"("arn:aws:iam::111122223333:root")", "arn:aws:iam::111122223333:root") == kAllowed);
  CHECK(decide(R"("444455556666")", kSession) == kImplicitDeny);
  CHECK(decide(R"("arn:aws:iam::111122223333:role/Design")", kSession) == kAllowed);
  CHECK(decide(R"("arn:aws:iam::111122223333:role/team/Design")", kSession) == kAllowed);
  CHECK(decide(R"("arn:aws:iam::111122223333:role/design")", kSession) == kImplicitDeny);
  CHECK(decide(R"("arn:aws:iam::444455556666:role/Design")", kSession) == kImplicitDeny);
  CHECK(decide(R"("arn:aws:iam::111122223333:user/Design")", kSession) == kImplicitDeny);
  CHECK(decide(R"("arn:aws:sts::111122223333:assumed-role/Design/design-7")", kSession) == kAllowed);
  CHECK(decide(R"("arn:aws:sts::111122223333:assumed-role/Design/design-8")", kSession) == kImplicitDeny);
  CHECK(decide(R"("arn:aws:iam::111122223333:user/ann")", "arn:aws:sts::111122223333:federated-user/ann") == kAllowed);
  CHECK(decide(R"("arn:aws:iam::111122223333:user/ann")", "arn:aws:iam::111122223333:user/ann") == kAllowed);
  CHECK(decide(R"("arn:aws:iam::111122223333:user/ann")", "arn:aws:iam::111122223333:user/bob") == kImplicitDeny);
  CHECK(decide(R"(["444455556666", "*"])", kSession) == kAllowed);
}

TEST_CASE("everyone means services and providers too, and names of one kind are not names of another") {
  const std::string everyone = R"({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"})";
  CHECK(trust(everyone, assume_role(kAppStream)) == kAllowed);
  CHECK(trust(everyone, assume_role({Principal::Kind::federated, "accounts.google.com"})) == kAllowed);
  const std::string google =
      R"({"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRole"})";
  CHECK(trust(google, assume_role({Principal::Kind::federated, "accounts.google.com"})) == kAllowed);
  CHECK(trust(google, assume_role({Principal::Kind::service, "accounts.google.com"})) == kImplicitDeny);
}

TEST_CASE("a trust policy that looks at the source address shuts AppStream out, a negated one does not") {
  const std::string start =
      R"({"Effect": "Allow", "Principal": {"Service": "appstream.amazonaws.com"}, "Action": "sts:AssumeRole",
          "Condition": )";
  CHECK(trust(start + R"({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}})", assume_role(kAppStream)) ==
        kImplicitDeny);
  CHECK(trust(start + R"({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}})", assume_role(kAppStream)) == kAllowed);
}

TEST_CASE("a boundary and the identity policies must both allow") {
  const std::vector<PolicyDocument> identity_policies{
      policy(R"({"Effect": "Allow", "Action": ["ec2:*", "s3:*"], "Resource": "*"})")};
  const PolicyDocument boundary = policy(R"({"Effect": "Allow", "Action": ["ec2:Describe*", "sqs:*"], "Resource": "*"},
                {"Effect": "Deny", "Action": "ec2:DescribeVpcs", "Resource": "*"})",
                                         PolicyKind::permissions_boundary);
  const SessionPolicies policies{
      .identity = identity_policies, .permissions_boundary = &boundary, .service_control_policies = {}};
  CHECK(evaluate_session(policies, call("ec2:DescribeInstances")) == kAllowed);
  CHECK(evaluate_session(policies, call("ec2:RunInstances")) == kImplicitDeny);
  CHECK(evaluate_session(policies, call("sqs:SendMessage")) == kImplicitDeny);
  CHECK(evaluate_session(policies, call("ec2:DescribeVpcs")) == kExplicitDeny);
}

TEST_CASE("every level of service control policies must allow, and a Deny in any is explicit") {
  const std::vector<PolicyDocument> identity_policies{policy(kAllowDescribe)};
  const std::vector<ServiceControlLevel> control{
      {"root", {policy(R"({"Effect": "Allow", "Action": "*", "Resource": "*"})", PolicyKind::service_control)}},
      {"unit",
       {policy(R"({"Effect": "Allow", "Action": "ec2:*", "Resource": "*",
                 "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}},
                {"Effect": "Deny", "Action": "*", "Resource": "*",
                 "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}})",
               PolicyKind::service_control)}}};
  const SessionPolicies policies{
      .identity = identity_policies, .permissions_boundary = nullptr, .service_control_policies = control};
  const auto decide = [&](const char* keys) { return evaluate_session(policies, call("ec2:DescribeTags", "*", keys)); };
  CHECK(decide(R"({"aws:RequestedRegion": "us-east-1"})") == kAllowed);
  CHECK(decide(R"({"aws:RequestedRegion": "us-west-2"})") == kImplicitDeny);
  CHECK(decide(R"({"aws:RequestedRegion": "eu-west-1"})") == kExplicitDeny);
}

TEST_CASE("a role without policies may do nothing, and one policy of several is enough") {
  CHECK(evaluate_session({}, call("ec2:DescribeInstances")) == kImplicitDeny);
  const std::vector<PolicyDocument> several{policy(R"({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})"),
                                            policy(kAllowDescribe)};
  CHECK(evaluate_session({.identity = several, .permissions_boundary = nullptr, .service_control_policies = {}},
                         call("ec2:DescribeInstances")) == kAllowed);
}

TEST_CASE("revoking sessions denies what was issued before, and not what was issued then or later") {
  const std::string revoked = std::string(kAllowDescribe) + R"(,{"Effect": "Deny", "Action": "*", "Resource": "*",
      "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-11-24T09:00:00.000Z"}}})";
  const auto decide = [&](const char* keys) { return identity(revoked, call("ec2:DescribeInstances", "*", keys)); };
  CHECK(decide(R"({"aws:TokenIssueTime": "2026-11-24T08:59:59.999999Z"})") == kExplicitDeny);
  CHECK(decide(R"({"aws:TokenIssueTime": "2026-11-24T09:00:00Z"})") == kAllowed);
  CHECK(decide(R"({"aws:TokenIssueTime": "2026-11-24T09:00:01Z"})") == kAllowed);
  CHECK(decide("{}") == kAllowed);
}

namespace {

struct Row {
  const char* claim;
  const char* statements;
  const char* action;
  const char* resource;
  const char* keys;
  Decision decision;
};

const char* const kBucketStatement = R"({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::plans/*"})";
const char* const kEverythingButIam = R"({"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"})";
const char* const kOutsidePlans =
    R"({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": ["arn:aws:s3:::plans/*", "arn:aws:s3:::drafts/*"]})";
const char* const kFromOffice = R"({"Effect": "Allow", "Action": "ec2:*", "Resource": "*",
    "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}}})";
const char* const kDenyOutsideOffice = R"({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
    {"Effect": "Deny", "Action": "*", "Resource": "*",
     "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "Bool": {"aws:ViaAWSService": "false"}}})";
const char* const kOwnFolder =
    R"({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::plans/${aws:PrincipalTag/team}/*"})";
const char* const kOutsideOwnFolder =
    R"({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::plans/${aws:PrincipalTag/team}/*"})";
const char* const kTwoConditions = R"({"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Condition": {
    "StringEquals": {"aws:RequestedRegion": ["us-east-1", "us-west-2"], "aws:PrincipalTag/team": "design"},
    "DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}})";
const char* const kTagKeys = R"({"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*", "Condition": {
    "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost"]}, "Null": {"aws:TagKeys": "false"}}})";
const char* const kSecureOnly = R"({"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}})";
const char* const kNotMarketing = R"({"Effect": "Allow", "Action": "ec2:*", "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": ["marketing", "sales"]}}})";
const char* const kThroughEndpoint = R"({"Effect": "Allow", "Action": "ec2:*", "Resource": "*",
    "Condition": {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}})";

const char* const kInstances = "arn:aws:ec2:us-east-1:111122223333:instance/i-1";
const char* const kPlan = "arn:aws:s3:::plans/a/b.dwg";

const Row kRows[] = {
    {"no statement about it", kAllowDescribe, "s3:GetObject", kPlan, "{}", kImplicitDeny},
    {"an action by its prefix", kAllowDescribe, "ec2:DescribeInstances", "*", "{}", kAllowed},
    {"an action in another case", kAllowDescribe, "EC2:DESCRIBEINSTANCES", "*", "{}", kAllowed},
    {"an action that lacks the prefix", kAllowDescribe, "ec2:RunInstances", "*", "{}", kImplicitDeny},
    {"the same name in another service", kAllowDescribe, "eks:DescribeCluster", "*", "{}", kImplicitDeny},
    {"a star covers any resource", kAllowDescribe, "ec2:DescribeInstances", kInstances, "{}", kAllowed},
    {"an object in the bucket", kBucketStatement, "s3:GetObject", kPlan, "{}", kAllowed},
    {"the bucket itself is no object in it", kBucketStatement, "s3:ListBucket", "arn:aws:s3:::plans", "{}",
     kImplicitDeny},
    {"resources keep their case", kBucketStatement, "s3:GetObject", "arn:aws:s3:::Plans/a", "{}", kImplicitDeny},
    {"a longer bucket name", kBucketStatement, "s3:GetObject", "arn:aws:s3:::plans-2/a", "{}", kImplicitDeny},
    {"an ARN does not cover a request about no resource", kBucketStatement, "s3:ListAllMyBuckets", "*", "{}",
     kImplicitDeny},
    {"a resource that is no ARN", kBucketStatement, "s3:GetObject", "plans/a", "{}", kImplicitDeny},
    {"another partition", kBucketStatement, "s3:GetObject", "arn:aws-cn:s3:::plans/a", "{}", kImplicitDeny},
    {"NotAction allows the rest", kEverythingButIam, "ec2:RunInstances", kInstances, "{}", kAllowed},
    {"NotAction leaves out the first", kEverythingButIam, "iam:CreateRole", "*", "{}", kImplicitDeny},
    {"NotAction leaves out the second in any case", kEverythingButIam, "STS:AssumeRole", "*", "{}", kImplicitDeny},
    {"NotResource allows the rest", kOutsidePlans, "s3:GetObject", "arn:aws:s3:::public/a", "{}", kAllowed},
    {"NotResource leaves out the first", kOutsidePlans, "s3:GetObject", kPlan, "{}", kImplicitDeny},
    {"NotResource leaves out the second", kOutsidePlans, "s3:GetObject", "arn:aws:s3:::drafts/x", "{}", kImplicitDeny},
    {"NotResource does not widen the action", kOutsidePlans, "s3:PutObject", "arn:aws:s3:::public/a", "{}",
     kImplicitDeny},
    {"an address in the block", kFromOffice, "ec2:RunInstances", "*", R"({"aws:SourceIp": "203.0.113.9"})", kAllowed},
    {"an address in the other family's block", kFromOffice, "ec2:RunInstances", "*",
     R"({"aws:SourceIp": "2001:db8::9"})", kAllowed},
    {"an address outside both", kFromOffice, "ec2:RunInstances", "*", R"({"aws:SourceIp": "10.0.0.9"})", kImplicitDeny},
    {"no address, as through a VPC endpoint", kFromOffice, "ec2:RunInstances", "*",
     R"({"aws:VpcSourceIp": "203.0.113.9"})", kImplicitDeny},
    {"the key in another case", kFromOffice, "ec2:RunInstances", "*", R"({"AWS:sourceip": "203.0.113.9"})", kAllowed},
    {"an address that is none", kFromOffice, "ec2:RunInstances", "*", R"({"aws:SourceIp": "office"})", kImplicitDeny},
    {"denied from outside", kDenyOutsideOffice, "ec2:RunInstances", "*",
     R"({"aws:SourceIp": "10.0.0.9", "aws:ViaAWSService": "false"})", kExplicitDeny},
    {"not denied from inside", kDenyOutsideOffice, "ec2:RunInstances", "*",
     R"({"aws:SourceIp": "203.0.113.9", "aws:ViaAWSService": "false"})", kAllowed},
    {"denied where there is no address", kDenyOutsideOffice, "ec2:RunInstances", "*",
     R"({"aws:ViaAWSService": "false"})", kExplicitDeny},
    {"not denied through a service", kDenyOutsideOffice, "ec2:RunInstances", "*",
     R"({"aws:SourceIp": "10.0.0.9", "aws:ViaAWSService": "true"})", kAllowed},
    {"a Deny covers what nothing allows", kDenyOutsideOffice, "s3:GetObject", kPlan,
     R"({"aws:SourceIp": "10.0.0.9", "aws:ViaAWSService": "false"})", kExplicitDeny},
    {"the variable's own folder", kOwnFolder, "s3:GetObject", kPlan, R"({"aws:PrincipalTag/team": "a"})", kAllowed},
    {"another's folder", kOwnFolder, "s3:GetObject", kPlan, R"({"aws:PrincipalTag/team": "b"})", kImplicitDeny},
    {"a variable without a value", kOwnFolder, "s3:GetObject", kPlan, "{}", kImplicitDeny},
    {"a star in a variable's value is no wildcard", kOwnFolder, "s3:GetObject", kPlan,
     R"({"aws:PrincipalTag/team": "*"})", kImplicitDeny},
    {"NotResource of the own folder", kOutsideOwnFolder, "s3:GetObject", kPlan, R"({"aws:PrincipalTag/team": "a"})",
     kImplicitDeny},
    {"NotResource of another's folder", kOutsideOwnFolder, "s3:GetObject", kPlan, R"({"aws:PrincipalTag/team": "b"})",
     kAllowed},
    {"NotResource of a variable without a value", kOutsideOwnFolder, "s3:GetObject", kPlan, "{}", kImplicitDeny},
    {"NotResource of a variable without a value, in another service", kOutsideOwnFolder, "s3:GetObject",
     "arn:aws:s3-outposts:us-east-1:111122223333:outpost/o", "{}", kAllowed},
    {"all conditions hold", kTwoConditions, "ec2:RunInstances", "*",
     R"({"aws:RequestedRegion": "us-west-2", "aws:PrincipalTag/team": "design", "aws:CurrentTime": "2026-11-24T09:00:00Z"})",
     kAllowed},
    {"one key of an operator fails", kTwoConditions, "ec2:RunInstances", "*",
     R"({"aws:RequestedRegion": "us-west-2", "aws:PrincipalTag/team": "sales", "aws:CurrentTime": "2026-11-24T09:00:00Z"})",
     kImplicitDeny},
    {"one operator fails", kTwoConditions, "ec2:RunInstances", "*",
     R"({"aws:RequestedRegion": "us-east-1", "aws:PrincipalTag/team": "design", "aws:CurrentTime": "2027-01-01T00:00:00Z"})",
     kImplicitDeny},
    {"one key is absent", kTwoConditions, "ec2:RunInstances", "*",
     R"({"aws:RequestedRegion": "us-east-1", "aws:CurrentTime": "2026-11-24T09:00:00Z"})", kImplicitDeny},
    {"all tags are among the policy's", kTagKeys, "ec2:CreateTags", "*", R"({"aws:TagKeys": ["cost"]})", kAllowed},
    {"one tag is not", kTagKeys, "ec2:CreateTags", "*", R"({"aws:TagKeys": ["cost", "owner"]})", kImplicitDeny},
    {"no tags, which Null refuses", kTagKeys, "ec2:CreateTags", "*", "{}", kImplicitDeny},
    {"an empty list of tags is none", kTagKeys, "ec2:CreateTags", "*", R"({"aws:TagKeys": []})", kImplicitDeny},
    {"over TLS", kSecureOnly, "s3:GetObject", kPlan, R"({"aws:SecureTransport": "true"})", kAllowed},
    {"in the clear", kSecureOnly, "s3:GetObject", kPlan, R"({"aws:SecureTransport": "false"})", kExplicitDeny},
    {"transport not told", kSecureOnly, "s3:GetObject", kPlan, "{}", kAllowed},
    {"none of the values", kNotMarketing, "ec2:RunInstances", "*", R"({"aws:PrincipalTag/team": "design"})", kAllowed},
    {"one of the values", kNotMarketing, "ec2:RunInstances", "*", R"({"aws:PrincipalTag/team": "sales"})",
     kImplicitDeny},
    {"a negated condition on an absent key", kNotMarketing, "ec2:RunInstances", "*", "{}", kAllowed},
    {"IfExists with the value", kThroughEndpoint, "ec2:RunInstances", "*", R"({"aws:SourceVpce": "vpce-1"})", kAllowed},
    {"IfExists with another", kThroughEndpoint, "ec2:RunInstances", "*", R"({"aws:SourceVpce": "vpce-2"})",
     kImplicitDeny},
    {"IfExists without the key", kThroughEndpoint, "ec2:RunInstances", "*", "{}", kAllowed},
    {"a Deny of one action", R"({"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "iam:*", "Resource": "*"})",
     "iam:CreateUser", "*", "{}", kExplicitDeny},
    {"a Deny of other actions", R"({"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "NotAction": "ec2:*", "Resource": "*"})",
     "ec2:RunInstances", "*", "{}", kAllowed},
    {"a Deny of all other actions", R"({"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "NotAction": "ec2:*", "Resource": "*"})",
     "s3:GetObject", kPlan, "{}", kExplicitDeny},
    {"a Deny of one resource", R"({"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:ec2:*:*:instance/i-1"})",
     "ec2:TerminateInstances", kInstances, "{}", kExplicitDeny},
    {"a Deny of a resource that is not asked for", R"({"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:ec2:*:*:instance/i-1"})",
     "ec2:DescribeInstances", "*", "{}", kAllowed},
    {"a question mark in an action", R"({"Effect": "Allow", "Action": "s3:?etObject", "Resource": "*"})",
     "s3:GetObject", kPlan, "{}", kAllowed},
    {"stars on both sides", R"({"Effect": "Allow", "Action": "*:*Instances*", "Resource": "*"})",
     "ec2:DescribeInstancesStatus", "*", "{}", kAllowed},
};

}  // namespace

TEST_CASE("requests are decided as the table says") {
  for (const Row& row : kRows) {
    INFO(row.claim);
    CHECK(identity(row.statements, call(row.action, row.resource, row.keys)) == row.decision);
  }
}

TEST_CASE("of one level of service control policies any document may allow") {
  const std::vector<PolicyDocument> identity_policies{policy(R"({"Effect": "Allow", "Action": "*", "Resource": "*"})")};
  const auto control = [](const char* action) {
    return policy(R"({"Effect": "Allow", "Resource": "*", "Action": ")" + std::string(action) + R"("})",
                  PolicyKind::service_control);
  };
  const std::vector<ServiceControlLevel> one_level{{"", {control("ec2:*"), control("s3:*")}}};
  const std::vector<ServiceControlLevel> two_levels{{"root", {control("ec2:*")}}, {"unit", {control("s3:*")}}};
  const auto decide = [&](const std::vector<ServiceControlLevel>& levels) {
    return evaluate_session(
        {.identity = identity_policies, .permissions_boundary = nullptr, .service_control_policies = levels},
        call("s3:GetObject", "arn:aws:s3:::plans/a"));
  };
  CHECK(decide(one_level) == kAllowed);
  CHECK(decide(two_levels) == kImplicitDeny);
}

namespace {

/// A call whose keys are open but for those that are given.
Request open_call(std::string action, std::string resource = "*", const std::string& keys = "{}") {
  Request request = call(std::move(action), std::move(resource), keys);
  request.context.leave_open_unless([](std::string_view) { return false; });
  return request;
}

constexpr Decision kUndecided = Decision::undecided;
const char* const kAllowAll = R"({"Effect": "Allow", "Action": "*", "Resource": "*"})";
const std::string kAllowInOrganization = R"({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1", "aws:RequestedRegion": "us-east-1"}}})";
const std::string kDenyOutside = R"({"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::plans/*",
    "Condition": {"StringNotEquals": {"aws:ResourceOrgID": "o-1"}}})";

}  // namespace

TEST_CASE("what depends on an open key is undecided, and nothing else is") {
  const std::string both = std::string(kAllowAll) + "," + kDenyOutside;
  CHECK(identity(kAllowInOrganization, open_call("s3:GetObject", "*", R"({"aws:RequestedRegion": "us-east-1"})")) ==
        kUndecided);
  CHECK(identity(kAllowInOrganization, open_call("s3:GetObject", "*", R"({"aws:RequestedRegion": "eu-west-1"})")) ==
        kImplicitDeny);
  CHECK(identity(kAllowInOrganization, open_call("s3:PutObject")) == kImplicitDeny);
  CHECK(identity(kAllowInOrganization + "," + kAllowAll, open_call("s3:GetObject")) == kAllowed);
  CHECK(identity(both, open_call("s3:GetObject", kPlan)) == kUndecided);
  CHECK(identity(both, open_call("s3:GetObject", "arn:aws:s3:::public/a")) == kAllowed);
  CHECK(identity(both, open_call("ec2:RunInstances")) == kAllowed);
  CHECK(identity(kDenyOutside, open_call("s3:GetObject", kPlan)) == kImplicitDeny);
  CHECK(identity(both + R"(,{"Effect": "Deny", "Action": "s3:*", "Resource": "*"})",
                 open_call("s3:GetObject", kPlan)) == kExplicitDeny);
  CHECK(identity(kOwnFolder, open_call("s3:GetObject", kPlan)) == kUndecided);
  CHECK(identity(kOwnFolder, open_call("s3:GetObject", "arn:aws:s3:::public/a")) == kImplicitDeny);
  CHECK(identity(kOutsideOwnFolder, open_call("s3:GetObject", kPlan)) == kUndecided);
}

TEST_CASE("the keys that leave a call undecided are named with their policies, and no others") {
  const std::vector<PolicyDocument> identity_policies{policy(kAllowAll), policy(kDenyOutside),
                                                      policy(kAllowInOrganization)};
  const PolicyDocument boundary =
      policy(R"({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"x:open": "true"}}})",
             PolicyKind::permissions_boundary);
  const SessionPolicies policies{.identity = identity_policies, .permissions_boundary = &boundary};
  const std::vector<OpenKey> open = open_keys(policies, open_call("s3:GetObject", kPlan));
  REQUIRE(open.size() == 2);
  CHECK(open[0].key == "aws:ResourceOrgID");
  CHECK(open[0].policy.kind == PolicyPlace::Kind::identity);
  CHECK(open[0].policy.index == 1);
  CHECK(open[1].key == "x:open");
  CHECK(open[1].policy.kind == PolicyPlace::Kind::permissions_boundary);
  CHECK(open_keys(policies, call("s3:GetObject", kPlan)).empty());
}

namespace {

const char* const kAnyRole = "arn:aws:iam::111122223333:role/Design";

/// What a resource's policy that allows s3:GetObject to `principal` makes of a call, beside the caller's own policies.
Decision with_resource_policy(ResourceSide side, const char* principal, const char* own, const char* boundary) {
  const PolicyDocument resource = policy(R"({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
      "Principal": {"AWS": ")" + std::string(principal) +
                                             R"("}})",
                                         PolicyKind::resource);
  const std::vector<PolicyDocument> identity_policies{policy(own)};
  const PolicyDocument bound = policy(boundary, PolicyKind::permissions_boundary);
  return evaluate_session(
      {.identity = identity_policies, .permissions_boundary = &bound, .side = side, .resource = &resource},
      call("s3:GetObject", kPlan));
}

}  // namespace

TEST_CASE("in one account a resource's policy allows in the stead of the caller's, as far as it names the caller") {
  const auto decide = [](const char* principal, const char* own, const char* boundary) {
    return with_resource_policy(ResourceSide::same_account, principal, own, boundary);
  };
  CHECK(decide(kSession, kAllowDescribe, kAllowDescribe) == kAllowed);
  CHECK(decide("*", kAllowDescribe, kAllowDescribe) == kAllowed);
  CHECK(decide(kAnyRole, kAllowDescribe, kAllowDescribe) == kImplicitDeny);
  CHECK(decide(kAnyRole, kAllowDescribe, kAllowAll) == kAllowed);
  CHECK(decide("111122223333", kAllowDescribe, kAllowAll) == kImplicitDeny);
  CHECK(decide("111122223333", kAllowAll, kAllowAll) == kAllowed);
  CHECK(decide("444455556666", kAllowAll, kAllowAll) == kAllowed);
  CHECK(decide(kSession, R"({"Effect": "Deny", "Action": "*", "Resource": "*"})", kAllowAll) == kExplicitDeny);
}

TEST_CASE("a trust or key policy must allow; naming the caller is enough, naming its account is not") {
  const auto decide = [](const char* principal, const char* own) {
    return with_resource_policy(ResourceSide::own_say, principal, own, kAllowAll);
  };
  CHECK(decide("444455556666", kAllowAll) == kImplicitDeny);
  CHECK(decide("111122223333", kAllowAll) == kAllowed);
  CHECK(decide("111122223333", kAllowDescribe) == kImplicitDeny);
  CHECK(decide(kAnyRole, kAllowDescribe) == kAllowed);
  CHECK(decide(kSession, kAllowDescribe) == kAllowed);
}

TEST_CASE("across accounts both sides must allow, however the caller is named") {
  for (const char* principal : {"111122223333", kAnyRole, kSession, "*"}) {
    CHECK(with_resource_policy(ResourceSide::other_account, principal, kAllowAll, kAllowAll) == kAllowed);
    CHECK(with_resource_policy(ResourceSide::other_account, principal, kAllowDescribe, kAllowAll) == kImplicitDeny);
    CHECK(with_resource_policy(ResourceSide::other_account, principal, kAllowAll, kAllowDescribe) == kImplicitDeny);
  }
  CHECK(with_resource_policy(ResourceSide::other_account, "444455556666", kAllowAll, kAllowAll) == kImplicitDeny);
}

TEST_CASE("a resource's policy that is not given leaves undecided what it could still change") {
  const auto decide = [](const char* own, ResourceSide side, bool not_given) {
    const std::vector<PolicyDocument> identity_policies{policy(own)};
    return evaluate_session({.identity = identity_policies, .side = side, .resource_not_given = not_given},
                            call("s3:GetObject", kPlan));
  };
  CHECK(decide(kAllowAll, ResourceSide::other_account, true) == kUndecided);
  CHECK(decide(kAllowDescribe, ResourceSide::other_account, true) == kImplicitDeny);
  CHECK(decide(kAllowAll, ResourceSide::other_account, false) == kImplicitDeny);
  CHECK(decide(kAllowDescribe, ResourceSide::own_say, true) == kUndecided);
}

TEST_CASE("NotPrincipal spares who is named by session or role, but nobody with a boundary") {
  const auto decide = [](const std::string& spared, const PolicyDocument* boundary) {
    const PolicyDocument resource = policy(R"({"Effect": "Deny", "Action": "*", "Resource": "*",
        "NotPrincipal": {"AWS": ")" + spared + R"("}})",
                                           PolicyKind::resource);
    const std::vector<PolicyDocument> identity_policies{policy(kAllowAll)};
    return evaluate_session({.identity = identity_policies,
                             .permissions_boundary = boundary,
                             .side = ResourceSide::same_account,
                             .resource = &resource},
                            call("s3:GetObject", kPlan));
  };
  const PolicyDocument boundary = policy(kAllowAll, PolicyKind::permissions_boundary);
  CHECK(decide(kSession, nullptr) == kAllowed);
  CHECK(decide(kAnyRole, nullptr) == kAllowed);
  CHECK(decide("111122223333", nullptr) == kExplicitDeny);
  CHECK(decide("arn:aws:iam::111122223333:role/Other", nullptr) == kExplicitDeny);
  CHECK(decide(kSession, &boundary) == kExplicitDeny);
}
