#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/diagnostics.hpp"

namespace credsim {

/// A value of a YAML document, with its place. Aliases are copies, so that a node is a tree and may be changed.
struct YamlNode {
  enum class Kind : std::uint8_t { null, scalar, list, mapping };

  Kind kind = Kind::null;
  bool plain = false;  ///< a scalar without quotes: may be a number or a truth value
  std::string text;    ///< of a scalar
  Origin origin;
  std::vector<YamlNode> keys;   ///< of a mapping: scalars, each once
  std::vector<YamlNode> items;  ///< of a list, or the values of a mapping in the order of `keys`

  /// The value at `key` of a mapping; null if there is none, or if this is no mapping.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
  [[nodiscard]] YamlNode* find(std::string_view key);
};

/// What a message calls the value: `"abc"`, `a list`, `a mapping`, `empty`.
[[nodiscard]] std::string described(const YamlNode& node);

/// In double quotes, shortened if long, control characters made visible.
[[nodiscard]] std::string quoted_text(std::string_view text);

}  // namespace credsim
