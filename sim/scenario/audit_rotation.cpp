#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "scenario/audit_findings.hpp"
#include "scenario/audit_load.hpp"
#include "scenario/audit_permission.hpp"
#include "scenario/audit_text.hpp"

namespace credsim::audit {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr Duration kGuideLifetime = std::chrono::hours{1};
/// STS API, AssumeRole, DurationSeconds.
constexpr Duration kShortestSession = std::chrono::minutes{15};
constexpr Duration kLongestSession = std::chrono::hours{12};
constexpr Duration kRefreshWaitWorthSaying = std::chrono::seconds{1};

void audit_lead(const Resource& resource, Findings& findings) {
  const CredentialRotation& rotation = resource.credentials;
  if (rotation.lifetime < kShortestSession || rotation.lifetime > kLongestSession)
    findings.add("lifetime-outside-api", resource_text(resource), resource.place,
                 "credentials live " + duration_text(rotation.lifetime) +
                     ", and AssumeRole issues them for 15m to 12h, so this is fine for a what-if only; write a "
                     "credentials.lifetime in that range");
  else if (rotation.lifetime != kGuideLifetime)
    findings.add(
        "lifetime-not-one-hour", resource_text(resource), resource.place,
        "credentials live " + duration_text(rotation.lifetime) + "; AppStream's live 1h, so this is a what-if");
  if (rotation.every < rotation.lifetime) return;
  const Duration late = rotation.every - rotation.lifetime;
  const std::string what =
      late == Duration{}
          ? "the rotation starts when the credential expires, so that any delay leaves a gap"
          : "the rotation starts " + duration_text(late) + " after the credential has expired, a gap each time";
  findings.add("zero-lead", resource_text(resource), resource.place,
               what +
                   (rotation.jitter > late ? " (but for the jitter of " + duration_text(rotation.jitter) + ")" : "") +
                   "; what AppStream does is not published: compare with credentials.lead of 5m and more");
}

/// Those who ask for credentials in one Region and spend one bucket for it.
struct Rotating {
  std::vector<const Resource*> resources;  // with a role
  BucketKind payer;
  std::int64_t first_instances = 0;
};

void audit_rate(const Scenario& scenario, const std::string& subject, SourcePlace place, const Rotating& rotating,
                const TokenBucket::Options& bucket, Findings& findings) {
  double rate = 0;
  for (const Resource* resource : rotating.resources) rate += rotations_per_second(scenario, *resource);
  if (rate > bucket.net_per_second())
    findings.add("assume-role-rate", subject, place,
                 "rotations need " + number_text(rate) + " AssumeRole calls a second, and " +
                     std::string(bucket_name(rotating.payer)) + " serves " + number_text(bucket.net_per_second()) +
                     "/s; rotate less often, or spread the fleets over Regions");
}

/// How long the last of a herd waits at least. Where a refused agent asks again only after its retry interval, the
/// whole herd comes back at once, and finds no more tokens than the bucket holds.
Duration herd_wait(const Rotating& rotating, const TokenBucket::Options& bucket, Duration first_come_first_served) {
  Duration longest = first_come_first_served;
  const double unserved = Seconds(longest).count() * bucket.net_per_second();
  for (const Resource* resource : rotating.resources) {
    const AgentRetry& retry = resource->credentials.retry;
    if (retry.max_attempts > 1) continue;
    const double refilled = Seconds(retry.interval).count() * bucket.net_per_second();
    const double rounds = std::ceil(unserved / std::clamp(refilled, 1.0, static_cast<double>(bucket.burst)));
    longest = std::max(longest,
                       std::chrono::round<Duration>(Seconds(std::min(rounds * Seconds(retry.interval).count(), 1e12))));
  }
  return longest;
}

void audit_synchrony(const std::string& subject, SourcePlace place, const Rotating& rotating,
                     const TokenBucket::Options& bucket, Findings& findings) {
  std::vector<Demand> demand;
  for (const Resource* resource : rotating.resources)
    for (const Demand& some : first_starts(*resource, true)) demand.push_back(some);
  const std::optional<Duration> wait = longest_wait(std::move(demand), bucket);
  if (!wait || *wait < kRefreshWaitWorthSaying) return;
  findings.add(
      "synchronised-refresh", subject, place,
      std::to_string(rotating.first_instances) + " instances ask for their first credential faster than " +
          std::string(bucket_name(rotating.payer)) + " serves (" + number_text(bucket.net_per_second()) +
          "/s after a burst of " + std::to_string(bucket.burst) + "): the last waits at least " +
          duration_text(rounded(herd_wait(rotating, bucket, *wait))) +
          ", which spreads their later rotations, so that they meet again only after a restart of them all; spread "
          "provisioning.start wider (credentials.jitter moves later rotations alone)");
}

}  // namespace

void audit_rotation(const Scenario& scenario, Findings& findings) {
  for (const Resource& resource : scenario.resources)
    if (!roles_of(resource).empty()) audit_lead(resource, findings);

  for (std::size_t account = 0; account < scenario.accounts.size(); ++account)
    for (std::size_t region = 0; region < scenario.accounts[account].regions.size(); ++region) {
      const Region& place = scenario.accounts[account].regions[region];
      const std::string subject = region_text(scenario.accounts[account], place);
      for (const BucketKind payer : {BucketKind::sts_service, BucketKind::sts_account}) {
        const auto& bucket = place.buckets[static_cast<std::size_t>(payer)];
        if (!bucket) continue;
        Rotating rotating{.resources = {}, .payer = payer};
        for (const Resource& resource : scenario.resources) {
          if (resource.account != account || resource.region != region || roles_of(resource).empty()) continue;
          if (resource.credentials.assume_role_spends != payer) continue;
          rotating.resources.push_back(&resource);
          rotating.first_instances += resource.instances_provisioned_first();
        }
        audit_rate(scenario, subject, place.place, rotating, *bucket, findings);
        audit_synchrony(subject, place.place, rotating, *bucket, findings);
      }
    }
}

}  // namespace credsim::audit
