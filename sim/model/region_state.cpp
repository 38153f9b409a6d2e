#include "model/region_state.hpp"

#include <algorithm>

namespace credsim::model {

RegionState start_region(const Scenario& scenario, const CellPlan::Place& place) {
  RegionState state;
  state.place = place;
  state.region = &scenario.accounts[place.account].regions[place.region];
  for (std::size_t i = 0; i < kBucketKinds; ++i)
    if (state.region->buckets[i]) state.buckets[i].bucket.emplace(*state.region->buckets[i]);
  return state;
}

Labels labels_of(const RegionState& region, const Scenario& scenario) {
  return {{"account", scenario.accounts[region.place.account].id}, {"region", region.region->name}};
}

void report_limits(RegionState& state, const Scenario& scenario, SimTime end, std::vector<LimitUsage>& limits) {
  const std::string& account = scenario.accounts[state.place.account].id;
  const std::string where = " " + account + "/" + state.region->name;
  for (std::size_t i = 0; i < kBucketKinds; ++i) {
    MeteredBucket& metered = state.buckets[i];
    metered.meter.finish();
    const std::string name(bucket_name(static_cast<BucketKind>(i)));
    LimitUsage usage;
    usage.kind = LimitUsage::Kind::bucket;
    usage.name = name + where;
    usage.labels = {{"account", account}, {"bucket", name}, {"region", state.region->name}};
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
    usage.first_refused = metered.first_refused;
    usage.refused = metered.refused;
    limits.push_back(std::move(usage));
  }
  state.interface_demand.finish(end);
  LimitUsage usage;
  usage.kind = LimitUsage::Kind::interfaces;
  usage.name = "ec2.network_interfaces" + where;
  usage.labels = labels_of(state, scenario);
  usage.capacity_1s = usage.capacity_60s = static_cast<double>(state.region->network_interfaces);
  usage.peak_1s = state.interface_demand.peak();
  usage.peak_60s = state.interface_demand.peak_minute();
  usage.first_refused = state.interface_refused;
  usage.refused = state.interface_refusals;
  limits.push_back(std::move(usage));
}

}  // namespace credsim::model
