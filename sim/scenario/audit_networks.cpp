#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "scenario/audit_findings.hpp"
#include "scenario/audit_load.hpp"
#include "scenario/audit_text.hpp"

namespace credsim::audit {
namespace {

constexpr std::uint8_t kShortestPrefix = 16;
constexpr std::int64_t kMostWithDefaultInternetAccess = 100;

/// A subnet and whose it is. Fleets that name the same block share it.
struct Placed {
  const Resource* resource;
  const Subnet* subnet;

  [[nodiscard]] auto block() const { return std::tie(subnet->base, subnet->prefix_bits); }
  [[nodiscard]] std::uint64_t end() const { return subnet->base + (std::uint64_t{1} << (32 - subnet->prefix_bits)); }
};

bool same_network(const Resource& left, const Resource& right) {
  return left.account == right.account && left.region == right.region;
}

bool share_a_subnet(const Resource& left, const Resource& right) {
  return std::any_of(left.subnets.begin(), left.subnets.end(), [&](const Subnet& a) {
    return std::any_of(right.subnets.begin(), right.subnets.end(),
                       [&](const Subnet& b) { return a.base == b.base && a.prefix_bits == b.prefix_bits; });
  });
}

void audit_addresses(const Scenario& scenario, const Resource& resource, Findings& findings) {
  std::vector<Placed> subnets;
  std::vector<std::string> others;
  std::int64_t wanted = 0;
  for (const Resource& other : scenario.resources) {
    if (!same_network(resource, other) || !share_a_subnet(resource, other)) continue;
    wanted += other.most_instances();
    if (&other != &resource) others.push_back(resource_text(other));
    for (const Subnet& subnet : other.subnets) subnets.push_back({&other, &subnet});
  }
  std::sort(subnets.begin(), subnets.end(), [](const Placed& a, const Placed& b) { return a.block() < b.block(); });
  subnets.erase(std::unique(subnets.begin(), subnets.end(),
                            [](const Placed& a, const Placed& b) { return a.block() == b.block(); }),
                subnets.end());
  std::int64_t addresses = 0;
  for (const Placed& placed : subnets) addresses += placed.subnet->usable_addresses();
  if (addresses >= wanted) return;
  std::string with;
  for (const std::string& other : others) with += (with.empty() ? " together with " : ", ") + other;
  findings.add("subnet-too-small", resource_text(resource), place_or(resource.subnets.front().place, resource.place),
               "its subnets have " + std::to_string(addresses) + " usable addresses for up to " +
                   std::to_string(wanted) + " instances" + with + "; add subnets with " +
                   std::to_string(wanted - addresses) + " more (AWS keeps five of each)");
}

/// Blocks either nest or are apart, so in order of their begin the one that is open longest tells of any overlap.
void audit_overlaps(const Scenario& scenario, const Resource& first, Findings& findings) {
  std::vector<Placed> subnets;
  for (const Resource& resource : scenario.resources) {
    if (!same_network(first, resource)) continue;
    if (&resource < &first) return;  // was looked at with an earlier one
    for (const Subnet& subnet : resource.subnets) subnets.push_back({&resource, &subnet});
  }
  std::stable_sort(subnets.begin(), subnets.end(),
                   [](const Placed& a, const Placed& b) { return a.block() < b.block(); });
  const Placed* outer = nullptr;
  const Placed* previous = nullptr;
  for (const Placed& placed : subnets) {
    const bool repeated = previous != nullptr && previous->block() == placed.block();
    const std::string subject = resource_text(*placed.resource);
    const SourcePlace place = place_or(placed.subnet->place, placed.resource->place);
    if (repeated && previous->resource == placed.resource)
      findings.add("overlapping-subnets", subject, place,
                   "subnet " + placed.subnet->cidr() + " is named twice; name it once");
    else if (!repeated && outer != nullptr && placed.subnet->base < outer->end())
      findings.add("overlapping-subnets", subject, place,
                   "subnet " + placed.subnet->cidr() + " lies within " + outer->subnet->cidr() + " of " +
                       resource_text(*outer->resource) +
                       "; blocks of one VPC are the same or apart, else two instances get one address");
    if (outer == nullptr || placed.end() > outer->end()) outer = &placed;
    previous = &placed;
  }
}

}  // namespace

void audit_networks(const Scenario& scenario, Findings& findings) {
  for (const Resource& resource : scenario.resources) {
    const std::string subject = resource_text(resource);
    for (const Subnet& subnet : resource.subnets)
      if (subnet.prefix_bits < kShortestPrefix)
        findings.add(
            "subnet-larger-than-aws", subject, place_or(subnet.place, resource.place),
            "subnet " + subnet.cidr() +
                " is larger than AWS makes them, which is fine for a what-if only; use blocks of /16 or smaller");
    audit_addresses(scenario, resource, findings);
    audit_overlaps(scenario, resource, findings);
    if (resource.type == ResourceType::elastic && resource.subnets.size() < 2)
      findings.add("elastic-single-subnet", subject, place_or(resource.subnets.front().place, resource.place),
                   "an elastic fleet needs at least two subnets, in different Availability Zones; it has one");
    if (const std::int64_t most = resource.most_instances();
        resource.default_internet_access && most > kMostWithDefaultInternetAccess)
      findings.add("default-internet-access-quota", subject, resource.place,
                   "default internet access is for at most 100 instances and this has up to " + std::to_string(most) +
                       "; use private subnets with a NAT gateway");
  }
}

}  // namespace credsim::audit
