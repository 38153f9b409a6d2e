#include "credsim/pending_event_set.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <new>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "credsim/random.hpp"

#include "test_support/catch.hpp"

using namespace credsim;
using namespace std::chrono_literals;

namespace {

std::size_t allocated_bytes = 0;  // ever, by any test of this folder

}  // namespace

// The set allocates its events' room aligned, and only through this one.
void* operator new[](std::size_t size, std::align_val_t alignment) {
  allocated_bytes += size;
  void* const memory = std::aligned_alloc(static_cast<std::size_t>(alignment), size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  std::free(memory);
}

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

TEST_CASE("nothing is allocated while the number pending does not grow") {
  struct Case {
    const char* name;
    std::size_t pending;
    double bytes_at_most;  // an event
    std::function<Duration(Draws&)> increment;
  };
  const std::vector<Case> cases = {
      {"ten in an hour", 10, 2000, [](Draws& d) { return exponential(d, 1h); }},
      {"exponential of an hour", 300'000, 11, [](Draws& d) { return exponential(d, 1h); }},
      {"an hour and a minute's jitter", 300'000, 13,
       [](Draws& d) { return 54min + Duration{static_cast<std::int64_t>(d.below(60'000'000))}; }},
      {"half a day", 300'000, 18,
       [](Draws& d) { return Duration{static_cast<std::int64_t>(d.below(43'200'000'000))}; }},
      {"thirty years", 300'000, 22,
       [](Draws& d) { return Duration{24h * static_cast<std::int64_t>(d.below(10'000))}; }},
  };
  for (const Case& tested : cases) {
    INFO(tested.name);
    Draws draws(9);
    const std::size_t bytes_before = allocated_bytes;
    PendingEventSet set;
    for (std::size_t n = 0; n < tested.pending; ++n) {
      set.push({kSimulationStart + tested.increment(draws), static_cast<std::uint32_t>(n)});
    }
    const auto hold = [&](std::size_t steps) {
      for (std::size_t step = 0; step < steps; ++step) {
        Event event = set.pop();
        event.at += tested.increment(draws);
        set.push(event);
      }
    };
    hold(3 * tested.pending);
    const std::size_t bytes_settled = allocated_bytes - bytes_before;
    CHECK(static_cast<double>(bytes_settled) <= tested.bytes_at_most * static_cast<double>(tested.pending));
    hold(3 * tested.pending);
    CHECK(static_cast<double>(allocated_bytes - bytes_before) <= 1.02 * static_cast<double>(bytes_settled));
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
         return Event{at(n * 1000), 1};
       }},
      {"descending",
       [](std::int64_t n) {
         return Event{at((kEvents - n) * 1000), 1};
       }},
      {"one microsecond, ascending",
       [](std::int64_t n) {
         return Event{at(5s), static_cast<std::uint32_t>(n)};
       }},
      {"one microsecond, descending",
       [](std::int64_t n) {
         return Event{at(5s), static_cast<std::uint32_t>(kEvents - n)};
       }},
      {"one microsecond, at random",
       [&](std::int64_t) {
         return Event{at(5s), static_cast<std::uint32_t>(draws.below(1ULL << 32))};
       }},
      {"all equal",
       [](std::int64_t) {
         return Event{at(5s), 7};
       }},
      {"two microseconds, a century apart",
       [](std::int64_t n) {
         return Event{at(n % 2 == 0 ? Duration{1} : Duration{24h * 36500}), 7};
       }},
      {"one storm and one event at kNever",
       [](std::int64_t n) {
         return n == 0 ? Event{kNever, 0} : Event{at(n % 100), 7};
       }},
      {"powers of two",
       [](std::int64_t n) {
         return Event{at(std::int64_t{1} << (n % 62)), 7};
       }},
      {"falling in halves",
       [](std::int64_t n) {
         return Event{at(static_cast<std::int64_t>(std::exp2(60.0 - 60.0 * static_cast<double>(n) / kEvents))), 7};
       }},
      {"a day at random",
       [&](std::int64_t) {
         return Event{at(static_cast<std::int64_t>(draws.below(86'400'000'000))), 7};
       }},
      {"all of time at random",
       [&](std::int64_t) {
         return Event{at(static_cast<std::int64_t>(draws.below(1ULL << 63))), 7};
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
  // Falling times in one slot; below them come keys of all magnitudes, `what` included.
  PendingEventSet set;
  std::vector<Event> expected;
  Draws draws(6);
  const auto push = [&](const Event& event) {
    set.push(event);
    expected.push_back(event);
  };
  for (std::int64_t n = 0; n < 100'000; ++n) {
    push({at((std::int64_t{1} << 24) - 1 - n * 100), 7});
  }
  for (int n = 0; n < 100'000; ++n) {
    const std::uint64_t key = draws.below(std::uint64_t{1} << draws.below(63));
    push({at(static_cast<std::int64_t>(key >> 32)), static_cast<std::uint32_t>(key)});
  }
  std::sort(expected.begin(), expected.end());
  std::vector<Event> popped;
  while (!set.empty()) {
    popped.push_back(set.pop());
  }
  CHECK(popped == expected);
}

TEST_CASE("events of one microsecond are ordered by what they say, not by arrival") {
  PendingEventSet set;
  set.push({at(1s), 2});
  set.push({at(1s), UINT32_MAX});
  set.push({at(1s), 0});
  set.push({at(1s - 1us), 5});
  CHECK(set.pop() == Event{at(1s - 1us), 5});
  CHECK(set.pop() == Event{at(1s), 0});
  CHECK(set.pop() == Event{at(1s), 2});
  CHECK(set.pop() == Event{at(1s), UINT32_MAX});
}

TEST_CASE("an event for the present is accepted in the midst of a storm, and comes before greater ones") {
  PendingEventSet set;
  for (std::uint32_t what = 0; what < 20'000; what += 2) {
    set.push({at(1h), what});
  }
  for (int i = 0; i < 5000; ++i) {
    (void)set.pop();
  }
  set.push({at(1h), 3});
  set.push({at(1h), 14'001});
  CHECK(set.pop() == Event{at(1h), 3});
  CHECK(set.pop() == Event{at(1h), 10'000});
  for (int i = 0; i < 2000; ++i) {
    (void)set.pop();
  }
  CHECK(set.pop() == Event{at(1h), 14'001});
}

TEST_CASE("the last moment that a SimTime can tell has its place") {
  PendingEventSet set;
  for (std::uint32_t n = 0; n < 1000; ++n) {
    set.push({SimTime::max(), UINT32_MAX - n});
    set.push({kNever, n});
    set.push({kSimulationStart, n});
  }
  for (std::uint32_t n = 0; n < 1000; ++n) {
    REQUIRE(set.pop() == Event{kSimulationStart, n});
  }
  for (std::uint32_t n = 0; n < 1000; ++n) {
    REQUIRE(set.pop() == Event{kNever, n});
  }
  set.push({SimTime::max() - 1us, 0});
  CHECK(set.pop() == Event{SimTime::max() - 1us, 0});
  for (std::uint32_t n = 1000; n-- > 0;) {
    REQUIRE(set.pop() == Event{SimTime::max(), UINT32_MAX - n});
    set.push({SimTime::max(), UINT32_MAX - n});
    REQUIRE(set.pop() == Event{SimTime::max(), UINT32_MAX - n});
  }
  CHECK(set.empty());
}

TEST_CASE("peek names the event that will be popped so many places later, or says that it does not know") {
  PendingEventSet set;
  CHECK(!set.peek(0));
  for (std::uint32_t what = 0; what < 5000; ++what) {
    set.push({at(static_cast<std::int64_t>(what * 7919 % 5000)), what});
  }
  std::size_t known = 0;
  while (!set.empty()) {
    const std::optional<std::uint32_t> third = set.peek(2);
    if (!third) {
      (void)set.pop();
      continue;
    }
    ++known;
    (void)set.pop();
    (void)set.pop();
    REQUIRE(set.pop().what == *third);
  }
  CHECK(known > 1000);
}

TEST_CASE("a set that was emptied is as good as new") {
  PendingEventSet set;
  SimTime now = kSimulationStart;
  for (std::uint32_t round = 0; round < 50; ++round) {
    for (std::uint32_t what = 0; what < 300; ++what) {
      set.push({now + Duration{what % 17}, what});
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
  for (std::uint32_t what = 0; what < 1000; ++what) {
    first.push({at(1s), what});
  }
  PendingEventSet second = std::move(first);
  first = PendingEventSet();
  CHECK(first.empty());
  CHECK(second.size() == 1000);
  CHECK(second.pop() == Event{at(1s), 0});
}
