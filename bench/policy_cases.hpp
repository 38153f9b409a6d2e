#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "credsim/policy.hpp"

namespace credsim::bench {

inline constexpr std::size_t kPolicyRequests = 64;

inline iam::PolicyDocument parse_policy(const char* text, iam::PolicyKind kind) {
  std::vector<iam::PolicyFault> faults;
  return iam::PolicyDocument::parse(nlohmann::json::parse(text), kind, faults).value();
}

/// AppStream's own AssumeRole, with the condition keys that guard against a confused deputy; every fourth is refused.
struct TrustCase {
  iam::PolicyDocument trust = parse_policy(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
      "Principal": {"Service": "appstream.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": "arn:aws:appstream:us-east-1:111122223333:fleet/design-*"}}}]})",
                                           iam::PolicyKind::trust);
  std::vector<iam::Request> requests;

  TrustCase() {
    for (std::size_t i = 0; i < kPolicyRequests; ++i) {
      iam::Request request{{iam::Principal::Kind::service, "appstream.amazonaws.com"},
                           "sts:AssumeRole",
                           "arn:aws:iam::111122223333:role/Design",
                           {}};
      const std::string fleet = (i % 4 == 3 ? "office-" : "design-") + std::to_string(i);
      request.context.set("aws:SourceAccount", "111122223333");
      request.context.set("aws:SourceArn", "arn:aws:appstream:us-east-1:111122223333:fleet/" + fleet);
      requests.push_back(std::move(request));
    }
  }
  [[nodiscard]] iam::Decision decide(const iam::Request& request) const { return evaluate_trust(trust, request); }
};

/// A script's call: identity policy, boundary, a service control policy and a revocation; some calls of each outcome.
struct SessionCase {
  std::array<iam::PolicyDocument, 2> identity{parse_policy(R"({"Version": "2012-10-17", "Statement": [
          {"Effect": "Allow", "Action": ["ec2:Describe*", "s3:GetObject"], "Resource": "*",
           "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/9"]}}}]})",
                                                           iam::PolicyKind::identity),
                                              parse_policy(R"({"Version": "2012-10-17", "Statement": [
          {"Effect": "Deny", "Action": "*", "Resource": "*",
           "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-11-24T09:00:00Z"}}}]})",
                                                           iam::PolicyKind::identity)};
  iam::PolicyDocument boundary = parse_policy(R"({"Version": "2012-10-17", "Statement":
      {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}})",
                                              iam::PolicyKind::permissions_boundary);
  std::array<iam::ServiceControlLevel, 1> control{{{"root",
                                                    {parse_policy(R"({"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Action": "*", "Resource": "*"},
      {"Effect": "Deny", "NotAction": "sts:*", "Resource": "*",
       "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}}}]})",
                                                                  iam::PolicyKind::service_control)}}}};
  std::vector<iam::Request> requests;

  SessionCase() {
    for (std::size_t i = 0; i < kPolicyRequests; ++i) {
      iam::Request request{{iam::Principal::Kind::aws, "arn:aws:sts::111122223333:assumed-role/Design/design-1"},
                           i % 8 == 7 ? "ec2:RunInstances" : "ec2:DescribeInstances",
                           "*",
                           {}};
      request.context.set("aws:SourceIp", (i % 3 == 2 ? "10.200.0." : "10.1.0.") + std::to_string(i));
      request.context.set("aws:CurrentTime", "2026-11-24T10:00:00Z");
      request.context.set("aws:TokenIssueTime", i % 16 == 4 ? "2026-11-24T08:59:59Z" : "2026-11-24T09:30:00Z");
      request.context.set("aws:RequestedRegion", "us-east-1");
      request.context.set("aws:SecureTransport", "true");
      requests.push_back(std::move(request));
    }
  }
  [[nodiscard]] iam::Decision decide(const iam::Request& request) const {
    return evaluate_session(
        {.identity = identity, .permissions_boundary = &boundary, .service_control_policies = control}, request);
  }
};

}  // namespace credsim::bench
