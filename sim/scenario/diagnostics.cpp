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
  const auto known = std::find(sources_.begin(), sources_.end(), name);
  if (known != sources_.end()) return static_cast<std::uint32_t>(known - sources_.begin());
  sources_.push_back(std::move(name));
  return static_cast<std::uint32_t>(sources_.size() - 1);
}

void Diagnostics::add(Origin origin, std::string_view name, const std::string& message) {
  if (full()) {
    ++unlisted_;
    return;
  }
  const std::string text = std::string(name) + message;
  // What stands nowhere may be any of several values.
  const std::string& said = origin.place.line > 0 ? message : text;
  const bool is_new = said_.emplace(origin.source, origin.place.line, origin.place.column, said).second;
  if (is_new) found_.push_back({origin, text});
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
        {sources_[0], {}, std::to_string(unlisted_) + " more errors are not listed; correct these first"});
  return diagnostics;
}

}  // namespace credsim
