// How long one policy decision takes: a role's trust, and a session's call. Inputs are fixed, parsing is not timed.
// Beside them the same two policies as a programmer would write them, with the values looked up likewise. `result` is a
// hash of the decisions, cut to six digits: equal for both.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <benchmark/benchmark.h>

#include "policy_cases.hpp"

namespace {

using namespace credsim::iam;
using credsim::bench::SessionCase;
using credsim::bench::TrustCase;

/// Times `decide` over the requests, in turn. The hash (FNV-1a) covers each request once, however many iterations.
template <typename Decide>
void run(benchmark::State& state, const std::vector<Request>& requests, Decide decide) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const Request& request : requests) hash = (hash ^ static_cast<std::uint64_t>(decide(request))) * 0x100000001B3U;
  state.counters["result"] = static_cast<double>(hash >> 45U);
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(decide(requests[next]));
    next = (next + 1) % requests.size();
  }
  state.SetItemsProcessed(state.iterations());
}

void trust(benchmark::State& state) {
  const TrustCase with;
  run(state, with.requests, [&](const Request& request) { return with.decide(request); });
}
BENCHMARK(trust)->Name("policy/trust");

void session(benchmark::State& state) {
  const SessionCase with;
  run(state, with.requests, [&](const Request& request) { return with.decide(request); });
}
BENCHMARK(session)->Name("policy/session");

std::string_view value(const Request& request, std::string_view key) {
  const RequestContext::Entry* entry = request.context.find(key);
  return entry == nullptr ? std::string_view{} : std::string_view{entry->values.front()};
}

Decision trust_by_hand(const Request& request) {
  return request.principal.name == "appstream.amazonaws.com" && request.action == "sts:AssumeRole" &&
                 value(request, "aws:sourceaccount") == "111122223333" &&
                 value(request, "aws:sourcearn").starts_with("arn:aws:appstream:us-east-1:111122223333:fleet/design-")
             ? Decision::allowed
             : Decision::implicit_deny;
}
void trust_written_by_hand(benchmark::State& state) {
  run(state, TrustCase().requests, trust_by_hand);
}
BENCHMARK(trust_written_by_hand)->Name("policy/trust_by_hand");

Decision session_by_hand(const Request& request) {
  const std::string_view region = value(request, "aws:requestedregion");
  if (value(request, "aws:tokenissuetime") < "2026-11-24T09:00:00Z" ||
      (!request.action.starts_with("sts:") && region != "us-east-1" && region != "eu-west-1"))
    return Decision::explicit_deny;
  in_addr address{};
  if (inet_pton(AF_INET, std::string(value(request, "aws:sourceip")).c_str(), &address) != 1)
    return Decision::implicit_deny;
  const std::uint32_t ip = ntohl(address.s_addr);
  const bool from_network = (ip >> 8U) == 0xCB0071 || (ip >> 23U) == 0x0A000000U >> 23U;
  const bool identity_allows =
      from_network && (request.action.starts_with("ec2:Describe") || request.action == "s3:GetObject");
  const bool boundary_allows = !request.action.starts_with("iam:") && !request.action.starts_with("organizations:");
  return identity_allows && boundary_allows ? Decision::allowed : Decision::implicit_deny;
}
void session_written_by_hand(benchmark::State& state) {
  run(state, SessionCase().requests, session_by_hand);
}
BENCHMARK(session_written_by_hand)->Name("policy/session_by_hand");

}  // namespace
