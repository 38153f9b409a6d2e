#include "credsim/limit.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "credsim/scenario.hpp"

namespace credsim {

namespace {

Limit named(Limit::Kind kind, std::string name, const std::string& account, const std::string& region) {
  return {kind, {{"account", account}, {"region", region}}, std::move(name) + " " + account + "/" + region};
}

Limit with_label(Limit limit, std::string label, std::string value) {
  limit.labels.emplace_back(std::move(label), std::move(value));
  std::sort(limit.labels.begin(), limit.labels.end());
  return limit;
}

Limit::Kind limit_kind(InstanceQuotaKind kind) {
  switch (kind) {
    case InstanceQuotaKind::fleet_instances:
      return Limit::Kind::instances;
    case InstanceQuotaKind::image_builder_instances:
      return Limit::Kind::image_builder_instances;
    case InstanceQuotaKind::elastic_sessions:
      return Limit::Kind::elastic_sessions;
  }
  return {};
}

}  // namespace

std::string_view Limit::short_name() const {
  return std::string_view(name).substr(0, name.rfind(' '));
}

bool Limit::matches(std::span<const std::pair<std::string, std::string>> selector) const {
  return std::all_of(selector.begin(), selector.end(), [&](const auto& wanted) {
    if (wanted.first == "limit")
      return name.starts_with(wanted.second) &&
             (name.size() == wanted.second.size() || name[wanted.second.size()] == ' ');
    return std::find(labels.begin(), labels.end(), wanted) != labels.end();
  });
}

Limit bucket_limit(const std::string& account, const std::string& region, BucketKind kind) {
  const std::string bucket(bucket_name(kind));
  return with_label(named(Limit::Kind::bucket, bucket, account, region), "bucket", bucket);
}

Limit interface_limit(const std::string& account, const std::string& region) {
  return named(Limit::Kind::interfaces, "ec2.network_interfaces", account, region);
}

Limit instance_limit(const std::string& account, const std::string& region, InstanceQuotaKind kind,
                     const std::string& type) {
  return with_label(named(limit_kind(kind), std::string(instance_quota_name(kind)) + " " + type, account, region),
                    "instance_type", type);
}

Limit subnet_limit(const std::string& account, const std::string& region, const std::string& cidr) {
  return with_label(named(Limit::Kind::subnet, "subnet " + cidr, account, region), "subnet", cidr);
}

Limit capacity_limit(const std::string& account, const std::string& region, const std::string& fleet) {
  return with_label(named(Limit::Kind::capacity, "capacity " + fleet, account, region), "resource", fleet);
}

std::vector<Limit> limits_of(const Scenario& scenario) {
  std::vector<Limit> limits;
  std::set<std::string> names;
  const auto add = [&](Limit limit) {
    if (names.insert(limit.name).second) limits.push_back(std::move(limit));
  };
  const auto add_region = [&](const std::string& account, const std::string& region) {
    for (std::size_t i = 0; i < kBucketKinds; ++i) add(bucket_limit(account, region, static_cast<BucketKind>(i)));
    add(interface_limit(account, region));
  };
  for (const Resource& resource : scenario.resources) {
    const Account& account = scenario.accounts[resource.account];
    const Region& region = account.regions[resource.region];
    add_region(account.id, region.name);
    for (const Workload& workload : resource.workloads) add_region(account.id, account.regions[workload.region].name);
    const InstanceQuotaKind kind = resource.instance_quota_kind();
    if (resource.instance_type && region.appstream.instance_quota(kind, *resource.instance_type))
      add(instance_limit(account.id, region.name, kind, *resource.instance_type));
    for (const Subnet& subnet : resource.subnets) add(subnet_limit(account.id, region.name, subnet.cidr()));
    if (resource.sessions) add(capacity_limit(account.id, region.name, resource.name));
  }
  return limits;
}

}  // namespace credsim
