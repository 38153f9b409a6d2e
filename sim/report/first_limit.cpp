#include "report/first_limit.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace credsim::report {
namespace {

/// Whether a limit of this kind counts the instances of such resources.
bool is_counted(ResourceType type, Limit::Kind kind) {
  switch (kind) {
    case Limit::Kind::instances:
      return type == ResourceType::always_on || type == ResourceType::on_demand;
    case Limit::Kind::image_builder_instances:
      return type == ResourceType::image_builder;
    case Limit::Kind::elastic_sessions:
      return type == ResourceType::elastic;
    case Limit::Kind::bucket:
    case Limit::Kind::interfaces:
    case Limit::Kind::subnet:
    case Limit::Kind::capacity:
      break;
  }
  return true;
}

bool has_a_role(const Resource& resource) {
  return resource.role || std::any_of(resource.role_changes.begin(), resource.role_changes.end(),
                                      [](const RoleChange& change) { return change.role.has_value(); });
}

/// Whether its agents or scripts spend from this bucket of a Region.
bool spends(const Scenario& scenario, const Resource& resource, std::string_view bucket, std::string_view region) {
  const auto& regions = scenario.accounts[resource.account].regions;
  const bool is_there = regions[resource.region].name == region;
  if (is_there && (bucket == bucket_name(BucketKind::create_network_interface) ||
                   bucket == bucket_name(BucketKind::delete_network_interface)))
    return true;
  if (is_there && has_a_role(resource) && bucket == bucket_name(resource.credentials.assume_role_spends)) return true;
  return std::any_of(resource.workloads.begin(), resource.workloads.end(), [&](const Workload& workload) {
    const auto spent = bucket_of(workload.calls);
    return spent && bucket_name(*spent) == bucket && regions[workload.region].name == region;
  });
}

/// Whether `resource` is among those that ask for what the limit bounds.
bool asks(const Scenario& scenario, const Resource& resource, const Limit& limit) {
  const Account& account = scenario.accounts[resource.account];
  const auto label = [&](std::string_view name) {
    const auto found =
        std::find_if(limit.labels.begin(), limit.labels.end(), [&](const auto& pair) { return pair.first == name; });
    return found != limit.labels.end() ? std::string_view(found->second) : std::string_view{};
  };
  if (account.id != label("account") || !is_counted(resource.type, limit.kind)) return false;
  if (limit.kind == Limit::Kind::bucket) return spends(scenario, resource, label("bucket"), label("region"));
  if (account.regions[resource.region].name != label("region")) return false;
  switch (limit.kind) {
    case Limit::Kind::instances:
    case Limit::Kind::image_builder_instances:
    case Limit::Kind::elastic_sessions:
      return resource.instance_type == label("instance_type");
    case Limit::Kind::subnet:
      return std::any_of(resource.subnets.begin(), resource.subnets.end(),
                         [&](const Subnet& subnet) { return subnet.cidr() == label("subnet"); });
    case Limit::Kind::capacity:
      return resource.name == label("resource");
    case Limit::Kind::bucket:
    case Limit::Kind::interfaces:
      break;
  }
  return true;
}

/// How many instances they have, where it is instances that ask and their number is fixed.
std::optional<double> fixed_instances(const std::vector<const Resource*>& resources, Limit::Kind kind) {
  if (kind == Limit::Kind::capacity) return std::nullopt;
  double instances = 0;
  for (const Resource* resource : resources) {
    if (resource->scaling || resource->type == ResourceType::elastic) return std::nullopt;
    instances += static_cast<double>(resource->instances);
  }
  return instances > 0 ? std::optional(instances) : std::nullopt;
}

/// Three digits of an estimate that has no more.
double rounded(double estimate) {
  const double unit = std::pow(10.0, std::max(0.0, std::floor(std::log10(estimate)) - 2));
  return std::round(estimate / unit) * unit;
}

double least_that_breaks(double instances, const LimitUsage& usage) {
  constexpr double kSlack = 1e-9;  // of a quotient that should be whole
  const double bears = std::max(instances, instances / usage.utilisation());
  const double next = std::floor(bears * (1 + kSlack)) + 1;
  return usage.kind == Limit::Kind::bucket && rounded(bears) > instances ? rounded(bears) : next;
}

}  // namespace

FirstLimit find_first_limit(const Scenario& scenario, std::span<const LimitOverview> limits) {
  using State = FirstLimit::State;
  const auto found = std::find_if(limits.begin(), limits.end(), [](const LimitOverview& limit) {
    return limit.usage.refused_any() || limit.usage.utilisation() > 0;
  });
  if (found == limits.end()) return {};
  const LimitUsage& usage = found->usage;
  FirstLimit first{usage.refused_any() ? State::broke : usage.full() ? State::full : State::room, &*found, {}, {}, {}};
  for (const Resource& resource : scenario.resources)
    if (asks(scenario, resource, usage)) first.resources.push_back(&resource);
  if (first.state == State::broke) return first;
  first.demand_factor = 1 / usage.utilisation();
  if (const auto instances = fixed_instances(first.resources, usage.kind))
    first.breaks_at = least_that_breaks(*instances, usage);
  return first;
}

std::string_view state_name(FirstLimit::State state) {
  switch (state) {
    case FirstLimit::State::none:
      break;
    case FirstLimit::State::broke:
      return "broke";
    case FirstLimit::State::full:
      return "full";
    case FirstLimit::State::room:
      return "room";
  }
  return "";
}

}  // namespace credsim::report
