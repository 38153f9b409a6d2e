#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "credsim/pending_event_set.hpp"

#include "event_draws.hpp"
#include "test_support/catch.hpp"

using namespace credsim;
using namespace credsim::test;
using namespace std::chrono_literals;

namespace {

/// The set and its slow obvious twin, which must agree after every operation.
class Twins {
 public:
  void push(const Event& event) {
    set_.push(event);
    twin_.insert(event);
  }
  Event pop() {
    REQUIRE(set_.next_time() == twin_.begin()->at);
    const Event event = set_.pop();
    REQUIRE(event == *twin_.begin());
    twin_.erase(twin_.begin());
    REQUIRE(set_.size() == twin_.size());
    return event;
  }
  void pop_all() {
    while (!twin_.empty()) {
      pop();
    }
    REQUIRE(set_.empty());
  }
  void check_next_time() { REQUIRE(set_.next_time() == twin_.begin()->at); }
  void check_peek() {
    auto expected = twin_.begin();
    for (std::size_t ahead = 0; ahead < twin_.size() && ahead < 4; ++ahead, ++expected) {
      const std::optional<std::uint32_t> what = set_.peek(ahead);
      REQUIRE((!what || *what == expected->what));
    }
    REQUIRE(!set_.peek(twin_.size()));
  }
  [[nodiscard]] std::size_t size() const { return twin_.size(); }

 private:
  PendingEventSet set_;
  std::multiset<Event> twin_;
};

/// How far ahead of the present an event is scheduled.
struct Increments {
  const char* name;
  std::function<Duration(Draws&)> draw;
};

const std::vector<Increments> kIncrements = {
    {"exponential of an hour", [](Draws& d) { return exponential(d, 1h); }},
    {"now, always", [](Draws&) { return Duration{0}; }},
    {"now or a microsecond later", [](Draws& d) { return Duration{static_cast<std::int64_t>(d.below(2))}; }},
    {"an hour, always", [](Draws&) { return Duration{1h}; }},
    {"an hour and a second's jitter", [](Draws& d) { return 1h + exponential(d, 1s); }},
    {"retries of a second beside rotations of an hour",
     [](Draws& d) { return d.below(2) == 0 ? exponential(d, 1s) : Duration{1h} + exponential(d, 1min); }},
    {"mostly now, seldom in a day", [](Draws& d) { return d.below(100) == 0 ? Duration{24h} : Duration{0}; }},
    {"mostly in a day, seldom now", [](Draws& d) { return d.below(100) == 0 ? Duration{0} : Duration{24h}; }},
    {"a rotation in an hour and its answer, in turns",
     [](Draws& d) {
       return d.below(2) == 0 ? 54min + Duration{static_cast<std::int64_t>(d.below(60'000'000))}
                              : exponential(d, 200ms);
     }},
    {"just within and just beyond what 32 bits count",
     [](Draws& d) { return Duration{(std::int64_t{1} << 32) - 3 + static_cast<std::int64_t>(d.below(6))}; }},
    {"half a day", [](Draws& d) { return Duration{static_cast<std::int64_t>(d.below(43'200'000'000))}; }},
    {"from microseconds to years",
     [](Draws& d) { return Duration{static_cast<std::int64_t>(std::exp2(45 * d.uniform()))}; }},
    {"on the hour", [](Draws& d) { return Duration{1h} * static_cast<std::int64_t>(d.below(5)); }},
};

}  // namespace

TEST_CASE("the pending event set pops as its slow twin does, whatever the increments") {
  constexpr std::uint64_t kSeed = 1;
  INFO("seed " << kSeed);
  for (const Increments& increments : kIncrements) {
    for (const std::size_t pending : {1U, 40U, 1000U, 12'000U}) {
      INFO(increments.name << ", " << pending << " pending");
      Draws draws(kSeed);
      Twins twins;
      const auto scheduled = [&](SimTime now) {
        return Event{now + increments.draw(draws), static_cast<std::uint32_t>(draws.below(5000))};
      };
      for (std::size_t i = 0; i < pending; ++i) {
        twins.push(scheduled(kSimulationStart));
      }
      for (int step = 0; step < 8000; ++step) {
        twins.push(scheduled(twins.pop().at));
      }
      twins.pop_all();
    }
  }
}

TEST_CASE("the pending event set pops as its slow twin does while it grows and shrinks at random") {
  for (std::uint64_t seed = 100; seed < 120; ++seed) {
    INFO("seed " << seed);
    Draws draws(seed);
    Twins twins;
    SimTime now = kSimulationStart;
    for (int round = 0; round < 40; ++round) {
      const Increments& increments = kIncrements[draws.below(kIncrements.size())];
      const std::uint64_t pushes = std::uint64_t{1} << draws.below(12);
      for (std::uint64_t i = 0; i < pushes; ++i) {
        twins.push({now + increments.draw(draws), static_cast<std::uint32_t>(draws.below(100))});
      }
      twins.check_peek();
      const std::uint64_t pops = std::uint64_t{1} << draws.below(13);
      for (std::uint64_t i = 0; i < pops && twins.size() > 0; ++i) {
        now = twins.pop().at;
        if (i % 64 == 0) {
          twins.check_peek();
        }
      }
    }
    twins.pop_all();
  }
}

TEST_CASE("events have their place a tick before, at and after every power of two, seen from any moment") {
  for (const std::int64_t moment : {std::int64_t{0}, std::int64_t{1} << 31, (std::int64_t{1} << 32) - 1,
                                    std::int64_t{55'555'555'555}, std::int64_t{1} << 61}) {
    for (const bool relative : {false, true}) {
      INFO("from " << moment << (relative ? ", relative" : ", absolute"));
      Twins twins;
      twins.push({at(moment), 0});
      twins.pop();
      for (int bits = 0; bits < 62; ++bits) {
        for (const std::int64_t tick : {-1, 0, 1}) {
          const std::int64_t time = (std::int64_t{1} << bits) + tick + (relative ? moment : 0);
          if (time >= moment) {
            twins.push({at(time), static_cast<std::uint32_t>(tick + 1)});
          }
        }
      }
      // The low 32 bits come round again and again.
      for (std::int64_t rounds = 1; rounds < 40; ++rounds) {
        for (const std::int64_t tick : {-1, 0, 1}) {
          twins.push({at(moment + rounds * (std::int64_t{1} << 31) + tick), 7});
        }
      }
      twins.pop_all();
    }
  }
}

TEST_CASE("an event may come before one whose time was asked for, at any distance") {
  constexpr std::uint64_t kSeed = 7;
  INFO("seed " << kSeed);
  Draws draws(kSeed);
  Twins twins;
  twins.push({kNever, 0});
  SimTime now = kSimulationStart;
  for (int round = 0; round < 3000; ++round) {
    const Duration ahead{static_cast<std::int64_t>(draws.below(std::uint64_t{1} << draws.below(50)))};
    for (std::int64_t part = 1024; part > 0; part /= 4) {
      twins.push({now + ahead * part / 1024, static_cast<std::uint32_t>(draws.below(10))});
      twins.check_next_time();
    }
    for (int i = 0; i < 5; ++i) {
      now = twins.pop().at;
    }
  }
  twins.pop_all();
}

TEST_CASE("a storm to which its own past is added again and again is in order") {
  // Each time lesser events of the present microsecond come than any that is left, too many to sort at once.
  constexpr std::uint64_t kSeed = 8;
  INFO("seed " << kSeed);
  Draws draws(kSeed);
  Twins twins;
  for (std::uint32_t round = 0; round < 40; ++round) {
    const std::uint32_t least = 1'000'000 - round * 10'000;
    for (int i = 0; i < 2000; ++i) {
      twins.push({at(1h), least + static_cast<std::uint32_t>(draws.below(10'000))});
    }
    for (int i = 0; i < 800; ++i) {
      twins.pop();
    }
  }
  twins.pop_all();
}
