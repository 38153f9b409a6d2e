#include "report/first_limit.hpp"

#include <algorithm>
#include <string>

namespace credsim::report {
namespace {

std::string cidr(const Subnet& subnet) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8)
    text += std::to_string((subnet.base >> shift) & 0xFFU) + (shift > 0 ? "." : "/");
  return text + std::to_string(subnet.prefix_bits);
}

/// Whether a limit of this kind counts the instances of such resources.
bool is_counted(ResourceType type, LimitUsage::Kind kind) {
  switch (kind) {
    case LimitUsage::Kind::instances:
      return type == ResourceType::always_on || type == ResourceType::on_demand;
    case LimitUsage::Kind::image_builder_instances:
      return type == ResourceType::image_builder;
    case LimitUsage::Kind::elastic_sessions:
      return type == ResourceType::elastic;
    default:
      return true;
  }
}

/// Whether the instances of `resource` are among those that ask for what a limit with these labels bounds.
bool in_scope(const Scenario& scenario, const Resource& resource, const Labels& labels) {
  const Account& account = scenario.accounts[resource.account];
  return std::all_of(labels.begin(), labels.end(), [&](const auto& label) {
    const std::string& name = label.first;
    const std::string& value = label.second;
    if (name == "account") return account.id == value;
    if (name == "region") return account.regions[resource.region].name == value;
    if (name == "resource") return resource.name == value;
    if (name == "instance_type") return resource.instance_type == value;
    if (name == "subnet")
      return std::any_of(resource.subnets.begin(), resource.subnets.end(),
                         [&](const Subnet& subnet) { return cidr(subnet) == value; });
    return true;
  });
}

/// The instances that make a limit's demand, where it is they who do and their number is fixed.
std::optional<double> instances_behind(const Scenario& scenario, const LimitUsage& usage) {
  if (usage.kind == LimitUsage::Kind::capacity) return std::nullopt;
  double instances = 0;
  for (const Resource& resource : scenario.resources) {
    if (!is_counted(resource.type, usage.kind) || !in_scope(scenario, resource, usage.labels)) continue;
    if (resource.scaling || resource.type == ResourceType::elastic) return std::nullopt;
    instances += static_cast<double>(resource.instances);
  }
  return instances > 0 ? std::optional(instances) : std::nullopt;
}

}  // namespace

FirstLimit find_first_limit(const Scenario& scenario, std::span<const LimitOverview> limits) {
  const auto found = std::find_if(limits.begin(), limits.end(), [](const LimitOverview& limit) {
    return refused(limit.usage) || limit.usage.utilisation() > 0;
  });
  if (found == limits.end()) return {};
  FirstLimit first{&*found, refused(found->usage), std::nullopt, std::nullopt};
  if (first.broke) return first;
  first.demand_factor = 1 / found->usage.utilisation();
  if (const auto instances = instances_behind(scenario, found->usage))
    first.instances = *instances * *first.demand_factor;
  return first;
}

double headroom(const LimitUsage& usage) {
  return refused(usage) ? 0 : std::max(0.0, 1 - usage.utilisation());
}

}  // namespace credsim::report
