#include "scenario/references.hpp"

#include <vector>

namespace credsim {

namespace {

/// The keys of a map, each once.
template <class Map>
std::vector<std::string_view> names_of(const Map& map) {
  std::vector<std::string_view> names;
  for (const auto& [name, index] : map)
    if (names.empty() || names.back() != name) names.push_back(name);
  return names;
}

void add_dangling(const YamlNode& node, std::string_view noun, const std::vector<std::string_view>& names,
                  std::string_view otherwise, Diagnostics& diagnostics) {
  diagnostics.add(node.origin, "there is no " + std::string(noun) + " " + quoted_text(node.text) + "; " +
                                   name_suggestion(node.text, names, otherwise));
}

std::optional<std::size_t> role_by_name(const YamlNode& node, std::optional<std::size_t> account,
                                        ReadContext& context) {
  const auto [first, last] = context.roles_by_name.equal_range(node.text);
  if (first == last) {
    add_dangling(node, "role", names_of(context.roles_by_name), "declare it under roles", context.diagnostics);
    return std::nullopt;
  }
  if (account)
    for (auto role = first; role != last; ++role)
      if (context.scenario.roles[role->second].account == context.scenario.accounts[*account].id) return role->second;
  if (std::next(first) == last) return first->second;
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
  add_dangling(*node, "account", names_of(context.accounts), "declare it under accounts", context.diagnostics);
  return std::nullopt;
}

std::optional<std::size_t> read_region_reference(const FieldReader& fields, std::string_view key, std::size_t account,
                                                 ReadContext& context) {
  const YamlNode* node = fields.find(key);
  if (node == nullptr || !read_text(*node, key, context.diagnostics)) return std::nullopt;
  const std::vector<Region>& regions = context.scenario.accounts[account].regions;
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < regions.size(); ++i) {
    if (regions[i].name == node->text) return i;
    names.push_back(regions[i].name);
  }
  add_dangling(*node, "Region", names, "declare it under the account's regions", context.diagnostics);
  return std::nullopt;
}

std::optional<std::size_t> read_image_reference(const FieldReader& fields, std::string_view key, ReadContext& context) {
  const YamlNode* node = fields.find(key);
  if (node == nullptr || !read_text(*node, key, context.diagnostics)) return std::nullopt;
  const auto image = context.images.find(node->text);
  if (image != context.images.end()) return image->second;
  add_dangling(*node, "image", names_of(context.images), "declare it under images", context.diagnostics);
  return std::nullopt;
}

std::optional<std::size_t> read_role_reference(const FieldReader& fields, std::string_view key,
                                               std::optional<std::size_t> account, ReadContext& context) {
  const YamlNode* node = fields.find(key);
  if (node == nullptr || !read_text(*node, key, context.diagnostics) || node->text == kNoRole) return std::nullopt;
  if (!node->text.starts_with("arn:")) return role_by_name(*node, account, context);
  const auto role = context.roles_by_arn.find(node->text);
  if (role != context.roles_by_arn.end()) return role->second;
  add_dangling(*node, "role", names_of(context.roles_by_arn), "declare it under roles", context.diagnostics);
  return std::nullopt;
}

}  // namespace credsim
