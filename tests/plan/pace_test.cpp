#include "credsim/pace.hpp"

#include <cmath>
#include <limits>
#include <thread>

#include "test_support/catch.hpp"

using namespace credsim;
using namespace std::chrono_literals;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const std::atomic<bool> kGoOn{false};

SimTime at(Duration since_start) {
  return kSimulationStart + since_start;
}

void nothing() {}

}  // namespace

TEST_CASE("a paced run never comes to a moment before the wall clock does") {
  Pace pace(1000.0);
  const auto started = Pace::WallClock::now();
  pace.start(kSimulationStart);
  for (const Duration then : {Duration{5s}, Duration{20s}, Duration{21s}, Duration{60s}}) {
    REQUIRE(pace.wait_for(at(then), kGoOn, nothing));
    CHECK(Pace::WallClock::now() - started >= then / 1000);
  }
  CHECK(pace.target_ratio() == 1000);
  CHECK(pace.reached_ratio() > 0);
  CHECK(pace.reached_ratio() <= 1000);
}

TEST_CASE("a piece is a quarter of a second's worth in whole steps, and at least one") {
  CHECK(Pace(60.0).piece(1s) == 15s);
  CHECK(Pace(1.0).piece(1s) == 1s);
  CHECK(Pace(3600.0).piece(7s) == 896s);
  CHECK(Pace(1e9).piece(1s) == 1s * (1 << 20));
}

TEST_CASE("without a speed nothing waits, and what is asked for is without bound") {
  Pace pace(std::nullopt);
  pace.start(kSimulationStart);
  CHECK(pace.wait_for(at(std::chrono::hours{24 * 365}), kGoOn, nothing));
  CHECK(pace.target_ratio() == kInfinity);
  CHECK_FALSE(pace.fell_behind());
}

TEST_CASE("a run that waits ends when it is stopped, paused or not", "[threaded]") {
  for (const bool paused : {false, true}) {
    Pace pace(0.001);
    if (paused) pace.pause();
    pace.start(kSimulationStart);
    std::atomic<bool> stop{false};
    std::thread other([&] { stop = true; });
    CHECK_FALSE(pace.wait_for(at(1h), stop, nothing));
    other.join();
  }
}

TEST_CASE("a paused run waits, shows itself all the same, and goes on when it is told to", "[threaded]") {
  Pace pace(1e6);
  pace.start(kSimulationStart);
  pace.pause();
  int shown = 0;
  double target = kInfinity;
  REQUIRE(pace.wait_for(at(1s), kGoOn, [&] {
    target = pace.target_ratio();
    if (++shown == 2) pace.resume();
  }));
  CHECK(target == 0);
  CHECK(shown == 2);
  CHECK(pace.target_ratio() == 1e6);
}

TEST_CASE("another speed counts from what is simulated, so that a slow one has no day of a fast one to wait for") {
  Pace pace(std::nullopt);
  pace.start(kSimulationStart);
  pace.set_speed(0.001);
  REQUIRE(pace.wait_for(at(std::chrono::hours{24}), kGoOn, nothing));
  CHECK(pace.target_ratio() == 0.001);
}

TEST_CASE("a run that is later than it may be says so once for each speed") {
  Pace pace(1e9, 0s);
  pace.start(kSimulationStart);
  REQUIRE(pace.wait_for(at(1us), kGoOn, nothing));
  CHECK(pace.fell_behind());
  CHECK_FALSE(pace.fell_behind());
  REQUIRE(pace.wait_for(at(2us), kGoOn, nothing));
  CHECK_FALSE(pace.fell_behind());
  pace.set_speed(1e8);
  REQUIRE(pace.wait_for(at(3us), kGoOn, nothing));
  REQUIRE(pace.wait_for(at(4us), kGoOn, nothing));
  CHECK(pace.fell_behind());
}
