#include "scenario/role_reader.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "scenario/policy_reader.hpp"
#include "scenario/references.hpp"

namespace credsim {

namespace {

constexpr std::array<Word<RoleKind>, 3> kRoleKinds = {{
    {"role", RoleKind::role},
    {"service_role", RoleKind::service_role},
    {"service_linked_role", RoleKind::service_linked_role},
}};

RoleKind kind_by_path(std::string_view path) {
  if (path.starts_with("/service-role/")) return RoleKind::service_role;
  if (path.starts_with("/aws-service-role/")) return RoleKind::service_linked_role;
  return RoleKind::role;
}

/// IAM API, RoleName: 1 to 64 of [\w+=,.@-].
bool is_role_name(std::string_view name) {
  constexpr std::string_view kOthers = "_+=,.@-";
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [&](char character) {
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z') || kOthers.find(character) != std::string_view::npos;
  });
}

/// IAM API, Path: "/", or up to 512 of U+0021 to U+007E between slashes.
bool is_path(std::string_view path) {
  return !path.empty() && path.size() <= 512 && path.front() == '/' && path.back() == '/' &&
         std::all_of(path.begin(), path.end(), [](char character) { return character > ' ' && character < '\x7F'; });
}

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

/// IAM quotas: 50 tags, keys of up to 128 characters, values of up to 256.
void read_tags(const YamlNode& node, Role& role, Diagnostics& diagnostics) {
  constexpr std::size_t kMostTags = 50;
  constexpr std::size_t kLongestKey = 128;
  constexpr std::size_t kLongestValue = 256;
  if (node.kind != YamlNode::Kind::mapping) {
    diagnostics.add(node.origin, "tags is " + described(node) + "; it must be a mapping such as {team: cad}");
    return;
  }
  if (node.keys.size() > kMostTags)
    diagnostics.add(node.origin, "tags has " + std::to_string(node.keys.size()) + " tags; a role can have 50");
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const std::string& key = node.keys[i].text;
    if (key.empty() || character_count(key) > kLongestKey || key.starts_with("aws:"))
      diagnostics.add(node.keys[i].origin, "tag " + quoted_text(key) +
                                               " has a key that IAM refuses; use 1 to 128 characters, not aws: first");
    const auto value = read_text(node.items[i], "tag " + quoted_text(key), diagnostics);
    if (!value) continue;
    if (character_count(*value) > kLongestValue)
      diagnostics.add(node.items[i].origin, "tag " + quoted_text(key) + " has a value of " +
                                                std::to_string(character_count(*value)) +
                                                " characters; use 256 at most");
    role.tags.emplace_back(key, *value);
  }
}

void read_session_duration(const FieldReader& fields, Role& role, Diagnostics& diagnostics) {
  fields.duration("max_session_duration", role.max_session_duration);
  if (role.max_session_duration < std::chrono::hours{1} || role.max_session_duration > std::chrono::hours{12})
    add_value_fault(*fields.find("max_session_duration"), "max_session_duration",
                    "is out of range; it must be from 1h to 12h", diagnostics);
}

void read_trust_policy(const YamlNode& node, Role& role, ReadContext& context) {
  role.trust_policy_place = scenario_place(node);
  const auto document = read_policy_json(node, iam::PolicyKind::trust, context);
  if (!document) return;
  role.trust_policy = parse_policy(*document, iam::PolicyKind::trust, context.diagnostics);
  role.trust_policy_parts = places_of(*document, context.diagnostics);
}

Role read_role(const YamlNode& node, ReadContext& context) {
  const FieldReader fields(node, "a role", keys::kRole, context.diagnostics);
  Role role;
  role.place = scenario_place(node);
  fields.text("name", role.name);
  if (!role.name.empty() && !is_role_name(role.name))
    add_value_fault(*fields.find("name"), "name", "is not a role's; use 1 to 64 letters, digits and _+=,.@-",
                    context.diagnostics);
  fields.text("path", role.path);
  if (!is_path(role.path))
    add_value_fault(*fields.find("path"), "path",
                    "is not a role's; begin and end it with /, without spaces, and use 512 characters at most",
                    context.diagnostics);
  if (const auto index = read_account_reference(fields, "account", context)) {
    const Account& account = context.scenario.accounts[*index];
    role.account = account.id;
    role.partition = account.partition();
  }

  role.kind = kind_by_path(role.path);
  fields.word<RoleKind>("kind", role.kind, kRoleKinds);
  if (const YamlNode* trust = fields.find("trust_policy")) read_trust_policy(*trust, role, context);
  read_policies(fields, "policies", iam::PolicyKind::identity, role.policies, role.policy_places, context);
  role.permissions_boundary =
      read_policy(fields, "permissions_boundary", iam::PolicyKind::permissions_boundary, context);
  if (const YamlNode* tags = fields.find("tags")) read_tags(*tags, role, context.diagnostics);
  read_session_duration(fields, role, context.diagnostics);
  return role;
}

std::string in_lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
  });
  return text;
}

}  // namespace

void read_roles(const FieldReader& scenario, ReadContext& context) {
  std::set<std::pair<std::string, std::string>> names;
  for (const YamlNode& node : scenario.list("roles")) {
    Role role = read_role(node, context);
    if (!role.name.empty() && !names.emplace(role.account, in_lower_case(role.name)).second)
      context.diagnostics.add(node.origin, "role " + quoted_text(role.name) +
                                               " is there already; names of an account's roles must differ in more "
                                               "than upper and lower case");
    context.roles_by_arn.emplace(role.arn(), context.scenario.roles.size());
    context.roles_by_name.emplace(std::pair(role.name, role.account), context.scenario.roles.size());
    context.scenario.roles.push_back(std::move(role));
  }
}

void read_images(const FieldReader& scenario, ReadContext& context) {
  for (const YamlNode& node : scenario.list("images")) {
    const FieldReader fields(node, "an image", keys::kImage, context.diagnostics);
    Image image;
    image.place = scenario_place(node);
    fields.name("name", image.name);
    if (const auto date = fields.scalar<std::chrono::sys_days>("agent_released", parse_date))
      image.agent_released = *date;
    if (!image.name.empty() && !context.images.emplace(image.name, context.scenario.images.size()).second)
      context.diagnostics.add(node.origin,
                              "image " + quoted_text(image.name) + " is there already; give each one once");
    context.scenario.images.push_back(std::move(image));
  }
}

}  // namespace credsim
