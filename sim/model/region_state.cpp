#include "model/region_state.hpp"

#include <algorithm>
#include <utility>

namespace credsim::model {

namespace {

LimitUsage usage_of_quota(Limit limit, MeteredQuota& quota, SimTime end) {
  return usage_of(std::move(limit), static_cast<double>(quota.capacity), quota.demand, quota.refusals, end);
}

}  // namespace

RegionState start_region(const Scenario& scenario, const CellPlan::Place& place) {
  RegionState state;
  state.place = place;
  state.region = &scenario.accounts[place.account].regions[place.region];
  for (std::size_t i = 0; i < kBucketKinds; ++i)
    if (state.region->buckets[i]) state.buckets[i].bucket.emplace(*state.region->buckets[i]);
  state.interface_quota.capacity = state.region->network_interfaces;
  return state;
}

std::optional<std::size_t> instance_quota_of(RegionState& region, const Resource& resource) {
  if (!resource.instance_type) return std::nullopt;
  const InstanceQuotaKind kind = resource.instance_quota_kind();
  const auto capacity = region.region->appstream.instance_quota(kind, *resource.instance_type);
  if (!capacity) return std::nullopt;
  auto& quotas = region.instance_quotas;
  const auto found = std::ranges::find_if(
      quotas, [&](const InstanceQuota& known) { return known.kind == kind && known.type == *resource.instance_type; });
  const auto index = static_cast<std::size_t>(found - quotas.begin());
  if (found == quotas.end())
    quotas.push_back({.kind = kind, .type = *resource.instance_type, .quota = {.capacity = *capacity, .demand = {}}});
  return index;
}

Labels labels_of(const RegionState& region, const Scenario& scenario) {
  return {{"account", scenario.accounts[region.place.account].id}, {"region", region.region->name}};
}

LimitUsage usage_of(Limit limit, double capacity, LevelMeter& demand, const Refusals& refusals, SimTime end) {
  demand.finish(end);
  LimitUsage usage{std::move(limit)};
  usage.capacity_1s = usage.capacity_60s = capacity;
  usage.peak_1s = demand.peak();
  usage.peak_60s = demand.peak_minute();
  usage.first_refused = refusals.first;
  usage.refused = refusals.count;
  return usage;
}

void report_limits(RegionState& state, const Scenario& scenario, SimTime end, std::vector<LimitUsage>& limits) {
  const std::string& account = scenario.accounts[state.place.account].id;
  const std::string& region = state.region->name;
  for (std::size_t i = 0; i < kBucketKinds; ++i) {
    MeteredBucket& metered = state.buckets[i];
    metered.meter.finish();
    LimitUsage usage{bucket_limit(account, region, static_cast<BucketKind>(i))};
    if (const auto& options = state.region->buckets[i]) {
      const double net = options->net_per_second();
      usage.capacity_1s = static_cast<double>(options->burst) + net;
      usage.capacity_60s = static_cast<double>(options->burst) / 60 + net;
      usage.capacity_600s = static_cast<double>(options->burst) / 600 + net;
    } else {
      usage.unlimited = true;
    }
    usage.peak_1s = metered.meter.peak_second();
    usage.peak_60s = metered.meter.peak_minute();
    usage.peak_600s = metered.meter.peak_ten_minutes();
    usage.first_refused = metered.refusals.first;
    usage.refused = metered.refusals.count;
    limits.push_back(std::move(usage));
  }
  limits.push_back(usage_of_quota(interface_limit(account, region), state.interface_quota, end));
  for (InstanceQuota& by_type : state.instance_quotas)
    limits.push_back(usage_of_quota(instance_limit(account, region, by_type.kind, by_type.type), by_type.quota, end));
}

}  // namespace credsim::model
