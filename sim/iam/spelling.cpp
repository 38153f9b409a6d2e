#include "iam/spelling.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "iam/wildcard.hpp"

namespace credsim::iam {

namespace {

/// Longer words are no names of ours; comparing them would be quadratic in what a stranger wrote.
constexpr std::size_t kLongestName = 64;

/// The least number of single characters to insert, remove or replace, without regard to case.
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t replaced = diagonal + (ascii_lower(left[i]) == ascii_lower(right[j]) ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string in_quotes(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

std::string suggestion(std::string_view unknown, std::span<const std::string_view> known) {
  std::string_view nearest;
  std::size_t nearest_distance = 3;
  if (unknown.size() <= kLongestName) {
    for (const std::string_view name : known) {
      const std::size_t distance = edit_distance(unknown, name);
      if (distance < nearest_distance && distance < name.size() / 2) {
        nearest = name;
        nearest_distance = distance;
      }
    }
  }
  if (!nearest.empty()) return "did you mean " + in_quotes(nearest) + "?";

  std::string list = "known are ";
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i > 0) list += ", ";
    list += known[i];
  }
  return list;
}

}  // namespace credsim::iam
