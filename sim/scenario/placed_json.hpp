#pragma once

#include <map>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "scenario/diagnostics.hpp"

namespace credsim {

/// What `places` has for the value at `pointer` or, where it has none, for the innermost one around it. Precondition:
/// it has a place of the whole document, "".
template <typename Place>
[[nodiscard]] Place innermost_place(const std::map<std::string, Place>& places, std::string pointer) {
  for (;;) {
    const auto place = places.find(pointer);
    if (place != places.end()) return place->second;
    const std::size_t slash = pointer.rfind('/');
    pointer.resize(slash == std::string::npos ? 0 : slash);
  }
}

/// A JSON document, and where each of its values stands in the text that it was read from.
struct PlacedJson {
  nlohmann::json value;
  std::map<std::string, Origin> places;  ///< by JSON pointer (RFC 6901); the whole document is ""

  /// The place of the value at `pointer`, or of the innermost one around it that is there.
  [[nodiscard]] Origin origin_of(std::string pointer) const { return innermost_place(places, std::move(pointer)); }
};

}  // namespace credsim
