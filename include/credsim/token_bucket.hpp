#pragma once

#include <cstdint>

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
  };

  explicit TokenBucket(Options options);

  /// Takes a token if a whole one is there at `now`; otherwise takes nothing, at no cost. `now` never goes back.
  [[nodiscard]] bool try_take(SimTime now);

  /// The first moment at or after `now` when a token will be there if none is taken meanwhile; kNever if none will.
  [[nodiscard]] SimTime next_token(SimTime now) const;

  /// Tokens there at `now`, rounded down to a thousandth: for showing, not for deciding.
  [[nodiscard]] double tokens(SimTime now) const;

  /// From `now` on another rate, burst and background. What is there stays, but for tokens above the new burst, and but
  /// for less than one unit of the new fraction (see `unit_`) where the old level is not a whole number of them.
  void change(SimTime now, Options options);

  [[nodiscard]] const Options& options() const { return options_; }

 private:
  __extension__ using Wide = __int128;

  void adopt(const Options& options);
  [[nodiscard]] Wide level_at(SimTime now) const;

  Options options_;
  SimTime updated_{};
  // A token is `unit_` units, the least common multiple of the two periods in microseconds, so that each rate gives a
  // whole number of units in a microsecond: together `gain_`, or 0 if the background takes all.
  Wide unit_ = 1;
  Wide gain_ = 0;
  Wide level_ = 0;        // units, at `updated_`
  Duration fill_time_{};  // from empty to full, rounded up; unused if nothing is gained
};

}  // namespace credsim
