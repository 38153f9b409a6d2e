#include "credsim/pending_event_set.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "event_draws.hpp"
#include "test_support/catch.hpp"

using namespace credsim;
using namespace credsim::test;
using namespace std::chrono_literals;

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
