#include "report/failing_workloads.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace credsim::report {
namespace {

constexpr double kNearlyAll = 0.9;

}  // namespace

std::vector<FailingWorkload> failing_workloads(const SummaryValues& values) {
  constexpr std::array<std::string_view, 5> kWithReason{"account", "region", "resource", "workload", "reason"};
  using Key = std::vector<std::string>;
  struct Failures {
    double all = 0;
    std::pair<std::string, double> leading;
  };
  std::map<Key, Failures> failures;
  for (const auto& [key, count] : values.grouped("api_call_failures_total", kWithReason)) {
    Failures& of = failures[Key(key.begin(), key.end() - 1)];
    if (of.all == 0) of.leading = {key.back(), count};  // the largest comes first
    of.all += count;
  }
  std::vector<FailingWorkload> failing;
  for (const auto& [key, made] : values.grouped("api_calls_total", std::span(kWithReason).first(4))) {
    const Failures& of = failures[key];
    if (of.all < kNearlyAll * made) continue;
    const auto& [reason, count] = of.leading;
    failing.push_back({key[0], key[1], key[2], key[3], of.all / made, reason, count / of.all});
  }
  std::stable_sort(failing.begin(), failing.end(),
                   [](const FailingWorkload& a, const FailingWorkload& b) { return a.share > b.share; });
  return failing;
}

}  // namespace credsim::report
