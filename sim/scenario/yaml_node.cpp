#include "scenario/yaml_node.hpp"

namespace credsim {

const YamlNode* YamlNode::find(std::string_view key) const {
  if (kind != Kind::mapping) return nullptr;
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i].text == key) return &items[i];
  return nullptr;
}

YamlNode* YamlNode::find(std::string_view key) {
  return const_cast<YamlNode*>(static_cast<const YamlNode&>(*this).find(key));
}

std::string described(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "empty";
    case YamlNode::Kind::scalar:
      return quoted_text(node.text);
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::mapping:
      break;
  }
  return "a mapping";
}

std::string quoted_text(std::string_view text) {
  constexpr std::size_t kLongest = 80;
  std::string result = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool starts_character = (byte & 0xC0U) != 0x80U;
    if (i >= kLongest && starts_character) {
      result += "…";
      break;
    }
    if (byte < 0x20 || byte == 0x7F)
      result += byte == '\n' ? "\\n" : "?";
    else
      result += text[i];
  }
  return result + "\"";
}

}  // namespace credsim
