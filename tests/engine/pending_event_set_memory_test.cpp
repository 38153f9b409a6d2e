#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <new>
#include <vector>

#include "credsim/pending_event_set.hpp"

#include "event_draws.hpp"
#include "test_support/catch.hpp"

using namespace credsim;
using namespace credsim::test;
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
