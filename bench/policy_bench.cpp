// How long one policy decision takes: a role's trust, and a session's call. Inputs are fixed, parsing is not timed.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include "credsim/policy.hpp"

namespace {

using namespace credsim::iam;

PolicyDocument parse(const char* text, PolicyKind kind) {
  std::vector<PolicyFault> faults;
  return PolicyDocument::parse(nlohmann::json::parse(text), kind, faults).value();
}

/// Folds decisions into a hash that tells whether two builds decided alike. FNV-1a.
class DecisionHash {
 public:
  void add(Decision decision) { hash_ = (hash_ ^ static_cast<std::uint64_t>(decision)) * 0x100000001B3U; }
  /// The upper 19 bits: a counter is printed with six digits.
  [[nodiscard]] double counter() const { return static_cast<double>(hash_ >> 45U); }

 private:
  std::uint64_t hash_ = 0xCBF29CE484222325U;
};

constexpr std::size_t kRequests = 64;

/// Times `decide` over the requests, in turn. The hash covers each request once, however many iterations there are.
template <typename Decide>
void run(benchmark::State& state, const std::vector<Request>& requests, Decide decide) {
  DecisionHash hash;
  for (const Request& request : requests) hash.add(decide(request));
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(decide(requests[next]));
    next = (next + 1) % requests.size();
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["result"] = hash.counter();
}

/// AppStream's own AssumeRole, with the condition keys that guard against a confused deputy; every fourth is refused.
void trust_decision(benchmark::State& state) {
  const PolicyDocument trust = parse(R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
      "Principal": {"Service": "appstream.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": "arn:aws:appstream:us-east-1:111122223333:fleet/design-*"}}}]})",
                                     PolicyKind::trust);
  std::vector<Request> requests;
  for (std::size_t i = 0; i < kRequests; ++i) {
    Request request{{Principal::Kind::service, "appstream.amazonaws.com"},
                    "sts:AssumeRole",
                    "arn:aws:iam::111122223333:role/Design",
                    {}};
    const std::string fleet = (i % 4 == 3 ? "office-" : "design-") + std::to_string(i);
    request.context.set("aws:SourceAccount", "111122223333");
    request.context.set("aws:SourceArn", "arn:aws:appstream:us-east-1:111122223333:fleet/" + fleet);
    requests.push_back(std::move(request));
  }
  run(state, requests, [&](const Request& request) { return evaluate_trust(trust, request); });
}
BENCHMARK(trust_decision);

/// A script's call: identity policy, boundary, a service control policy and a revocation; some calls of each outcome.
void session_decision(benchmark::State& state) {
  const std::array<PolicyDocument, 2> identity{parse(R"({"Version": "2012-10-17", "Statement": [
          {"Effect": "Allow", "Action": ["ec2:Describe*", "s3:GetObject"], "Resource": "*",
           "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/9"]}}}]})",
                                                     PolicyKind::identity),
                                               parse(R"({"Version": "2012-10-17", "Statement": [
          {"Effect": "Deny", "Action": "*", "Resource": "*",
           "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-11-24T09:00:00Z"}}}]})",
                                                     PolicyKind::identity)};
  const PolicyDocument boundary = parse(R"({"Version": "2012-10-17", "Statement":
      {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}})",
                                        PolicyKind::permissions_boundary);
  const std::array<PolicyDocument, 1> control{parse(R"({"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Action": "*", "Resource": "*"},
      {"Effect": "Deny", "NotAction": "sts:*", "Resource": "*",
       "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}}}]})",
                                                    PolicyKind::service_control)};
  const SessionPolicies policies{
      .identity = identity, .permissions_boundary = &boundary, .service_control_policies = control};

  std::vector<Request> requests;
  for (std::size_t i = 0; i < kRequests; ++i) {
    Request request{{Principal::Kind::aws, "arn:aws:sts::111122223333:assumed-role/Design/design-1"},
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
  run(state, requests, [&](const Request& request) { return evaluate_session(policies, request); });
}
BENCHMARK(session_decision);

}  // namespace
