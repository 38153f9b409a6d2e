#pragma once

#include <nlohmann/json.hpp>

#include "scenario/placed_json.hpp"
#include "scenario/yaml_node.hpp"

namespace credsim {

/// The JSON of a YAML value, by YAML's core schema: scalars without quotes that read as a number, a truth value or null
/// are one. A number that JSON would not write so (012, 0x1F) is text.
[[nodiscard]] nlohmann::json to_json(const YamlNode& node);

/// The same, with the place of every value.
[[nodiscard]] PlacedJson to_placed_json(const YamlNode& node);

}  // namespace credsim
