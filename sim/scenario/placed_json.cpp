#include "scenario/placed_json.hpp"

namespace credsim {

Origin PlacedJson::origin_of(std::string pointer) const {
  for (;;) {
    const auto place = places.find(pointer);
    if (place != places.end()) return place->second;
    const std::size_t slash = pointer.rfind('/');
    pointer.resize(slash == std::string::npos ? 0 : slash);
  }
}

}  // namespace credsim
