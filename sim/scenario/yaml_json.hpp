#pragma once

#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "scenario/yaml_node.hpp"

namespace credsim {

/// Where the values of a JSON document stand, by JSON pointer (RFC 6901).
using JsonPlaces = std::map<std::string, Origin>;

/// The JSON of a YAML value, by YAML's core schema: scalars without quotes that read as a number, a truth value or null
/// are one. A number that JSON would not write so (012, 0x1F) is text.
[[nodiscard]] nlohmann::json to_json(const YamlNode& node);

/// The same, and notes where every value stands.
[[nodiscard]] nlohmann::json to_json(const YamlNode& node, const std::string& pointer, JsonPlaces& places);

}  // namespace credsim
