#pragma once

#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "scenario/diagnostics.hpp"

namespace credsim {

/// A JSON document, and where each of its values stands in the text that it was read from.
struct PlacedJson {
  nlohmann::json value;
  std::map<std::string, Origin> places;  ///< by JSON pointer (RFC 6901); the whole document is ""

  /// The place of the value at `pointer`, or of the innermost one around it that is there.
  [[nodiscard]] Origin origin_of(std::string pointer) const;
};

}  // namespace credsim
