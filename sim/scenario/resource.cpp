#include "credsim/resource.hpp"

#include <algorithm>

#include "iam/ip_range.hpp"

namespace credsim {

std::string Subnet::cidr() const {
  return iam::ipv4_text(base) + '/' + std::to_string(prefix_bits);
}

std::int64_t Resource::first_instances() const {
  if (type == ResourceType::elastic) return 0;
  return scaling ? std::clamp(instances, scaling->min, scaling->max) : instances;
}

std::int64_t Resource::most_instances() const {
  if (type == ResourceType::elastic) return max_concurrent;
  if (!scaling) return instances;
  std::int64_t most = scaling->max;
  for (const ScheduledScaling& scheduled : scaling->schedule) most = std::max(most, scheduled.max);
  return most;
}

InstanceQuotaKind Resource::instance_quota_kind() const {
  if (type == ResourceType::elastic) return InstanceQuotaKind::elastic_sessions;
  return type == ResourceType::image_builder ? InstanceQuotaKind::image_builder_instances
                                             : InstanceQuotaKind::fleet_instances;
}

}  // namespace credsim
