#include "model/usage_meter.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>

#include "credsim/random.hpp"

#include "test_support/catch.hpp"

using namespace credsim;
using namespace credsim::model;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kSeed = 20261126;

/// Gaps between events from a microsecond to half an hour.
Duration drawn_gap(RandomStream stream, std::uint64_t index) {
  return Duration{
      static_cast<std::int64_t>(stream.bits(2 * index) % (std::uint64_t{1} << stream.bits(2 * index + 1) % 31))};
}

double largest(const std::map<std::int64_t, std::int64_t>& counts) {
  std::int64_t most = 0;
  for (const auto& [period, count] : counts) {
    most = std::max(most, count);
  }
  return static_cast<double>(most);
}

}  // namespace

TEST_CASE("the busiest second, minute and ten minutes are those that counting each of them finds") {
  INFO("seed " << kSeed);
  for (std::uint64_t round = 0; round < 50; ++round) {
    const RandomStream stream = RandomStream::root(kSeed, round);
    RequestMeter meter;
    std::map<std::int64_t, std::int64_t> seconds;
    std::map<std::int64_t, std::int64_t> minutes;
    std::map<std::int64_t, std::int64_t> ten_minutes;
    std::int64_t now = 0;
    for (std::uint64_t n = 0; n < 2000; ++n) {
      meter.count(SimTime{Duration{now}});
      ++seconds[now / 1'000'000];
      ++minutes[now / 60'000'000];
      ++ten_minutes[now / 600'000'000];
      now += drawn_gap(stream, n).count() % 60'000'000;
    }
    meter.finish();
    INFO("round " << round);
    REQUIRE(meter.peak_second() == largest(seconds));
    REQUIRE(meter.peak_minute() == largest(minutes) / 60);
    REQUIRE(meter.peak_ten_minutes() == largest(ten_minutes) / 600);
  }
}

TEST_CASE("a request at the first moment of a second belongs to that second") {
  RequestMeter meter;
  meter.count(kSimulationStart + 1s - 1us);
  meter.count(kSimulationStart + 1s);
  meter.count(kSimulationStart + 2s - 1us);
  meter.count(kSimulationStart + 2s);
  meter.finish();
  CHECK(meter.peak_second() == 2);
  CHECK(meter.peak_minute() == 4.0 / 60);
}

TEST_CASE("a level's busiest minute has the largest mean of all minutes of the clock") {
  INFO("seed " << kSeed);
  for (std::uint64_t round = 0; round < 50; ++round) {
    const RandomStream stream = RandomStream::root(kSeed, round).child("level");
    LevelMeter meter;
    std::map<std::int64_t, std::int64_t> areas;
    std::int64_t now = 0;
    std::int64_t level = 0;
    std::int64_t peak = 0;
    for (std::uint64_t n = 0; n < 300; ++n) {
      const std::int64_t until = now + drawn_gap(stream, n).count();
      while (now < until) {
        const std::int64_t cut = std::min(until, (now / 60'000'000 + 1) * 60'000'000);
        areas[now / 60'000'000] += level * (cut - now);
        now = cut;
      }
      level = static_cast<std::int64_t>(stream.child(n).bits(0) % 1000);
      peak = std::max(peak, level);
      meter.set(SimTime{Duration{now}}, level);
    }
    meter.finish(SimTime{Duration{now}});
    INFO("round " << round);
    REQUIRE(meter.level() == level);
    REQUIRE(meter.peak() == static_cast<double>(peak));
    REQUIRE(meter.peak_minute() == largest(areas) / 60e6);
  }
}

TEST_CASE("a level meter that starts anew has the peaks of what follows, from the level that it is at") {
  LevelMeter meter;
  meter.set(kSimulationStart + 10s, 100);
  meter.set(kSimulationStart + 2min, 4);
  meter.start_anew(kSimulationStart + 150s);
  meter.set(kSimulationStart + 170s, 7);
  meter.set(kSimulationStart + 180s, 0);
  meter.finish(kSimulationStart + 5min);
  CHECK(meter.peak() == 7);
  CHECK(meter.peak_minute() == Approx((4 * 20 + 7 * 10) / 60.0));  // of a minute that is cut in half
}
