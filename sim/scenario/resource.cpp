#include "credsim/resource.hpp"

#include <algorithm>

#include "iam/ip_range.hpp"

namespace credsim {

std::string Subnet::cidr() const {
  return iam::ipv4_text(base) + '/' + std::to_string(prefix_bits);
}

std::string AddressBlock::cidr() const {
  return iam::ipv4_text(base) + '/' + std::to_string(prefix_bits);
}

std::optional<std::uint32_t> Resource::source_address(std::int64_t number, std::uint32_t interface) const {
  if (vpc_endpoint) return interface;
  std::int64_t count = 0;
  for (const AddressBlock& block : egress) count += block.addresses();
  if (count == 0) return std::nullopt;
  std::int64_t rest = number % count;
  auto block = egress.begin();
  for (; rest >= block->addresses(); ++block) rest -= block->addresses();
  return block->base + static_cast<std::uint32_t>(rest);
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
