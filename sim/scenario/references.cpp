#include "scenario/references.hpp"

#include <vector>

namespace credsim {

namespace {

std::string_view name_in(const std::string& key) {
  return key;
}
std::string_view name_in(const std::pair<std::string, std::string>& key) {
  return key.first;
}

/// Says that `node` names nothing, and what of the map's keys was probably meant.
template <class Map>
void add_dangling(const YamlNode& node, std::string_view noun, const Map& known, std::string_view otherwise,
                  Diagnostics& diagnostics) {
  std::vector<std::string_view> names;
  if (!diagnostics.full())
    for (const auto& [key, index] : known) names.push_back(name_in(key));
  diagnostics.add(node.origin, "there is no " + std::string(noun) + " " + quoted_text(node.text) + "; " +
                                   name_suggestion(node.text, names, otherwise));
}

std::optional<std::size_t> role_by_name(const YamlNode& node, std::optional<std::size_t> account,
                                        ReadContext& context) {
  const auto& roles = context.roles_by_name;
  if (account) {
    const auto own = roles.find(std::pair(node.text, context.scenario.accounts[*account].id));
    if (own != roles.end()) return own->second;
  }
  const auto has_name = [&](auto role) { return role != roles.end() && role->first.first == node.text; };
  const auto first = roles.lower_bound(std::pair(node.text, std::string()));
  if (!has_name(first)) {
    add_dangling(node, "role", roles, "declare it under roles", context.diagnostics);
    return std::nullopt;
  }
  if (!has_name(std::next(first))) return first->second;
  context.diagnostics.add(node.origin, "roles of several accounts are named " + quoted_text(node.text) +
                                           "; write the ARN, such as " + context.scenario.roles[first->second].arn());
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> read_account_reference(const FieldReader& fields, std::string_view key,
                                                  ReadContext& context) {
  const YamlNode* node = fields.find(key);
  if (node == nullptr || !read_text(*node, key, context.diagnostics)) return std::nullopt;
  const auto account = context.accounts.find(node->text);
  if (account != context.accounts.end()) return account->second;
  add_dangling(*node, "account", context.accounts, "declare it under accounts", context.diagnostics);
  return std::nullopt;
}

std::optional<std::size_t> read_region_reference(const FieldReader& fields, std::string_view key, std::size_t account,
                                                 ReadContext& context) {
  const YamlNode* node = fields.find(key);
  if (node == nullptr || !read_text(*node, key, context.diagnostics)) return std::nullopt;
  const std::vector<Region>& regions = context.scenario.accounts[account].regions;
  for (std::size_t i = 0; i < regions.size(); ++i)
    if (regions[i].name == node->text) return i;
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < regions.size(); ++i) known.emplace(regions[i].name, i);
  add_dangling(*node, "Region", known, "declare it under the account's regions", context.diagnostics);
  return std::nullopt;
}

std::optional<std::size_t> read_image_reference(const FieldReader& fields, std::string_view key, ReadContext& context) {
  const YamlNode* node = fields.find(key);
  if (node == nullptr || !read_text(*node, key, context.diagnostics)) return std::nullopt;
  const auto image = context.images.find(node->text);
  if (image != context.images.end()) return image->second;
  add_dangling(*node, "image", context.images, "declare it under images", context.diagnostics);
  return std::nullopt;
}

std::optional<std::size_t> read_role_reference(const FieldReader& fields, std::string_view key,
                                               std::optional<std::size_t> account, ReadContext& context) {
  const YamlNode* node = fields.find(key);
  if (node == nullptr || !read_text(*node, key, context.diagnostics) || node->text == kNoRole) return std::nullopt;
  if (!node->text.starts_with("arn:")) return role_by_name(*node, account, context);
  const auto role = context.roles_by_arn.find(node->text);
  if (role != context.roles_by_arn.end()) return role->second;
  add_dangling(*node, "role", context.roles_by_arn, "declare it under roles", context.diagnostics);
  return std::nullopt;
}

}  // namespace credsim
