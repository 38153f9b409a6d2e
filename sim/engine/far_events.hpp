#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "credsim/pending_event_set.hpp"

#include "engine/event_bag.hpp"

namespace credsim {

/// The events that are not near yet, by windows of 2²⁸ µs (4.5 minutes), so that those of a window can be had together
/// when it comes near.
///
/// The number of a window is written in hexadecimal digits. An event lies in the bag of the highest digit in which its
/// window differs from the first one that is far, and of the value of that digit. As the first window moves on, bags
/// are dealt out over lower digits. So an event is moved at most once for each of nine digits. Those of the two lowest
/// digits take 8 bytes: their bag tells all but the low 32 bits of their time.
class FarEvents {
 public:
  static constexpr int kWindowBits = 28;

  FarEvents(std::int64_t first_window, ChunkPool& pool) : pool_(pool), first_window_(first_window) {}

  [[nodiscard]] std::size_t size() const { return size_; }

  /// Precondition: the event is not before the first far window.
  void push(const Event& event) {
    ++size_;
    place(event);
  }

  /// The least time. Precondition: not empty. Looks at all events of one bag.
  [[nodiscard]] SimTime least() const;

  /// Makes `window` the first that is far, and hands all events before it to `near`.
  template <typename Near>
  void advance(std::int64_t window, Near near) {
    while (size_ > 0) {
      const Place place = least_place();
      const std::int64_t start = start_of(place);
      if (place.level == 0 ? start >= window : start > window) {
        break;
      }
      if (place.level == 0) {
        take(place, start, [&](const Event& event) {
          --size_;
          near(event);
        });
      } else {
        first_window_ = start;
        take(place, start, [&](const Event& event) { this->place(event); });
      }
    }
    first_window_ = window;
  }

 private:
  static constexpr int kDigitBits = 4;
  static constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
  static constexpr std::size_t kLevels = 9;       // digits of a window's number
  static constexpr std::size_t kShortLevels = 2;  // those whose bags span no more than 2³² µs

  struct Place {
    std::size_t level;
    std::size_t digit;
  };
  static int shift_of(std::size_t level) { return kDigitBits * static_cast<int>(level); }

  void place(const Event& event) {
    const std::int64_t time = event.at.time_since_epoch().count();
    const std::int64_t window = time >> kWindowBits;
    const auto difference = static_cast<std::uint64_t>(window ^ first_window_);
    const std::size_t level = static_cast<std::size_t>(std::bit_width(difference | 1) - 1) / kDigitBits;
    const std::size_t digit = static_cast<std::size_t>(window >> shift_of(level)) % kDigits;
    occupied_[level] = static_cast<std::uint16_t>(occupied_[level] | 1U << digit);
    if (level < kShortLevels) {
      short_[level][digit].push(static_cast<std::uint64_t>(time) << 32 | event.what, pool_);
    } else {
      whole_[level - kShortLevels][digit].push(event, pool_);
    }
  }

  [[nodiscard]] Place least_place() const {
    std::size_t level = 0;
    while (occupied_[level] == 0) {
      ++level;
    }
    return {level, static_cast<std::size_t>(std::countr_zero(occupied_[level]))};
  }

  /// The first window of a bag.
  [[nodiscard]] std::int64_t start_of(Place place) const {
    const int above = shift_of(place.level + 1);
    return (first_window_ >> above << above) + (static_cast<std::int64_t>(place.digit) << shift_of(place.level));
  }

  [[nodiscard]] static Event event_of(std::uint64_t word, std::int64_t window) {
    const std::int64_t high = window >> (32 - kWindowBits) << 32;
    return {SimTime{Duration{high + static_cast<std::int64_t>(word >> 32)}}, static_cast<std::uint32_t>(word)};
  }

  template <typename Visit>
  void take(Place place, std::int64_t start, Visit visit) {
    occupied_[place.level] = static_cast<std::uint16_t>(occupied_[place.level] & ~(1U << place.digit));
    if (place.level < kShortLevels) {
      short_[place.level][place.digit].drain(pool_, [&](std::uint64_t word) { visit(event_of(word, start)); });
    } else {
      whole_[place.level - kShortLevels][place.digit].drain(pool_, visit);
    }
  }

  ChunkPool& pool_;
  std::int64_t first_window_;
  std::size_t size_ = 0;
  std::array<std::uint16_t, kLevels> occupied_{};  // a bit for each bag that is not empty
  std::array<std::array<Bag<std::uint64_t>, kDigits>, kShortLevels> short_;
  std::array<std::array<Bag<Event>, kDigits>, kLevels - kShortLevels> whole_;
};

}  // namespace credsim
