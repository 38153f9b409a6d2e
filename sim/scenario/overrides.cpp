#include "scenario/overrides.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "scenario/field_reader.hpp"
#include "scenario/yaml_json.hpp"
#include "scenario/yaml_source.hpp"

namespace credsim {

namespace {

/// A `--set`, taken apart.
struct Setting {
  std::string path;
  std::vector<std::string> segments;
  std::string value;
};

/// Splits "a.\"b.c\".d=value". On a fault returns nothing and says why.
std::optional<Setting> split(std::string_view text, std::string& fault) {
  Setting setting;
  std::string segment;
  bool in_quotes = false;
  bool was_quoted = false;
  std::size_t i = 0;
  for (; i < text.size() && (in_quotes || text[i] != '='); ++i) {
    if (text[i] == '"') {
      in_quotes = !in_quotes;
      was_quoted = true;
    } else if (text[i] == '.' && !in_quotes) {
      if (segment.empty() && !was_quoted) break;
      setting.segments.push_back(std::move(segment));
      segment.clear();
      was_quoted = false;
    } else {
      segment += text[i];
    }
  }
  if (i == text.size() || text[i] != '=' || segment.empty() || in_quotes) {
    fault = "this is no setting; write it as fleets.eng.instances=20000";
    return std::nullopt;
  }
  setting.segments.push_back(std::move(segment));
  setting.path = text.substr(0, i);
  setting.value = text.substr(i + 1);
  return setting;
}

/// What an item of the list at `key` is called.
std::string_view item_noun(std::string_view key) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kNouns = {{
      {"accounts", "account"},
      {"regions", "Region"},
      {"roles", "role"},
      {"images", "image"},
      {"fleets", "fleet"},
      {"image_builders", "image builder"},
      {"workloads", "workload"},
      {"faults", "fault"},
  }};
  for (const auto& [list, noun] : kNouns)
    if (list == key) return noun;
  return "item";
}

/// The name by which a setting finds an item of a list; null if it has none.
const YamlNode* name_of(const YamlNode& item) {
  const YamlNode* name = item.find("name");
  if (name == nullptr) name = item.find("id");
  return name != nullptr && name->kind == YamlNode::Kind::scalar ? name : nullptr;
}

YamlNode* item_of(YamlNode& list, std::string_view list_key, const std::string& segment, std::string& fault) {
  YamlNode* found = nullptr;
  std::vector<std::string_view> names;
  for (YamlNode& item : list.items) {
    const YamlNode* name = name_of(item);
    if (name == nullptr) continue;
    names.push_back(name->text);
    if (name->text != segment) continue;
    if (found != nullptr) {
      fault = "several items of " + std::string(list_key) + " are named " + quoted_text(segment) +
              "; write the number of the one meant, from 0";
      return nullptr;
    }
    found = &item;
  }
  if (found != nullptr) return found;
  std::size_t index = list.items.size();
  const auto [end, error] = std::from_chars(segment.data(), segment.data() + segment.size(), index);
  if (error == std::errc{} && end == segment.data() + segment.size() && index < list.items.size())
    return &list.items[index];
  fault = "there is no " + std::string(item_noun(list_key)) + " " + quoted_text(segment) + "; " +
          name_suggestion(segment, names, "the list has " + std::to_string(list.items.size()) + " items");
  return nullptr;
}

/// Finds or makes the node at the path of `setting`; on a fault returns null and says why.
YamlNode* target_of(const Setting& setting, Origin origin, YamlNode& scenario, std::string& fault) {
  YamlNode* node = &scenario;
  std::string_view key = "the scenario";
  for (const std::string& segment : setting.segments) {
    if (node->kind == YamlNode::Kind::list) {
      node = item_of(*node, key, segment, fault);
      if (node == nullptr) return nullptr;
    } else if (node->kind == YamlNode::Kind::mapping) {
      YamlNode* value = node->find(segment);
      if (value == nullptr) {
        // A mapping for what is still to come; the last one is replaced by the value.
        node->keys.push_back({YamlNode::Kind::scalar, true, segment, origin, {}, {}});
        node->items.push_back({YamlNode::Kind::mapping, false, "", origin, {}, {}});
        value = &node->items.back();
      }
      node = value;
    } else {
      fault = std::string(key) + " is " + described(*node) + " and holds no " + quoted_text(segment) +
              "; set it as a whole";
      return nullptr;
    }
    key = segment;
  }
  return node;
}

std::optional<YamlNode> parse_value(const std::string& text, std::uint32_t source, Diagnostics& diagnostics) {
  if (text.find_first_not_of(" \t") == std::string::npos) {
    diagnostics.add({source, {}}, "there is no value; write one after the =");
    return std::nullopt;
  }
  return parse_yaml(text, source, diagnostics);
}

/// Places in a setting's text say nothing to who typed it.
void forget_places(YamlNode& node) {
  node.origin.place = {};
  for (YamlNode& key : node.keys) forget_places(key);
  for (YamlNode& item : node.items) forget_places(item);
}

}  // namespace

void apply_overrides(std::span<const std::string> settings, YamlNode& scenario, nlohmann::json& parameters,
                     Diagnostics& diagnostics) {
  for (const std::string& text : settings) {
    const std::uint32_t source = diagnostics.add_source("--set " + text);
    const Origin origin{source, {}};
    std::string fault;
    const auto setting = split(text, fault);
    if (!setting) {
      diagnostics.add(origin, fault);
      continue;
    }
    auto value = parse_value(setting->value, source, diagnostics);
    if (!value) continue;
    forget_places(*value);
    YamlNode* target = target_of(*setting, origin, scenario, fault);
    if (target == nullptr) {
      diagnostics.add(origin, fault);
      continue;
    }
    parameters[setting->path] = to_json(*value);
    *target = std::move(*value);
  }
}

}  // namespace credsim
