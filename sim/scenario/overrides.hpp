#pragma once

#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "scenario/yaml_node.hpp"

namespace credsim {

/// Applies `--set dotted.key=value` settings to a scenario's tree, in order. Items of lists are found by their `name`
/// (accounts by their `id`) or by their number from 0; a name with a dot stands in quotes. The value is YAML. What is
/// missing on the way is created where it can only be a key, and is then held to the same rules as the file. Each value
/// that was set is added to `parameters` under its dotted key.
void apply_overrides(std::span<const std::string> settings, YamlNode& scenario, nlohmann::json& parameters,
                     Diagnostics& diagnostics);

}  // namespace credsim
