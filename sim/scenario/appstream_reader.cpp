#include "scenario/appstream_reader.hpp"

#include <string>

#include "scenario/session_reader.hpp"

namespace credsim {

namespace {

constexpr std::int64_t kMostResources = 1'000'000;

void read_instances(const FieldReader& fields, std::string_view key, AppStreamQuotas::Instances& quotas,
                    Diagnostics& diagnostics) {
  const YamlNode* node = fields.find(key);
  if (node == nullptr) return;
  if (node->kind == YamlNode::Kind::scalar && node->text == "unlimited") {
    quotas.unlimited = true;
    return;
  }
  if (node->kind != YamlNode::Kind::mapping) {
    diagnostics.add(node->origin, std::string(key) + " is " + described(*node) +
                                      "; write a quota for each type, as in {stream.standard.medium: 5}, or unlimited");
    return;
  }
  for (std::size_t i = 0; i < node->keys.size(); ++i) {
    const std::string& type = node->keys[i].text;
    const auto quota = read_scalar<std::int64_t>(node->items[i], type, parse_integer, diagnostics);
    if (!quota) continue;
    if (*quota < 0 || *quota > kMostInstances)
      add_value_fault(node->items[i], type, "is out of range; it must be from 0 to " + std::to_string(kMostInstances),
                      diagnostics);
    quotas.given.emplace_back(type, *quota);
  }
}

}  // namespace

void read_appstream(const FieldReader& region, AppStreamQuotas& quotas, ReadContext& context) {
  const YamlNode* node = region.find("appstream");
  if (node == nullptr) return;
  const FieldReader fields(*node, "appstream", keys::kAppStream, context.diagnostics);
  fields.integer("fleets", quotas.fleets, 0, kMostResources);
  fields.integer("image_builders", quotas.image_builders, 0, kMostResources);
  const auto read = [&](std::string_view key, InstanceQuotaKind kind) {
    read_instances(fields, key, quotas.instances.at(static_cast<std::size_t>(kind)), context.diagnostics);
  };
  read("instances", InstanceQuotaKind::fleet_instances);
  read("image_builder_instances", InstanceQuotaKind::image_builder_instances);
  read("elastic_sessions", InstanceQuotaKind::elastic_sessions);
}

}  // namespace credsim
