#include <algorithm>
#include <cmath>
#include <deque>
#include <string>
#include <vector>

#include "credsim/random.hpp"

#include "scenario/audit_findings.hpp"
#include "scenario/audit_load.hpp"
#include "scenario/audit_permission.hpp"
#include "scenario/audit_text.hpp"

namespace credsim::audit {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::uint64_t kDraws = 4096;
constexpr double kFailuresWorthSaying = 0.01;

/// How long at most a client goes on trying while its attempts fail at once; MODEL.md, "An API call".
Duration give_up_window(const Workload& workload) {
  const RetryLaw law = retry_law(workload.client.tool, workload.retry.mode);
  double window = 0;
  for (std::uint32_t n = 2; n <= std::min(workload.retry.max_attempts, 64U); ++n)
    window += std::min(Seconds(law.base).count() * std::exp2(law.growth_bits * (n - 2)), Seconds(law.cap).count());
  return bounded(std::chrono::round<Duration>(Seconds(std::min(window, 1e9))));
}

/// The last time, after it began, that an attempt without a path asks for a connection; MODEL.md, "An API call",
/// step 4.
Duration last_look(Duration timeout) {
  Duration last{};
  for (unsigned look = 1; connect_wait(look) < timeout && connect_wait(look) != Duration::max(); ++look)
    last = connect_wait(look);
  return last;
}

/// A client that lasts, and takes what is in the profile when it is made.
bool reads_at_start(const Workload& workload) {
  return workload.credentials == CredentialUse::once ||
         (workload.credentials != CredentialUse::per_call && habits_of(workload.client.tool).reads_at_start);
}

/// The durations that scripts draw: the same for all that share a distribution, as most fleets do.
class Draws {
 public:
  void make_room() {
    constexpr std::size_t kKept = 64;
    if (kept_.size() > kKept) kept_.clear();
  }
  /// kDraws of them, which stay until make_room().
  const std::vector<Duration>& of(std::uint64_t purpose, const Distribution& distribution) {
    for (const Kept& each : kept_)
      if (each.purpose == purpose && each.distribution == distribution) return each.durations;
    Kept& made = kept_.emplace_back(Kept{purpose, distribution, {}});
    const RandomStream stream = RandomStream::root(0, 0).child("first calls").child(purpose);
    for (std::uint64_t i = 0; i < kDraws; ++i) made.durations.push_back(bounded(distribution.sample(stream, i)));
    return made.durations;
  }

 private:
  struct Kept {
    std::uint64_t purpose;
    Distribution distribution;
    std::vector<Duration> durations;
  };
  std::deque<Kept> kept_;
};

/// Shares of first calls, one for each instance, that come too early.
struct TooEarly {
  double network = 0;     ///< at least: all their attempts are over before the interface is available
  double credential = 0;  ///< they, or the client that makes them, before the first credential is in the profile
};

TooEarly first_calls(const Resource& resource, const Region& region, const Workload& workload, Draws& draws) {
  const Provisioning& provisioning = resource.provisioning;
  const Distribution& boot_time =
      resource.type == ResourceType::on_demand ? resource.on_demand_start : provisioning.boot;
  const Duration window = give_up_window(workload);
  const std::uint32_t attempts = workload.retry.mode == RetryMode::none ? 1 : workload.retry.max_attempts;
  // Attempts that wait for a path may bridge the time, so of calls with retries this counts those whose every attempt
  // fails at once, and those that are too early even if every attempt waits.
  const double at_once = std::pow(workload.fast_failures, attempts);
  const Duration patience = window + bounded(workload.connect_timeout * (std::min(attempts, 64U) - 1)) +
                            last_look(bounded(workload.connect_timeout));

  draws.make_room();
  const std::vector<Duration>& boots = draws.of(0, boot_time);
  const std::vector<Duration>& eni_delays = draws.of(1, provisioning.eni.delay);
  const std::vector<Duration>& agent_delays = draws.of(2, provisioning.agent.delay);
  const std::vector<Duration>& latencies = draws.of(3, region.sts_latency);
  const std::vector<Duration>& fixed_waits = draws.of(4, workload.wait.fixed);
  const std::vector<Duration>& intervals = draws.of(5, workload.calls.interval);
  double network = 0;
  std::uint64_t credential = 0;
  for (std::size_t i = 0; i < kDraws; ++i) {
    const Duration boot = boots[i];
    const Duration eni = (provisioning.eni.after_boot ? boot : Duration{}) + eni_delays[i];
    const Duration issued = (provisioning.agent.after_boot ? boot : Duration{}) + agent_delays[i] + latencies[i];
    const Duration start = workload.starts == WorkloadStart::boot ? boot : Duration{};
    Duration wait{};
    if (workload.wait.kind == NetworkWait::Kind::fixed) wait = fixed_waits[i];
    if (workload.wait.kind == NetworkWait::Kind::poll)
      wait = std::clamp(eni - start, Duration{}, bounded(workload.wait.timeout));
    const Duration call = start + wait + intervals[i];
    if (issued > (reads_at_start(workload) ? start + wait : call)) {
      ++credential;
    } else if (eni > call + window) {
      network += eni > call + patience ? 1 : at_once;
    }
  }
  return {network / double{kDraws}, static_cast<double>(credential) / double{kDraws}};
}

void audit_script(const Scenario& scenario, const Resource& resource, const Workload& workload, Draws& draws,
                  Findings& findings) {
  const Region& region = scenario.accounts[resource.account].regions[resource.region];
  const TooEarly share = first_calls(resource, region, workload, draws);
  const std::string subject = workload_text(resource, workload);
  const SourcePlace place = place_or(workload.place, resource.place);
  const bool waits = workload.wait.kind != NetworkWait::Kind::none;
  const bool retries = workload.retry.mode != RetryMode::none && workload.retry.max_attempts > 1;
  if (share.network >= kFailuresWorthSaying)
    findings.add(waits ? "network-wait-too-short" : "no-network-wait", subject, place,
                 (retries ? "at least " : "about ") + share_text(share.network) +
                     " of the first calls fail because the network interface is not available yet" +
                     (retries ? " and retries give up after " + duration_text(give_up_window(workload)) : "") +
                     (waits ? "; wait longer" : "; poll for the network before the first call"));
  if (share.credential >= kFailuresWorthSaying)
    findings.add("calls-before-first-credential", subject, place,
                 "about " + share_text(share.credential) +
                     (reads_at_start(workload)
                          ? " of the clients are made before the agent has put a credential into the profile, and " +
                                (workload.restarts_after ? "find none until they start anew, " +
                                                               duration_text(*workload.restarts_after) + " later"
                                                         : std::string("never find one"))
                          : std::string(" of the first calls come before the agent has put a credential into the "
                                        "profile, and are not retried")) +
                     "; begin later, or wait for the profile");
}

}  // namespace

void audit_first_calls(const Scenario& scenario, Findings& findings) {
  Draws draws;
  for (const Resource& resource : scenario.resources) {
    if (!resource.role) continue;
    for (const Workload& workload : resource.workloads)
      // A session gets an instance whose interface is available.
      if (workload.starts != WorkloadStart::session_start) audit_script(scenario, resource, workload, draws, findings);
  }
}

}  // namespace credsim::audit
