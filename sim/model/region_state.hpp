#pragma once

#include <array>
#include <deque>
#include <optional>
#include <vector>

#include "credsim/account.hpp"
#include "credsim/cell.hpp"
#include "credsim/record.hpp"

#include "model/event.hpp"
#include "model/usage_meter.hpp"

namespace credsim::model {

/// A token bucket of an account with what was asked of it; an unlimited one only counts.
struct MeteredBucket {
  std::optional<TokenBucket> bucket;
  RequestMeter meter;
  SimTime first_refused = kNever;
  std::uint64_t refused = 0;

  [[nodiscard]] bool try_take(SimTime now) {
    meter.count(now);
    if (!bucket || bucket->try_take(now)) return true;
    refuse(now);
    return false;
  }
  void refuse(SimTime now) {
    if (first_refused == kNever) first_refused = now;
    ++refused;
  }
};

/// What the instances of one Region of an account share: buckets, the queue for interface tokens, the interface quota.
struct RegionState {
  CellPlan::Place place;
  const Region* region = nullptr;
  std::array<MeteredBucket, kBucketKinds> buckets;

  /// Instances that wait for a create_network_interface token, first come first served.
  struct Waiting {
    Slot slot;
    std::uint32_t number;
  };
  std::deque<Waiting> interface_queue;
  SimTime grant_at = kNever;  ///< the grant that is scheduled

  std::int64_t interfaces = 0;  ///< in use
  LevelMeter interface_demand;  ///< in use, or asked for in vain
  SimTime interface_refused = kNever;
  std::uint64_t interface_refusals = 0;

  [[nodiscard]] MeteredBucket& bucket(BucketKind kind) { return buckets[static_cast<std::size_t>(kind)]; }
};

/// As the Region starts: every bucket full, nothing in use.
[[nodiscard]] RegionState start_region(const Scenario& scenario, const CellPlan::Place& place);

/// `account` and `region`.
[[nodiscard]] Labels labels_of(const RegionState& region, const Scenario& scenario);

/// How near the Region's limits came to breaking by `end`, appended to `limits`.
void report_limits(RegionState& region, const Scenario& scenario, SimTime end, std::vector<LimitUsage>& limits);

}  // namespace credsim::model
