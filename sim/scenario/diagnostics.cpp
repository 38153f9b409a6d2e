#include "scenario/diagnostics.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace credsim {

std::string Diagnostic::text() const {
  std::string place_text;
  if (place.line > 0) place_text = ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  return file + place_text + ": error: " + message;
}

std::uint32_t Diagnostics::add_source(std::string name) {
  sources_.push_back(std::move(name));
  return static_cast<std::uint32_t>(sources_.size() - 1);
}

void Diagnostics::add(Origin origin, std::string message) {
  if (!full())
    found_.push_back({origin, std::move(message)});
  else
    ++unlisted_;
}

std::vector<Diagnostic> Diagnostics::in_order() const {
  std::vector<Found> sorted = found_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Found& left, const Found& right) {
    const auto key = [](const Found& found) {
      return std::tuple(found.origin.source, found.origin.place.line, found.origin.place.column);
    };
    return key(left) < key(right);
  });

  std::vector<Diagnostic> diagnostics;
  diagnostics.reserve(sorted.size() + 1);
  for (Found& found : sorted)
    diagnostics.push_back({sources_[found.origin.source], found.origin.place, std::move(found.message)});
  if (unlisted_ > 0)
    diagnostics.push_back(
        {sources_[0], {}, std::to_string(unlisted_) + " more errors are not listed; mend these first"});
  return diagnostics;
}

}  // namespace credsim
