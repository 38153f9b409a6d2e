#include <algorithm>
#include <cmath>
#include <string>

#include "credsim/random.hpp"

#include "scenario/audit_findings.hpp"
#include "scenario/audit_load.hpp"
#include "scenario/audit_permission.hpp"
#include "scenario/audit_text.hpp"

namespace credsim::audit {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::uint64_t kDraws = 4096;
constexpr double kShareWorthSaying = 0.01;

/// How long at most a client goes on trying while its attempts fail at once; MODEL.md, "An API call".
Duration give_up_window(const ClientRetry& retry) {
  double window = 0;
  for (std::uint32_t n = 2; n <= std::min(retry.max_attempts, 64U); ++n) {
    const double doubled = std::exp2(n - 2);
    switch (retry.mode) {
      case RetryMode::none:
        return Duration{};
      case RetryMode::legacy:
        window += doubled;
        break;
      case RetryMode::standard:
      case RetryMode::adaptive:
        window += std::min(doubled, 20.0);
        break;
      case RetryMode::standard_2026:
        window += std::min(0.05 * doubled, 20.0);
        break;
    }
  }
  return bounded(std::chrono::round<Duration>(Seconds(std::min(window, 1e9))));
}

/// Shares of first calls, one for each instance, that come too early.
struct TooEarly {
  double network = 0;     ///< at least: all their attempts are over before the interface is available
  double credential = 0;  ///< before the first credential is in the profile
};

TooEarly first_calls(const Resource& resource, const Region& region, const Workload& workload) {
  const Provisioning& provisioning = resource.provisioning;
  const Distribution& boot_time =
      resource.type == ResourceType::on_demand ? resource.on_demand_start : provisioning.boot;
  const RandomStream stream = RandomStream::root(0, 0).child("first calls");
  const Duration window = give_up_window(workload.retry);
  const std::uint32_t attempts = workload.retry.mode == RetryMode::none ? 1 : workload.retry.max_attempts;
  // Attempts that time out slowly may bridge the wait, so only calls whose every retry follows at once are counted.
  const double at_once = attempts > 1 ? std::pow(workload.fast_failures, attempts - 1) : 1;

  std::uint64_t network = 0;
  std::uint64_t credential = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const auto draw = [&](std::uint64_t purpose, const Distribution& distribution) {
      return bounded(distribution.sample(stream.child(purpose), i));
    };
    const Duration boot = draw(0, boot_time);
    const Duration eni = (provisioning.eni.after_boot ? boot : Duration{}) + draw(1, provisioning.eni.delay);
    const Duration issued = (provisioning.agent.after_boot ? boot : Duration{}) + draw(2, provisioning.agent.delay) +
                            draw(3, region.sts_latency);
    const Duration start = workload.starts == WorkloadStart::boot ? boot : Duration{};
    Duration wait{};
    if (workload.wait.kind == NetworkWait::Kind::fixed) wait = draw(4, workload.wait.fixed);
    if (workload.wait.kind == NetworkWait::Kind::poll)
      wait = std::clamp(eni - start, Duration{}, bounded(workload.wait.timeout));
    const Duration call = start + wait + draw(5, workload.calls.interval);
    if (eni > call + window) ++network;
    if (issued > call) ++credential;
  }
  return {at_once * static_cast<double>(network) / double{kDraws}, static_cast<double>(credential) / double{kDraws}};
}

void audit_script(const Scenario& scenario, const Resource& resource, const Workload& workload, Findings& findings) {
  const Region& region = scenario.accounts[resource.account].regions[resource.region];
  const TooEarly share = first_calls(resource, region, workload);
  const std::string subject = workload_text(resource, workload);
  const SourcePlace place = place_or(workload.place, resource.place);
  const bool waits = workload.wait.kind != NetworkWait::Kind::none;
  const bool retries = workload.retry.mode != RetryMode::none && workload.retry.max_attempts > 1;
  if (share.network >= kShareWorthSaying)
    findings.add(waits ? "network-wait-too-short" : "no-network-wait", subject, place,
                 (retries ? "at least " : "about ") + share_text(share.network) +
                     " of the first calls fail because the network interface is not available yet" +
                     (retries ? " and retries give up after " + duration_text(give_up_window(workload.retry)) : "") +
                     (waits ? "; wait longer" : "; poll for the network before the first call"));
  if (share.credential >= kShareWorthSaying)
    findings.add("calls-before-first-credential", subject, place,
                 "about " + share_text(share.credential) +
                     " of the first calls come before the agent has put a credential into the profile, and are not "
                     "retried; begin later, or wait for the profile");
}

}  // namespace

void audit_first_calls(const Scenario& scenario, Findings& findings) {
  for (const Resource& resource : scenario.resources) {
    if (!resource.role) continue;
    for (const Workload& workload : resource.workloads)
      // A session gets an instance whose interface is available.
      if (workload.starts != WorkloadStart::session_start) audit_script(scenario, resource, workload, findings);
  }
}

}  // namespace credsim::audit
