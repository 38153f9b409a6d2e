#pragma once

#include <algorithm>
#include <cstdint>
#include <variant>

#include "credsim/time.hpp"

namespace credsim {

/// A rate kept as a fraction: `tokens` every `per`. 600/s is {600, 1 s}; 0.1/s is {1, 10 s}; 40/h is {40, 1 h}.
/// 0 ≤ `tokens` ≤ 10¹⁵, 0 < `per` ≤ a day.
struct Rate {
  std::int64_t tokens = 0;
  Duration per = std::chrono::seconds{1};

  [[nodiscard]] double per_second() const {
    return static_cast<double>(tokens) / std::chrono::duration<double>(per).count();
  }
  friend bool operator==(const Rate&, const Rate&) = default;
};

/// A token bucket as AWS documents it for EC2 (Amazon EC2 API Reference, "Request throttling"; there it refills every
/// second, here continuously: an assumption). It starts full, refills at max(0, rate − background) up to `burst`, and a
/// full bucket banks nothing. The level is an exact fraction: 600/s gives its 600th token exactly one second after the
/// bucket was emptied, though no whole number of microseconds makes one. Costs no events; every operation is O(1).
/// Preconditions are checked in every build. Not thread-safe.
class TokenBucket {
 public:
  struct Options {
    Rate rate;
    std::int64_t burst = 1;  ///< tokens, from 1 to 10¹⁵
    Rate background = {};    ///< spent by the rest of the account before we ask; a fluid

    /// Tokens a second that are left for us: what it refills at.
    [[nodiscard]] double net_per_second() const { return std::max(0.0, rate.per_second() - background.per_second()); }
  };

  explicit TokenBucket(Options options);

  /// Takes a token if a whole one is there at `now`; otherwise takes nothing, at no cost. `now` never goes back.
  [[nodiscard]] bool try_take(SimTime now) {
    auto* const content = std::get_if<Content<std::int64_t>>(&content_);
    if (content == nullptr || now < updated_) [[unlikely]] {
      return try_take_wide(now);
    }
    const Duration elapsed = now - updated_;
    updated_ = now;
    return content->try_take(elapsed);
  }

  /// The first moment at or after `now` when a token will be there if none is taken meanwhile; kNever if none will.
  [[nodiscard]] SimTime next_token(SimTime now) const;

  /// Tokens there at `now`, rounded down to a thousandth: for showing, not for deciding.
  [[nodiscard]] double tokens(SimTime now) const;

  /// From `now` on another rate, burst and background. What is there stays, but for tokens above the new burst, and but
  /// for less than one unit of the new fraction (see `unit`) where the old level is not a whole number of them.
  void change(SimTime now, Options options);

  [[nodiscard]] const Options& options() const { return options_; }

 private:
  __extension__ using Wide = __int128;

  // A token is `unit` units, the least common multiple of the two periods in microseconds, so that each rate gives a
  // whole number of units in a microsecond.
  template <typename Units>
  struct Content {
    Units unit;
    Units full;
    Units gain;          // in a microsecond, of both rates together; 0 if the background takes all, at most `full`
    Units level;         // at `updated_`
    Duration fill_time;  // from empty to full, rounded up; 0 if nothing is gained

    [[nodiscard]] Units level_after(Duration elapsed) const {
      return std::min(full, level + gain * std::min(elapsed, fill_time).count());
    }
    bool try_take(Duration elapsed) {
      level = level_after(elapsed);
      if (level < unit) {
        return false;
      }
      level -= unit;
      return true;
    }
  };

  static Content<Wide> full_bucket(const Options& options);
  [[nodiscard]] Content<Wide> content_at(SimTime now) const;
  static std::variant<Content<std::int64_t>, Content<Wide>> narrowest(const Content<Wide>& content);
  bool try_take_wide(SimTime now);

  Options options_;
  SimTime updated_{};
  // In 64 bits where three full buckets fit into them, which is at all but extreme settings.
  std::variant<Content<std::int64_t>, Content<Wide>> content_;
};

}  // namespace credsim
