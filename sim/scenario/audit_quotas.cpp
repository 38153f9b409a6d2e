#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "scenario/audit_findings.hpp"
#include "scenario/audit_load.hpp"
#include "scenario/audit_text.hpp"

namespace credsim::audit {
namespace {

constexpr std::int64_t kRoles = 1000;
constexpr Duration kStartDelayWorthSaying = std::chrono::seconds{60};

struct Place {
  const Account& account;
  const Region& region;
  std::vector<const Resource*> resources;
};

std::string bucket_text(const TokenBucket::Options& bucket) {
  return number_text(bucket.net_per_second()) + "/s after a burst of " + std::to_string(bucket.burst);
}

void audit_interfaces(const Place& place, Findings& findings) {
  const std::string subject = region_text(place.account, place.region);
  std::int64_t wanted = 0;
  for (const Resource* resource : place.resources) wanted += resource->most_instances();
  if (wanted > place.region.network_interfaces)
    findings.add("interface-quota-too-small", subject, place.region.place,
                 "up to " + std::to_string(wanted) + " instances need a network interface each, and the quota is " +
                     std::to_string(place.region.network_interfaces) + "; ask for at least " + std::to_string(wanted));

  const auto& bucket = place.region.buckets[static_cast<std::size_t>(BucketKind::create_network_interface)];
  if (!bucket) return;
  std::vector<Demand> demand;
  std::int64_t starting = 0;
  for (const Resource* resource : place.resources) {
    starting += resource->instances_provisioned_first();
    for (const Demand& some : first_starts(*resource, false)) demand.push_back(some);
  }
  const std::optional<Duration> wait = longest_wait(std::move(demand), *bucket);
  if (!wait || *wait >= kStartDelayWorthSaying)
    findings.add(
        "interface-tokens-delay-start", subject, place.region.place,
        std::to_string(starting) + " instances start, and CreateNetworkInterface serves " + bucket_text(*bucket) +
            ": the last waits " +
            (wait ? "about " + duration_text(rounded(*wait)) + " for its interface" : std::string("for ever")) +
            "; spread provisioning.start wider, or begin earlier");
}

void audit_scheduled_scaling(const Place& place, Findings& findings) {
  const auto& bucket = place.region.buckets[static_cast<std::size_t>(BucketKind::create_network_interface)];
  if (!bucket) return;
  for (const Resource* resource : place.resources) {
    if (!resource->scaling) continue;
    std::int64_t capacity = resource->first_instances();
    for (const ScheduledScaling& scheduled : resource->scaling->schedule) {
      const std::int64_t added = scheduled.min - capacity;
      capacity = std::clamp(capacity, scheduled.min, scheduled.max);
      if (added <= 0) continue;
      const auto wait = longest_wait({{Duration{}, static_cast<double>(added)}}, *bucket);
      if (wait && *wait < kStartDelayWorthSaying) continue;
      findings.add(
          "interface-tokens-delay-start", resource_text(*resource), resource->place,
          "the schedule adds " + std::to_string(added) + " instances at " +
              duration_text(scheduled.at.time_since_epoch()) + ", and CreateNetworkInterface serves " +
              bucket_text(*bucket) + ": the last waits " +
              (wait ? "about " + duration_text(rounded(*wait)) + " for its interface" : std::string("for ever")) +
              "; scale out in steps, or earlier");
    }
  }
}

void audit_counts(const Place& place, Findings& findings) {
  const auto builders = std::count_if(place.resources.begin(), place.resources.end(), [](const Resource* resource) {
    return resource->type == ResourceType::image_builder;
  });
  const auto fleets = static_cast<std::int64_t>(place.resources.size()) - builders;
  const auto report = [&](std::int64_t count, std::int64_t quota, const std::string& what) {
    if (count <= quota) return;
    findings.add("resource-quota", region_text(place.account, place.region), place.region.place,
                 std::to_string(count) + " " + what + ", and the quota is " + std::to_string(quota) +
                     "; ask for a higher one, or say in appstream what the account has");
  };
  report(fleets, place.region.appstream.fleets, "fleets");
  report(builders, place.region.appstream.image_builders, "image builders");
}

}  // namespace

void audit_quotas(const Scenario& scenario, Findings& findings) {
  for (std::size_t account = 0; account < scenario.accounts.size(); ++account) {
    const Account& owner = scenario.accounts[account];
    for (std::size_t region = 0; region < owner.regions.size(); ++region) {
      Place place{owner, owner.regions[region], {}};
      for (const Resource& resource : scenario.resources)
        if (resource.account == account && resource.region == region) place.resources.push_back(&resource);
      audit_interfaces(place, findings);
      audit_scheduled_scaling(place, findings);
      audit_counts(place, findings);
    }
    const auto roles = std::count_if(scenario.roles.begin(), scenario.roles.end(),
                                     [&](const Role& role) { return role.account == owner.id; });
    if (roles > kRoles)
      findings.add("role-quota", "account " + owner.id, owner.place,
                   std::to_string(roles) + " roles, and the default quota is " + std::to_string(kRoles) +
                       "; ask for a higher one, or share roles");
  }
  for (const Resource& resource : scenario.resources) {
    const double sessions = most_sessions(scenario, resource);
    const auto instances = static_cast<double>(resource.most_instances());
    // A fluctuation of one is nothing to report.
    if (sessions > instances + 1)
      findings.add("sessions-over-capacity", resource_text(resource), resource.place,
                   "about " + number_text(sessions) +
                       " sessions are expected at once at the busiest time, and there are at most " +
                       number_text(instances) + " instances: the rest waits or is rejected; plan for " +
                       number_text(std::ceil(sessions)) + " and some reserve");
  }
}

}  // namespace credsim::audit
