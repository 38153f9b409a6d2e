#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "scenario/yaml_node.hpp"

namespace credsim {

/// Bounds on what a file may hold. A scenario of ten thousand fleets is far below them; what is above is a mistake or
/// an attack, and is refused before it costs memory, stack or time.
inline constexpr std::size_t kLargestFile = std::size_t{16} << 20;
inline constexpr std::size_t kDeepestNesting = 64;
inline constexpr std::size_t kMostYamlValues = 1'000'000;  ///< keys too, and what aliases stand for

/// Reads a text file of at most kLargestFile bytes. On a fault returns nothing and sets `fault` to "what is wrong; what
/// would be right".
[[nodiscard]] std::optional<std::string> read_text_file(const std::string& path, std::string& fault);

/// Parses `text` as one YAML document. Refuses, each with its place: text that is not UTF-8 or holds control
/// characters, syntax errors, duplicate keys, keys that are no scalars, tags, several documents, and what exceeds the
/// bounds. On a fault that leaves no document to speak of, returns nothing.
[[nodiscard]] std::optional<YamlNode> parse_yaml(std::string_view text, std::uint32_t source, Diagnostics& diagnostics);

}  // namespace credsim
