#include "scenario/resource_reader.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "iam/ip_range.hpp"
#include "scenario/distribution_reader.hpp"
#include "scenario/references.hpp"
#include "scenario/request_context_reader.hpp"
#include "scenario/rotation_reader.hpp"
#include "scenario/session_reader.hpp"
#include "scenario/workload_reader.hpp"

namespace credsim {

namespace {

constexpr std::array<Word<ResourceType>, 3> kFleetTypes = {{
    {"always_on", ResourceType::always_on},
    {"on_demand", ResourceType::on_demand},
    {"elastic", ResourceType::elastic},
}};

bool overlap(const Subnet& left, const Subnet& right) {
  const unsigned bits = std::min(left.prefix_bits, right.prefix_bits);
  return ((left.base ^ right.base) >> (32 - bits)) == 0;
}

void read_subnets(const FieldReader& fields, Resource& resource, Diagnostics& diagnostics) {
  constexpr std::size_t kMostSubnets = 1000;
  const std::span<const YamlNode> items = fields.list("subnets");
  const YamlNode* list = fields.find("subnets");
  if (list != nullptr && list->kind == YamlNode::Kind::list && (items.empty() || items.size() > kMostSubnets)) {
    diagnostics.add(list->origin, "subnets has " + std::to_string(items.size()) + " items; write 1 to 1000");
    return;
  }
  for (const YamlNode& item : items) {
    auto subnet = read_scalar<Subnet>(item, "subnet", parse_subnet, diagnostics);
    if (!subnet) continue;
    subnet->place = scenario_place(item);
    const bool overlaps = std::any_of(resource.subnets.begin(), resource.subnets.end(),
                                      [&](const Subnet& other) { return overlap(other, *subnet); });
    if (overlaps) add_value_fault(item, "subnet", "overlaps one before it; write blocks apart", diagnostics);
    resource.subnets.push_back(*subnet);
  }
}

bool may_be_private(const AddressBlock& block) {
  const iam::IpRange range = *iam::IpRange::parse(block.cidr());
  const auto known = iam::private_ranges();
  return std::any_of(known.begin(), known.end(),
                     [&](const iam::IpRange& other) { return other.covers(range) || range.covers(other); });
}

/// Where AWS sees the instances' calls come from.
void read_egress(const FieldReader& resource_fields, Resource& resource, Diagnostics& diagnostics) {
  const YamlNode* node = resource_fields.find("egress");
  if (node == nullptr) return;
  constexpr std::size_t kMostBlocks = 1000;
  const FieldReader fields(*node, "egress", keys::kEgress, diagnostics);
  const std::span<const YamlNode> items = fields.list("addresses");
  if (const YamlNode* list = fields.find("addresses"); list != nullptr && list->kind == YamlNode::Kind::list)
    if (items.empty() || items.size() > kMostBlocks)
      diagnostics.add(list->origin, "addresses has " + std::to_string(items.size()) + " items; write 1 to 1000");
  for (const YamlNode& item : items.first(std::min(items.size(), kMostBlocks))) {
    const auto block = read_scalar<AddressBlock>(item, "egress", parse_address_block, diagnostics);
    if (!block) continue;
    resource.egress.push_back(*block);
    if (may_be_private(*block))
      add_value_fault(item, "egress",
                      "has private addresses, which AWS never sees; write the public ones of the NAT gateway or the "
                      "instances",
                      diagnostics);
  }
}

void read_role_changes(const FieldReader& fields, Resource& resource, ReadContext& context) {
  for (const YamlNode& node : fields.list("role_changes")) {
    const FieldReader change_fields(node, "a role change", keys::kRoleChange, context.diagnostics);
    RoleChange change;
    change_fields.moment("at", context.start, change.at);
    change.role = read_role_reference(change_fields, "role", resource.account, context);
    if (!resource.role_changes.empty() && change_fields.has("at") && change.at <= resource.role_changes.back().at)
      context.diagnostics.add(change_fields.origin_of("at"),
                              "at is not after that of the change before; sort the list by time");
    resource.role_changes.push_back(change);
  }
}

void read_stop_start(const FieldReader& fields, Resource& resource, ReadContext& context) {
  for (const YamlNode& node : fields.list("stop_start")) {
    const FieldReader pair_fields(node, "an item of stop_start", keys::kStopStart, context.diagnostics);
    StopStart pair{};
    pair_fields.moment("stop", context.start, pair.stop);
    pair.start = pair.stop + Duration{1};
    pair_fields.moment("start", context.start, pair.start);
    if (pair.start <= pair.stop)
      context.diagnostics.add(pair_fields.origin_of("start"), "start is not after stop; write a later time");
    if (!resource.stop_start.empty() && pair.stop < resource.stop_start.back().start)
      context.diagnostics.add(pair_fields.origin_of("stop"),
                              "stop is before the start of the item before; sort the list, without overlaps");
    resource.stop_start.push_back(pair);
  }
}

void read_workloads(const FieldReader& fields, Resource& resource, std::optional<std::size_t> account,
                    ReadContext& context) {
  std::set<std::string> names;
  for (const YamlNode& node : fields.list("workloads")) {
    resource.workloads.push_back(read_workload(node, account, resource, context));
    const std::string& name = resource.workloads.back().name;
    if (!name.empty() && !names.insert(name).second)
      context.diagnostics.add(node.origin,
                              "workload " + quoted_text(name) + " is there already; give each of a fleet its own name");
  }
  if (resource.workloads.size() > kMaxWorkloads)
    context.diagnostics.add(fields.origin_of("workloads"), "workloads has " +
                                                               std::to_string(resource.workloads.size()) + " items; " +
                                                               std::to_string(kMaxWorkloads) + " are possible");
}

/// What fleets and image builders have in common.
void read_common(const FieldReader& fields, Resource& resource, ReadContext& context) {
  using std::chrono::seconds;
  fields.name("name", resource.name);
  const auto account = read_account_reference(fields, "account", context);
  resource.account = account.value_or(0);
  if (account) resource.region = read_region_reference(fields, "region", *account, context).value_or(0);
  if (fields.find("instance_type") != nullptr) fields.name("instance_type", resource.instance_type.emplace());
  resource.image = read_image_reference(fields, "image", context);
  resource.role = read_role_reference(fields, "role", account, context);
  if (const YamlNode* role = fields.find("role")) resource.role_place = scenario_place(*role);
  if (account) read_role_changes(fields, resource, context);
  read_subnets(fields, resource, context.diagnostics);
  fields.flag("default_internet_access", resource.default_internet_access);
  if (const YamlNode* endpoint = fields.find("vpc_endpoint"))
    resource.vpc_endpoint = read_text(*endpoint, "vpc_endpoint", context.diagnostics);
  read_egress(fields, resource, context.diagnostics);
  read_provisioning(fields, resource.provisioning, context);
  resource.on_demand_start = Distribution::uniform(seconds{60}, seconds{120});
  if (const YamlNode* on_demand = fields.find("on_demand")) {
    const FieldReader start(*on_demand, "on_demand", keys::kOnDemand, context.diagnostics);
    read_distribution(start, "start", resource.on_demand_start, context);
  }
  read_rotation(fields, resource.credentials, context);
  const auto* of_account = account ? &context.scenario.accounts[*account].request_context : nullptr;
  resource.request_context =
      read_request_context(fields, of_account != nullptr ? *of_account : resource.request_context, context.diagnostics);
  read_workloads(fields, resource, account, context);
}

void refuse_for_elastic(const FieldReader& fields, std::string_view key, Diagnostics& diagnostics) {
  if (fields.find(key) != nullptr)
    diagnostics.add(fields.origin_of(key), "an elastic fleet has no " + quoted_text(key) +
                                               ", as its instances come from a pool; bound it by max_concurrent");
}

/// How many instances a fleet has, and may get.
void read_capacity(const FieldReader& fields, Resource& fleet, ReadContext& context) {
  if (fleet.type == ResourceType::elastic) {
    fleet.instances = 0;
    refuse_for_elastic(fields, "instances", context.diagnostics);
    refuse_for_elastic(fields, "scaling", context.diagnostics);
    if (fleet.provisioning.steady)
      context.diagnostics.add(
          fields.find("provisioning")->find("start")->origin,
          "an elastic fleet has no instance at the start that could be \"steady\"; leave start out");
    if (!fields.has("max_concurrent"))
      context.diagnostics.add(fields.node().origin, "an elastic fleet needs \"max_concurrent\"; add it");
    fields.integer("max_concurrent", fleet.max_concurrent, 1, kMostInstances);
    return;
  }
  if (fields.find("max_concurrent") != nullptr)
    context.diagnostics.add(fields.origin_of("max_concurrent"),
                            "\"max_concurrent\" is for elastic fleets only; leave it out, or use scaling");
  if (const YamlNode* scaling = fields.find("scaling")) {
    fleet.scaling = read_scaling(*scaling, context);
    fleet.instances = fleet.scaling->min;
  } else if (!fields.has("instances") && !fields.has("scaling")) {
    context.diagnostics.add(fields.node().origin, "a fleet needs \"instances\" or \"scaling\"; add one of them");
  }
  fields.integer("instances", fleet.instances, 0, kMostInstances);
}

Resource read_fleet(const YamlNode& node, ReadContext& context) {
  const FieldReader fields(node, "a fleet", keys::kFleet, context.diagnostics);
  Resource fleet;
  fleet.place = scenario_place(node);
  read_common(fields, fleet, context);
  const auto type = fields.find("type");
  fields.word<ResourceType>("type", fleet.type, kFleetTypes);
  // An unknown type says nothing of what the fleet must have.
  const bool type_is_known = type != nullptr && type->text == resource_type_name(fleet.type);
  if (type_is_known) read_capacity(fields, fleet, context);
  if (const YamlNode* sessions = fields.find("sessions")) fleet.sessions = read_sessions(*sessions, context);
  return fleet;
}

Resource read_image_builder(const YamlNode& node, ReadContext& context) {
  const FieldReader fields(node, "an image builder", keys::kImageBuilder, context.diagnostics);
  Resource builder;
  builder.type = ResourceType::image_builder;
  builder.place = scenario_place(node);
  read_common(fields, builder, context);
  read_stop_start(fields, builder, context);
  return builder;
}

}  // namespace

void read_resources(const FieldReader& scenario, ReadContext& context) {
  std::set<std::tuple<std::size_t, std::size_t, std::string>> names;
  std::int64_t instances = 0;
  const auto enter = [&](Resource resource, const YamlNode& node) {
    if (!resource.name.empty() && !names.emplace(resource.account, resource.region, resource.name).second)
      context.diagnostics.add(node.origin, quoted_text(resource.name) +
                                               " is there already; fleets and image builders of an account and Region "
                                               "each need a name of their own");
    instances += resource.most_instances();
    context.resources.emplace(resource.name, context.scenario.resources.size());
    context.scenario.resources.push_back(std::move(resource));
  };
  for (const YamlNode& node : scenario.list("fleets")) enter(read_fleet(node, context), node);
  for (const YamlNode& node : scenario.list("image_builders")) enter(read_image_builder(node, context), node);

  if (instances > kMostInstances)
    context.diagnostics.add(scenario.origin_of("fleets"), "the fleets have up to " + std::to_string(instances) +
                                                              " instances in all; " + std::to_string(kMostInstances) +
                                                              " can be simulated");
  if (context.scenario.resources.empty() && context.diagnostics.empty())
    context.diagnostics.add(scenario.node().origin, "there is nothing to simulate; add a fleet or an image builder");
}

}  // namespace credsim
