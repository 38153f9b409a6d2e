#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "scenario/audit_findings.hpp"
#include "scenario/audit_load.hpp"
#include "scenario/audit_permission.hpp"
#include "scenario/audit_text.hpp"

namespace credsim::audit {
namespace {

using Seconds = std::chrono::duration<double>;

/// The instances of a resource, with what bounds their agents' AssumeRole calls if the account pays for them.
struct Payer {
  const Scenario& scenario;
  const Resource& resource;
  const TokenBucket::Options& bucket;
};

/// "the last waits about 7s", if `demand` is more than the account's bucket serves. What comes within one second
/// counts as a herd: the quota is one of requests a second, and its burst is not published.
std::optional<std::string> wait_text(const Payer& payer, std::vector<Demand> demand) {
  for (Demand& some : demand) some.at = std::chrono::floor<std::chrono::seconds>(some.at);
  const std::optional<Duration> wait = longest_wait(std::move(demand), payer.bucket);
  if (!wait) return "the last waits for ever";
  if (*wait == Duration{}) return std::nullopt;
  return "the last waits about " + duration_text(rounded(*wait));
}

std::optional<std::string> by_rate(const Payer& payer) {
  const double rate = rotations_per_second(payer.scenario, payer.resource);
  if (rate <= payer.bucket.net_per_second()) return std::nullopt;
  return "its rotations need " + number_text(rate) + " AssumeRole calls a second, too many";
}

std::optional<std::string> by_first_starts(const Payer& payer) {
  if (payer.resource.first_instances() <= payer.bucket.burst) return std::nullopt;  // as they may ask at one moment
  const auto wait = wait_text(payer, first_starts(payer.resource, true));
  if (!wait) return std::nullopt;
  return "its first " + std::to_string(payer.resource.first_instances()) + " instances ask close together, and " +
         *wait;
}

bool bites(const Scenario& scenario, const Fault& fault, const Resource& resource) {
  const FaultScope& scope = fault.scope;
  const Account& account = scenario.accounts[resource.account];
  return (!scope.account || *scope.account == resource.account) &&
         (!scope.region || *scope.region == account.regions[resource.region].name) &&
         (!scope.resource || &scenario.resources[*scope.resource] == &resource);
}

/// How long it takes at most until every agent that STS refuses has asked again.
Duration longest_pause(const AgentRetry& retry) {
  const double doubled = Seconds(retry.base).count() * std::exp2(std::clamp(retry.max_attempts, 2U, 64U) - 2);
  return std::max(retry.interval, std::min(retry.cap, std::chrono::round<Duration>(Seconds(std::min(doubled, 1e9)))));
}

/// The agents whose rotation was due while a fault kept them from their credential, as they ask when it is over.
std::vector<Demand> herd_after(const Payer& payer, const Fault& fault) {
  constexpr int kParts = 60;
  const CredentialRotation& rotation = payer.resource.credentials;
  const Seconds length = std::min(fault.until, SimTime{payer.scenario.duration}) - fault.at;
  const double share = std::min(1.0, length / std::max(Seconds(rotation.every), Seconds(1e-6)));
  const double agents = most_running(payer.scenario, payer.resource) * share * fault.scope.instances.value_or(1);
  if (fault.kind == FaultKind::agent_paused) return {{Duration{}, agents}};
  std::vector<Demand> demand;
  const Duration pause = longest_pause(rotation.retry);
  for (int part = 0; part < kParts; ++part) demand.push_back({pause * part / kParts, agents / kParts});
  return demand;
}

std::optional<std::string> by_fault(const Payer& payer) {
  for (const Fault& fault : payer.scenario.faults) {
    if (fault.kind != FaultKind::sts_outage && fault.kind != FaultKind::agent_paused) continue;
    if (fault.until >= SimTime{payer.scenario.duration} || !bites(payer.scenario, fault, payer.resource)) continue;
    if (const auto wait = wait_text(payer, herd_after(payer, fault)))
      return "when " + fault.name + " ends all ask whose rotation was due meanwhile, and " + *wait;
  }
  return std::nullopt;
}

}  // namespace

void audit_payer(const Scenario& scenario, Findings& findings) {
  for (const Resource& resource : scenario.resources) {
    const Region& region = scenario.accounts[resource.account].regions[resource.region];
    const auto& bucket = region.buckets[static_cast<std::size_t>(BucketKind::sts_account)];
    if (!bucket || roles_of(resource).empty()) continue;
    const Payer payer{scenario, resource, *bucket};
    std::optional<std::string> reason = by_rate(payer);
    if (!reason) reason = by_first_starts(payer);
    if (!reason) reason = by_fault(payer);
    if (!reason) continue;
    const bool service_pays = resource.credentials.assume_role_spends == BucketKind::sts_service;
    findings.add("assume-role-payer-matters", resource_text(resource), resource.place,
                 *reason + " if sts.account pays (" + number_text(bucket->net_per_second()) + "/s after a burst of " +
                     std::to_string(bucket->burst) + "). Here " + (service_pays ? "sts.service" : "sts.account") +
                     " pays, and AWS's texts differ (IAM quotas: a service's calls do not count; AppStream API: the "
                     "instance calls); compare with credentials.assume_role_spends: " +
                     (service_pays ? "account" : "service"));
  }
}

}  // namespace credsim::audit
