#include "scenario/yaml_json.hpp"

namespace credsim {

namespace {

nlohmann::json scalar_to_json(const YamlNode& node) {
  if (!node.plain) return node.text;
  if (node.text == "True" || node.text == "TRUE") return true;
  if (node.text == "False" || node.text == "FALSE") return false;
  // Only numbers and truth values: a plain word that is JSON otherwise ("null") is no scalar here.
  nlohmann::json value = nlohmann::json::parse(node.text, nullptr, false);
  if (value.is_number() || value.is_boolean()) return value;
  return node.text;
}

std::string escaped(std::string_view key) {
  std::string text;
  for (const char character : key) {
    if (character == '~')
      text += "~0";
    else if (character == '/')
      text += "~1";
    else
      text += character;
  }
  return text;
}

nlohmann::json to_json(const YamlNode& node, const std::string& pointer, std::map<std::string, Origin>& places) {
  places[pointer] = node.origin;
  switch (node.kind) {
    case YamlNode::Kind::null:
      return nullptr;
    case YamlNode::Kind::scalar:
      return scalar_to_json(node);
    case YamlNode::Kind::list: {
      nlohmann::json list = nlohmann::json::array();
      for (std::size_t i = 0; i < node.items.size(); ++i)
        list.push_back(to_json(node.items[i], pointer + "/" + std::to_string(i), places));
      return list;
    }
    case YamlNode::Kind::mapping:
      break;
  }
  nlohmann::json object = nlohmann::json::object();
  for (std::size_t i = 0; i < node.keys.size(); ++i)
    object[node.keys[i].text] = to_json(node.items[i], pointer + "/" + escaped(node.keys[i].text), places);
  return object;
}

}  // namespace

nlohmann::json to_json(const YamlNode& node) {
  return to_placed_json(node).value;
}

PlacedJson to_placed_json(const YamlNode& node) {
  PlacedJson document;
  document.value = to_json(node, "", document.places);
  return document;
}

}  // namespace credsim
