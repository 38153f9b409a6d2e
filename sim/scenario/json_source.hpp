#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "scenario/placed_json.hpp"

namespace credsim {

/// Parses `text` as one JSON document (RFC 8259), of a policy file. A byte order mark before it does not count.
/// Refuses, each with its place: text that is not UTF-8, syntax errors, duplicate keys, numbers beyond a double, what
/// follows the document, and what exceeds the bounds of yaml_source.hpp. On any fault returns nothing.
[[nodiscard]] std::optional<PlacedJson> parse_json(std::string_view text, std::uint32_t source,
                                                   Diagnostics& diagnostics);

}  // namespace credsim
