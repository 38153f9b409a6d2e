#include "credsim/token_bucket.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "credsim/random.hpp"

#include "test_support/catch.hpp"

using namespace credsim;
using namespace std::chrono_literals;

namespace {

constexpr Duration kTick{1};

SimTime at(Duration since_start) {
  return kSimulationStart + since_start;
}

std::int64_t take_all(TokenBucket& bucket, SimTime now) {
  std::int64_t taken = 0;
  while (bucket.try_take(now)) {
    ++taken;
  }
  return taken;
}

/// The slow obvious twin: time passes a microsecond at a time, and the level is a count of 1/(per × background per)
/// tokens. Good for small periods only.
class SteppedBucket {
 public:
  explicit SteppedBucket(const TokenBucket::Options& options)
      : token_(options.rate.per.count() * options.background.per.count()),
        gain_(std::max<std::int64_t>(0, options.rate.tokens * options.background.per.count() -
                                            options.background.tokens * options.rate.per.count())),
        full_(options.burst * token_),
        level_(full_) {}

  bool try_take(SimTime now) {
    for (; now_ < now; now_ += kTick) {
      level_ = std::min(full_, level_ + gain_);
    }
    if (level_ < token_) {
      return false;
    }
    level_ -= token_;
    return true;
  }

 private:
  std::int64_t token_;
  std::int64_t gain_;
  std::int64_t full_;
  std::int64_t level_;
  SimTime now_ = kSimulationStart;
};

struct Case {
  const char* name;
  TokenBucket::Options options;
};

const std::vector<Case> kCases = {
    {"600/s burst 600", {.rate = {600, 1s}, .burst = 600}},
    {"600/s burst 1", {.rate = {600, 1s}, .burst = 1}},
    {"600/s burst 100, background 50/s", {.rate = {600, 1s}, .burst = 100, .background = {50, 1s}}},
    {"600/s burst 3, background 599/s", {.rate = {600, 1s}, .burst = 3, .background = {599, 1s}}},
    {"7/s burst 5", {.rate = {7, 1s}, .burst = 5}},
    {"7/s burst 5, background 1/h", {.rate = {7, 1s}, .burst = 5, .background = {1, 1h}}},
    {"7/s burst 2, background 401/min", {.rate = {7, 1s}, .burst = 2, .background = {401, 1min}}},
    {"40/h burst 10", {.rate = {40, 1h}, .burst = 10}},
    {"40/h burst 2, background 7/h", {.rate = {40, 1h}, .burst = 2, .background = {7, 1h}}},
    {"0.1/s burst 2", {.rate = {1, 10s}, .burst = 2}},
    {"0.1/s burst 2, background 0.033/s", {.rate = {1, 10s}, .burst = 2, .background = {33, 1000s}}},
    {"3,000,001/s burst 9", {.rate = {3'000'001, 1s}, .burst = 9}},
    {"2 a day, background 1 in a day less 1 us", {.rate = {2, 24h}, .burst = 1, .background = {1, 24h - kTick}}},
};

}  // namespace

TEST_CASE("a token bucket starts full and refuses the call after its burst is spent") {
  for (const Case& c : kCases) {
    INFO(c.name);
    TokenBucket bucket(c.options);
    CHECK(bucket.tokens(at(0s)) == static_cast<double>(c.options.burst));
    CHECK(take_all(bucket, at(0s)) == c.options.burst);
    CHECK_FALSE(bucket.try_take(at(0s)));
  }
}

TEST_CASE("a token is there at the microsecond that next_token names, not one before, and is the only one") {
  for (const Case& c : kCases) {
    INFO(c.name);
    TokenBucket bucket(c.options);
    SimTime now = at(12345us);
    take_all(bucket, now);
    for (int token = 1; token <= 500; ++token) {
      const SimTime due = bucket.next_token(now);
      REQUIRE(due > now);
      TokenBucket before = bucket;
      REQUIRE(before.next_token(due - kTick) == due);
      REQUIRE_FALSE(before.try_take(due - kTick));
      REQUIRE(before.try_take(due));
      TokenBucket after = bucket;
      REQUIRE(after.next_token(due + kTick) == due + kTick);
      REQUIRE(after.try_take(due + kTick));
      REQUIRE(take_all(bucket, due) >= 1);
      now = due;
    }
  }
}

TEST_CASE("n tokens after a bucket was emptied take exactly the least whole microseconds of n periods") {
  for (const Case& c : kCases) {
    INFO(c.name);
    // Net gain as a fraction of tokens per microsecond.
    const Rate& rate = c.options.rate;
    const Rate& background = c.options.background;
    __extension__ using Wide = __int128;
    const Wide denominator = Wide{rate.per.count()} * background.per.count();
    const Wide numerator = Wide{rate.tokens} * background.per.count() - Wide{background.tokens} * rate.per.count();
    // A bucket of one token would be full, and bank nothing, for the part of a microsecond until the token is taken.
    TokenBucket::Options options = c.options;
    ++options.burst;
    TokenBucket bucket(options);
    SimTime now = at(0s);
    take_all(bucket, now);
    for (std::int64_t n = 1; n <= 2000; ++n) {
      const auto expected = static_cast<std::int64_t>((n * denominator + numerator - 1) / numerator);
      const SimTime due = bucket.next_token(now);
      REQUIRE(due == at(Duration{expected}));
      REQUIRE(bucket.try_take(due));
      now = due;
    }
  }
}

TEST_CASE("600 a second gives its 600th token exactly one second after the bucket was emptied") {
  TokenBucket bucket({.rate = {600, 1s}, .burst = 600});
  CHECK(take_all(bucket, at(3s)) == 600);
  TokenBucket early = bucket;
  CHECK(take_all(early, at(4s - kTick)) == 599);
  CHECK(early.try_take(at(4s)));
  CHECK(take_all(bucket, at(4s)) == 600);
}

TEST_CASE("a token bucket decides as its slow twin does, under random calls") {
  constexpr std::uint64_t kSeed = 20261124;
  INFO("seed " << kSeed);
  const RandomStream draws = RandomStream::root(kSeed, 0);
  for (std::uint64_t round = 0; round < 200; ++round) {
    const RandomStream stream = draws.child(round);
    const auto drawn = [&](std::uint64_t index, std::uint64_t bound) {
      return static_cast<std::int64_t>(stream.bits(index) % bound);
    };
    const TokenBucket::Options options{.rate = {drawn(0, 40), Duration{1 + drawn(1, 300)}},
                                       .burst = 1 + drawn(2, 6),
                                       .background = {drawn(3, 20), Duration{1 + drawn(4, 300)}}};
    TokenBucket bucket(options);
    SteppedBucket twin(options);
    SimTime now = kSimulationStart;
    for (std::uint64_t call = 0; call < 500; ++call) {
      now += Duration{drawn(10 + call, 30)};
      INFO("round " << round << ", call " << call);
      REQUIRE(bucket.try_take(now) == twin.try_take(now));
    }
  }
}

TEST_CASE("a bucket too large for 64 bits decides as one that just fits") {
  // A token is 86,399,999,999 × 1,000,003 units: three times 35 of them are just below 2^63.
  TokenBucket::Options options{.rate = {2000, 1'000'003us}, .burst = 35, .background = {1, 24h - kTick}};
  TokenBucket narrow(options);
  ++options.burst;
  TokenBucket wide(options);
  REQUIRE(take_all(narrow, at(0s)) == 35);
  REQUIRE(take_all(wide, at(0s)) == 36);
  constexpr std::uint64_t kSeed = 20261126;
  INFO("seed " << kSeed);
  const RandomStream draws = RandomStream::root(kSeed, 0);
  SimTime now = kSimulationStart;
  int taken = 0;
  for (std::uint64_t call = 0; call < 20'000; ++call) {
    now += Duration{static_cast<std::int64_t>(draws.bits(call) % 900)};
    INFO("call " << call);
    REQUIRE(narrow.next_token(now) == wide.next_token(now));
    const bool there = narrow.try_take(now);
    REQUIRE(there == wide.try_take(now));
    REQUIRE(narrow.tokens(now) == wide.tokens(now));
    taken += there ? 1 : 0;
  }
  CHECK(taken > 15'000);
}

TEST_CASE("asking and being refused costs nothing and changes nothing") {
  const TokenBucket::Options options{.rate = {7, 1s}, .burst = 3, .background = {1, 1h}};
  TokenBucket asked(options);
  TokenBucket left_alone(options);
  take_all(asked, at(0s));
  take_all(left_alone, at(0s));
  const SimTime due = left_alone.next_token(at(0s));
  for (SimTime now = at(0s); now < due; now += Duration{37}) {
    REQUIRE_FALSE(asked.try_take(now));
    REQUIRE(asked.next_token(now) == due);
  }
  CHECK(asked.try_take(due));
}

TEST_CASE("a full bucket banks nothing") {
  TokenBucket bucket({.rate = {10, 1s}, .burst = 50});
  CHECK(take_all(bucket, at(24h * 365 * 100)) == 50);
  CHECK(bucket.next_token(at(24h * 365 * 100)) == at(24h * 365 * 100 + 100ms));
}

TEST_CASE("a background that takes the whole rate leaves the burst and nothing after it") {
  for (const Rate background : {Rate{600, 1s}, Rate{36000, 1min}, Rate{900, 1s}, Rate{1'000'000'000'000'000, 1us}}) {
    TokenBucket bucket({.rate = {600, 1s}, .burst = 5, .background = background});
    CHECK(bucket.next_token(at(0s)) == at(0s));
    CHECK(take_all(bucket, at(1h)) == 5);
    CHECK(bucket.next_token(at(1h)) == kNever);
    CHECK_FALSE(bucket.try_take(at(24h * 365)));
  }
}

TEST_CASE("a rate of zero never gives a token") {
  TokenBucket bucket({.rate = {0, 1s}, .burst = 1});
  CHECK(bucket.try_take(at(0s)));
  CHECK(bucket.next_token(at(0s)) == kNever);
  CHECK_FALSE(bucket.try_take(kNever));
}

TEST_CASE("the largest rates, bursts and periods do not overflow over the longest time") {
  constexpr std::int64_t kMost = 1'000'000'000'000'000;
  TokenBucket fast({.rate = {kMost, 1us}, .burst = kMost, .background = {1, 24h}});
  CHECK(fast.try_take(at(0s)));
  CHECK(fast.try_take(kNever));
  CHECK(fast.tokens(kNever) == static_cast<double>(kMost - 1));

  TokenBucket slow({.rate = {1, 24h - kTick}, .burst = 1, .background = {1, 24h}});
  CHECK(slow.try_take(at(0s)));
  // A microsecond a day is gained: the token takes (a day in microseconds)² less a bit: beyond kNever.
  CHECK(slow.next_token(at(0s)) == kNever);
  CHECK_FALSE(slow.try_take(at(24h * 365 * 1000)));

  TokenBucket wide({.rate = {kMost, 24h}, .burst = kMost, .background = {kMost - 12'000, 24h - kTick}});
  CHECK(wide.try_take(at(0s)));
  CHECK(wide.tokens(at(0s)) == static_cast<double>(kMost - 1));
  wide.change(at(24h), {.rate = {kMost, 24h - kTick}, .burst = kMost, .background = {kMost - 12'000, 24h}});
  CHECK(wide.try_take(kNever));
}

TEST_CASE("tokens for showing are rounded down to a thousandth") {
  TokenBucket bucket({.rate = {1, 3s}, .burst = 2});
  take_all(bucket, at(0s));
  CHECK(bucket.tokens(at(0s)) == 0);
  CHECK(bucket.tokens(at(1s)) == 0.333);
  CHECK(bucket.tokens(at(2s)) == 0.666);
  CHECK(bucket.tokens(at(3s - kTick)) == 0.999);
  CHECK(bucket.tokens(at(3s)) == 1);
  CHECK(bucket.tokens(at(24h)) == 2);
}

TEST_CASE("a change keeps what is there, but for tokens above the new burst") {
  TokenBucket bucket({.rate = {10, 1s}, .burst = 100});
  for (int i = 0; i < 40; ++i) {
    REQUIRE(bucket.try_take(at(0s)));
  }
  bucket.change(at(1s), {.rate = {1, 1s}, .burst = 200});
  CHECK(bucket.tokens(at(1s)) == 70);
  CHECK(bucket.tokens(at(3s)) == 72);
  bucket.change(at(3s), {.rate = {1, 1s}, .burst = 20});
  CHECK(bucket.tokens(at(3s)) == 20);
  CHECK(bucket.options().burst == 20);
}

TEST_CASE("a change to a rate with the same periods moves no token by a microsecond") {
  TokenBucket bucket({.rate = {600, 1s}, .burst = 1});
  REQUIRE(bucket.try_take(at(0s)));
  // 1,000 us at 600/s are 0.6 tokens, the missing 0.4 at 400/s are 1,000 us.
  bucket.change(at(1000us), {.rate = {600, 1s}, .burst = 1, .background = {200, 1s}});
  CHECK(bucket.next_token(at(1000us)) == at(2000us));
}

TEST_CASE("a level that is no whole number of the new units is rounded down") {
  TokenBucket bucket({.rate = {1, 3us}, .burst = 1});
  REQUIRE(bucket.try_take(at(0s)));
  // A third of a token in fractions of 1/7 is 2/7: five sevenths are missing.
  bucket.change(at(1us), {.rate = {1, 7us}, .burst = 1, .background = {0, 1us}});
  CHECK(bucket.next_token(at(1us)) == at(6us));
}

TEST_CASE("a level survives changes between the finest fractions without gain") {
  const TokenBucket::Options fine{.rate = {3, 24h - kTick}, .burst = 4, .background = {1, 24h}};
  const TokenBucket::Options coarse{.rate = {1, 1us}, .burst = 4, .background = {1, 1us}};
  TokenBucket bucket(fine);
  REQUIRE(bucket.try_take(at(0s)));
  bucket.change(at(6h), {.rate = {3, 24h - 7 * kTick}, .burst = 4, .background = {1, 24h}});
  CHECK(bucket.tokens(at(6h)) == Approx(3.5).margin(0.001));
  bucket.change(at(6h), coarse);
  CHECK(bucket.tokens(at(12h)) == 3);
  bucket.change(at(12h), fine);
  CHECK(bucket.tokens(at(12h)) == 3);
}
