#include "credsim/pending_event_set.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include "credsim/random.hpp"

#include "test_support/catch.hpp"

using namespace credsim;
using namespace std::chrono_literals;

namespace {

SimTime at(Duration since_start) {
  return kSimulationStart + since_start;
}
SimTime at(std::int64_t microseconds) {
  return at(Duration{microseconds});
}

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
  void check_peek() {
    auto expected = twin_.begin();
    for (std::size_t ahead = 0; ahead < twin_.size() && ahead < 4; ++ahead, ++expected) {
      const Event* event = set_.peek(ahead);
      REQUIRE((event == nullptr || *event == *expected));
    }
    REQUIRE(set_.peek(twin_.size()) == nullptr);
  }
  [[nodiscard]] std::size_t size() const { return twin_.size(); }

 private:
  PendingEventSet set_;
  std::multiset<Event> twin_;
};

/// A source of random numbers for tests that read many from one place.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : stream_(RandomStream::root(seed, 0)) {}
  double uniform() { return stream_.uniform(next_++); }
  std::uint64_t below(std::uint64_t bound) { return stream_.bits(next_++) % bound; }

 private:
  RandomStream stream_;
  std::uint64_t next_ = 0;
};

Duration exponential(Draws& draws, Duration mean) {
  return Duration{static_cast<std::int64_t>(-std::log(draws.uniform()) * static_cast<double>(mean.count()))};
}

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
        return Event{now + increments.draw(draws), static_cast<std::uint32_t>(draws.below(5000)),
                     static_cast<std::uint32_t>(draws.below(3))};
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
        twins.push({now + increments.draw(draws), static_cast<std::uint32_t>(draws.below(100)), 0});
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

TEST_CASE("events leave in order whatever the order in which they came") {
  constexpr std::int64_t kEvents = 60'000;
  struct Arrival {
    const char* name;
    std::function<Event(std::int64_t)> event;
  };
  Draws draws(5);
  const std::vector<Arrival> arrivals = {
      {"ascending",
       [](std::int64_t n) {
         return Event{at(n * 1000), 1, 0};
       }},
      {"descending",
       [](std::int64_t n) {
         return Event{at((kEvents - n) * 1000), 1, 0};
       }},
      {"one microsecond, entities ascending",
       [](std::int64_t n) {
         return Event{at(5s), static_cast<std::uint32_t>(n), 0};
       }},
      {"one microsecond, entities descending",
       [](std::int64_t n) {
         return Event{at(5s), static_cast<std::uint32_t>(kEvents - n), 0};
       }},
      {"one microsecond, entities at random",
       [&](std::int64_t) {
         return Event{at(5s), static_cast<std::uint32_t>(draws.below(1ULL << 32)), 0};
       }},
      {"one microsecond and entity, tags at random",
       [&](std::int64_t) {
         return Event{at(5s), 7, static_cast<std::uint32_t>(draws.below(1ULL << 32))};
       }},
      {"all equal",
       [](std::int64_t) {
         return Event{at(5s), 7, 7};
       }},
      {"two microseconds, a century apart",
       [](std::int64_t n) {
         return Event{at(n % 2 == 0 ? Duration{1} : Duration{24h * 36500}), 7, 7};
       }},
      {"one storm and one event at kNever",
       [](std::int64_t n) {
         return n == 0 ? Event{kNever, 0, 0} : Event{at(n % 100), 7, 7};
       }},
      {"powers of two",
       [](std::int64_t n) {
         return Event{at(std::int64_t{1} << (n % 62)), 7, 7};
       }},
      {"falling in halves",
       [](std::int64_t n) {
         return Event{at(static_cast<std::int64_t>(std::exp2(60.0 - 60.0 * static_cast<double>(n) / kEvents))), 7, 7};
       }},
      {"a day at random",
       [&](std::int64_t) {
         return Event{at(static_cast<std::int64_t>(draws.below(86'400'000'000))), 7, 7};
       }},
      {"all of time at random",
       [&](std::int64_t) {
         return Event{at(static_cast<std::int64_t>(draws.below(1ULL << 63))), 7, 7};
       }},
  };
  for (const Arrival& arrival : arrivals) {
    INFO(arrival.name);
    PendingEventSet set;
    std::vector<Event> expected;
    for (std::int64_t n = 0; n < kEvents; ++n) {
      expected.push_back(arrival.event(n));
      set.push(expected.back());
    }
    std::sort(expected.begin(), expected.end());
    std::vector<Event> popped;
    while (!set.empty()) {
      popped.push_back(set.pop());
    }
    CHECK(popped == expected);
  }
}

TEST_CASE("events that no rung spreads well are still in order") {
  // Falling times make rung upon rung; below them come keys of all magnitudes, entity and tag included.
  PendingEventSet set;
  std::vector<Event> expected;
  Draws draws(6);
  const auto push = [&](const Event& event) {
    set.push(event);
    expected.push_back(event);
  };
  for (std::int64_t n = 0; n < 100'000; ++n) {
    push({at((std::int64_t{1} << 62) - n * 1'000'000'000), 7, 7});
  }
  for (int n = 0; n < 100'000; ++n) {
    const std::uint64_t magnitude = draws.below(120);
    const auto lower_bits = [&](std::uint64_t bits) {
      return draws.below(std::uint64_t{1} << std::min<std::uint64_t>(bits, 63));
    };
    const std::uint64_t high = magnitude > 64 ? lower_bits(magnitude - 64) : 0;
    const std::uint64_t low = lower_bits(magnitude);
    push({at(static_cast<std::int64_t>(high)), static_cast<std::uint32_t>(low >> 32), static_cast<std::uint32_t>(low)});
  }
  std::sort(expected.begin(), expected.end());
  std::vector<Event> popped;
  while (!set.empty()) {
    popped.push_back(set.pop());
  }
  CHECK(popped == expected);
}

TEST_CASE("events of one microsecond are ordered by entity, then by tag, not by arrival") {
  PendingEventSet set;
  set.push({at(1s), 2, 0});
  set.push({at(1s), 1, 9});
  set.push({at(1s), 1, 3});
  set.push({at(1s - 1us), 5, 5});
  CHECK(set.pop() == Event{at(1s - 1us), 5, 5});
  CHECK(set.pop() == Event{at(1s), 1, 3});
  CHECK(set.pop() == Event{at(1s), 1, 9});
  CHECK(set.pop() == Event{at(1s), 2, 0});
}

TEST_CASE("an event for the present is accepted in the midst of a storm, and comes before greater ones") {
  PendingEventSet set;
  for (std::uint32_t entity = 0; entity < 10'000; ++entity) {
    set.push({at(1h), entity, 0});
  }
  for (int i = 0; i < 5000; ++i) {
    (void)set.pop();
  }
  set.push({at(1h), 3, 1});
  set.push({at(1h), 7000, 1});
  CHECK(set.pop() == Event{at(1h), 3, 1});
  CHECK(set.pop() == Event{at(1h), 5000, 0});
  for (int i = 0; i < 2000; ++i) {
    (void)set.pop();
  }
  CHECK(set.pop() == Event{at(1h), 7000, 1});
}

TEST_CASE("the last moment that a SimTime can tell has its place") {
  PendingEventSet set;
  for (std::uint32_t entity = 0; entity < 1000; ++entity) {
    set.push({SimTime::max(), UINT32_MAX - entity, UINT32_MAX});
    set.push({kNever, entity, 0});
    set.push({kSimulationStart, entity, 0});
  }
  for (std::uint32_t entity = 0; entity < 1000; ++entity) {
    REQUIRE(set.pop() == Event{kSimulationStart, entity, 0});
  }
  for (std::uint32_t entity = 0; entity < 1000; ++entity) {
    REQUIRE(set.pop() == Event{kNever, entity, 0});
  }
  for (std::uint32_t entity = 1000; entity-- > 0;) {
    REQUIRE(set.pop() == Event{SimTime::max(), UINT32_MAX - entity, UINT32_MAX});
  }
  CHECK(set.empty());
}

TEST_CASE("peek names the event that will be popped so many places later, or says that it does not know") {
  PendingEventSet set;
  CHECK(set.peek(0) == nullptr);
  for (std::uint32_t entity = 0; entity < 5000; ++entity) {
    set.push({at(static_cast<std::int64_t>(entity * 7919 % 5000)), entity, 0});
  }
  std::size_t known = 0;
  while (!set.empty()) {
    const Event* third = set.peek(2);
    if (third == nullptr) {
      (void)set.pop();
      continue;
    }
    ++known;
    const Event expected = *third;
    (void)set.pop();
    (void)set.pop();
    REQUIRE(set.pop() == expected);
  }
  CHECK(known > 1000);
}

TEST_CASE("a set that was emptied is as good as new") {
  PendingEventSet set;
  SimTime now = kSimulationStart;
  for (std::uint32_t round = 0; round < 50; ++round) {
    for (std::uint32_t entity = 0; entity < 300; ++entity) {
      set.push({now + Duration{entity % 17}, entity, 0});
    }
    SimTime before = now;
    while (!set.empty()) {
      now = set.pop().at;
      REQUIRE(now >= before);
      before = now;
    }
    REQUIRE(set.size() == 0);
  }
}

TEST_CASE("a moved set takes its events along") {
  PendingEventSet first;
  for (std::uint32_t entity = 0; entity < 1000; ++entity) {
    first.push({at(1s), entity, 0});
  }
  PendingEventSet second = std::move(first);
  first = PendingEventSet();
  CHECK(first.empty());
  CHECK(second.size() == 1000);
  CHECK(second.pop() == Event{at(1s), 0, 0});
}
