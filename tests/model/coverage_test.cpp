#include "model/coverage.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "credsim/random.hpp"

#include "model/series_step.hpp"
#include "test_support/catch.hpp"

using namespace credsim;
using namespace credsim::model;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kSeed = 20261126;

SimTime at(Duration since_start) {
  return kSimulationStart + since_start;
}

struct Life {
  SimTime issued;
  SimTime expires;
};

}  // namespace

TEST_CASE("a step's number is the quotient rounded up, as a division gives it, for all times and step lengths") {
  INFO("seed " << kSeed);
  const RandomStream draws = RandomStream::root(kSeed, 0);
  const auto check = [](std::int64_t length, std::int64_t time) {
    INFO("step " << length << ", time " << time);
    REQUIRE(SeriesStep(Duration{length}).at_or_after(SimTime{Duration{time}}) ==
            static_cast<std::uint64_t>(time / length + (time % length != 0 ? 1 : 0)));
  };
  constexpr std::int64_t kLatest = INT64_MAX / 2;
  for (std::uint64_t n = 0; n < 200'000; ++n) {
    const auto length = 1 + static_cast<std::int64_t>(draws.bits(3 * n) >> (2 + draws.bits(3 * n + 1) % 62));
    const auto time = static_cast<std::int64_t>(draws.bits(3 * n + 2) >> (2 + draws.bits(3 * n + 1) / 64 % 62));
    check(length, time);
    // Where rounding turns: at the multiples of the step, the last of them above all.
    for (const std::int64_t multiple : {time / length * length, kLatest / length * length}) {
      check(length, multiple);
      check(length, std::max<std::int64_t>(0, multiple - 1));
      check(length, std::min(kLatest, multiple + 1));
    }
  }
}

TEST_CASE("coverage counts what has not expired at each step, several passed at once, as a list of all lives does") {
  INFO("seed " << kSeed);
  const RandomStream draws = RandomStream::root(kSeed, 1);
  constexpr Duration kStep = 10s;
  constexpr Duration kLongest = 17min + 3us;
  constexpr int kMostAtOnce = 6;  // steps
  Coverage coverage(kStep, kLongest + kMostAtOnce * kStep);
  int passed = 0;
  std::vector<SimTime> expiries;
  std::uint64_t draw = 0;
  for (SimTime step = at(kStep); step < at(3h); step += kStep) {
    for (SimTime now = step - kStep; now < step; now += kStep / 5) {
      const SimTime expires = now + Duration{static_cast<std::int64_t>(draws.bits(draw++)) & INT64_MAX} % kLongest;
      coverage.add(expires);
      expiries.push_back(expires);
      if (draws.bits(draw++) % 3 == 0) {
        const std::size_t taken_back = draws.bits(draw++) % expiries.size();
        coverage.remove(expiries[taken_back]);
        expiries.erase(expiries.begin() + static_cast<std::ptrdiff_t>(taken_back));
      }
    }
    if (++passed < kMostAtOnce && draws.bits(draw++) % 2 == 0) continue;
    passed = 0;
    coverage.reach(step + kStep / 2);  // comes to the last step
    const auto live = std::count_if(expiries.begin(), expiries.end(), [&](SimTime expires) { return expires > step; });
    REQUIRE(coverage.count() == live);
  }
}

TEST_CASE("the oldest live credential is the earliest issued of those that have not expired") {
  INFO("seed " << kSeed);
  const RandomStream draws = RandomStream::root(kSeed, 2);
  constexpr Duration kStep = 7s;
  constexpr Duration kLifetime = 15min;
  OldestLive oldest(kStep, kLifetime);
  std::vector<Life> lives;
  SimTime now = kSimulationStart;
  std::uint64_t draw = 0;
  for (SimTime step = at(kStep); step < at(6h); step += kStep) {
    // Now and then nothing is issued for longer than a life.
    for (; now < step; now += Duration{1 + static_cast<std::int64_t>(draws.bits(draw++) % 400'000'000)}) {
      if (now < at(2h) || now > at(3h)) {
        lives.push_back({now, now + kLifetime});
        oldest.add(now, now + kLifetime);
      }
    }
    const auto found = std::find_if(lives.begin(), lives.end(), [&](const Life& life) { return life.expires > step; });
    oldest.reach(step);
    REQUIRE(oldest.age(step) == (found == lives.end() ? Duration{} : step - found->issued));
  }
}
