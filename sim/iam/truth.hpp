#pragma once

#include <cstdint>

namespace credsim::iam {

/// Kleene's three-valued logic: `open` is what depends on a key that was not given.
enum class Truth : std::uint8_t { no, open, yes };

constexpr Truth truth(bool value) {
  return value ? Truth::yes : Truth::no;
}
constexpr Truth operator||(Truth left, Truth right) {
  return left > right ? left : right;
}
constexpr Truth operator&&(Truth left, Truth right) {
  return left < right ? left : right;
}
constexpr Truth operator!(Truth value) {
  return value == Truth::open ? value : truth(value == Truth::no);
}

/// The disjunction, or conjunction, of what `say` says of each item.
template <typename Items, typename Say>
Truth any_of(const Items& items, Say say) {
  Truth result = Truth::no;
  for (const auto& item : items) {
    result = result || say(item);
    if (result == Truth::yes) break;
  }
  return result;
}
template <typename Items, typename Say>
Truth all_of(const Items& items, Say say) {
  return !any_of(items, [&](const auto& item) { return !say(item); });
}

}  // namespace credsim::iam
