#include "engine/far_events.hpp"

#include <algorithm>

namespace credsim {

SimTime FarEvents::least() const {
  const Place place = least_place();
  SimTime least = SimTime::max();
  if (place.level < kShortLevels) {
    const std::int64_t start = start_of(place);
    short_[place.level][place.digit].for_each(
        [&](std::uint64_t word) { least = std::min(least, event_of(word, start).at); });
  } else {
    whole_[place.level - kShortLevels][place.digit].for_each(
        [&](const Event& event) { least = std::min(least, event.at); });
  }
  return least;
}

}  // namespace credsim
