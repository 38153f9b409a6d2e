#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <string>
#include <type_traits>
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
  Refusals refusals;

  [[nodiscard]] bool try_take(SimTime now) {
    meter.count(now);
    if (!bucket || bucket->try_take(now)) return true;
    refusals.add(now);
    return false;
  }
  /// First come first served: takes a token if one is there and nobody waits, or lets `item` wait at the queue's end.
  template <class Item>
  [[nodiscard]] bool try_take_or_queue(SimTime now, std::deque<Item>& queue, std::type_identity_t<Item> item) {
    if (queue.empty()) {
      if (try_take(now)) return true;
    } else {
      meter.count(now);
      refusals.add(now);
    }
    queue.push_back(item);
    return false;
  }
};

/// A quota of an account with what was asked of it.
struct MeteredQuota {
  std::int64_t capacity = 0;
  std::int64_t in_use = 0;
  LevelMeter demand;  ///< in use, or asked for in vain
  Refusals refusals;

  [[nodiscard]] bool full() const { return in_use >= capacity; }
  void take(SimTime now) {
    ++in_use;
    demand.add(now, 1);
  }
  void give_back(SimTime now) {
    --in_use;
    demand.add(now, -1);
  }
};

/// AppStream's quota for one type of instance.
struct InstanceQuota {
  InstanceQuotaKind kind;
  std::string type;
  MeteredQuota quota;
};

/// What the instances of one Region of an account share: buckets, the queues for interface tokens, quotas.
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

  /// Interfaces of ended instances that wait for a delete_network_interface token, first come first served.
  struct Deletion {
    std::size_t subnet;  ///< index in World::subnets
    std::uint32_t address;
  };
  std::deque<Deletion> deletion_queue;
  SimTime deletion_at = kNever;  ///< the deletion that is scheduled

  MeteredQuota interface_quota;  ///< interfaces that wait to be deleted count
  std::vector<InstanceQuota> instance_quotas;

  [[nodiscard]] MeteredBucket& bucket(BucketKind kind) { return buckets[static_cast<std::size_t>(kind)]; }
};

/// As the Region starts: every bucket full, nothing in use.
[[nodiscard]] RegionState start_region(const Scenario& scenario, const CellPlan::Place& place);

/// The quota that bounds the instances of `resource`, which is of this Region: its index in `instance_quotas`, where it
/// is put if it is not there yet. Nothing if none is known.
[[nodiscard]] std::optional<std::size_t> instance_quota_of(RegionState& region, const Resource& resource);

/// `account` and `region`.
[[nodiscard]] Labels labels_of(const RegionState& region, const Scenario& scenario);

/// How near a limit on units came to breaking by `end`.
[[nodiscard]] LimitUsage usage_of(Limit limit, double capacity, LevelMeter& demand, const Refusals& refusals,
                                  SimTime end);

/// How near the Region's limits came to breaking by `end`, appended to `limits`.
void report_limits(RegionState& region, const Scenario& scenario, SimTime end, std::vector<LimitUsage>& limits);

}  // namespace credsim::model
