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

/// The least number of single characters to insert, remove or replace and of neighbours to swap, without regard to
/// case. No place is edited twice (the optimal string alignment distance).
std::size_t edit_distance(std::string_view left, std::string_view right) {
  const auto same = [](char a, char b) { return ascii_lower(a) == ascii_lower(b); };
  std::vector<std::size_t> before_last(right.size() + 1);
  std::vector<std::size_t> last(right.size() + 1);
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t replaced = last[j] + (same(left[i], right[j]) ? 0U : 1U);
      row[j + 1] = std::min({replaced, row[j] + 1, last[j + 1] + 1});
      if (i > 0 && j > 0 && same(left[i], right[j - 1]) && same(left[i - 1], right[j]))
        row[j + 1] = std::min(row[j + 1], before_last[j - 1] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::string in_quotes(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

std::string listed(std::span<const std::string> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return text;
}

std::string suggestion(std::string_view unknown, std::span<const std::string_view> known) {
  std::string_view nearest;  // empty if several are equally near: none of them was probably meant then
  std::size_t nearest_distance = 3;
  if (unknown.size() <= kLongestName) {
    for (const std::string_view name : known) {
      const std::size_t distance = edit_distance(unknown, name);
      // Less than half of a longer name may be wrong, one slip of a short one, but not all of a name.
      const std::size_t too_far = std::min(name.size(), std::max(name.size() / 2, std::size_t{2}));
      if (distance > nearest_distance || distance >= too_far) continue;
      nearest = distance < nearest_distance ? name : std::string_view{};
      nearest_distance = distance;
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
