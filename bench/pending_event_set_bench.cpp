#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/heap/d_ary_heap.hpp>

#include "credsim/pending_event_set.hpp"
#include "credsim/random.hpp"

// The hold model: pop the least event and schedule it again, with a constant number pending. Beside the pending event
// set, the two heaps that one would use instead. The same draws for all, so `result` must be the same for the three: a
// hash, cut to the six digits that Google Benchmark prints.

namespace {

using namespace credsim;
using namespace std::chrono_literals;

template <typename Heap>
class HeapSet {
 public:
  void push(const Event& event) { heap_.push(event); }
  Event pop() {
    const Event event = heap_.top();
    heap_.pop();
    return event;
  }

 private:
  Heap heap_;
};
using BinaryHeap = HeapSet<std::priority_queue<Event, std::vector<Event>, std::greater<>>>;
using FourAryHeap =
    HeapSet<boost::heap::d_ary_heap<Event, boost::heap::arity<4>, boost::heap::compare<std::greater<Event>>>>;

constexpr std::size_t kDraws = 1 << 16;

/// How far ahead an event is scheduled, by what the popped one was. Drawn before the clock starts: a draw takes as long
/// as a push.
struct Increments {
  std::vector<Duration> after_first;
  std::vector<Duration> after_second;
};
using Shape = Increments (*)();

Duration exponential_of_an_hour(RandomStream stream, std::uint64_t n) {
  constexpr Duration kMean = 1h;
  return Duration{static_cast<std::int64_t>(-std::log(stream.uniform(n)) * static_cast<double>(kMean.count()))};
}

template <typename Draw>
std::vector<Duration> drawn(Draw draw) {
  const RandomStream stream = RandomStream::root(42, 0);
  std::vector<Duration> increments(kDraws);
  for (std::size_t n = 0; n < kDraws; ++n) {
    increments[n] = draw(stream, n);
  }
  return increments;
}

Increments exponential() {
  const std::vector<Duration> increments = drawn(exponential_of_an_hour);
  return {increments, increments};
}

/// Half of the events are retries about a second ahead, half rotations about an hour ahead.
Increments retry_or_rotation() {
  const std::vector<Duration> increments = drawn([](RandomStream stream, std::uint64_t n) {
    const Duration hour_ahead = exponential_of_an_hour(stream, n);
    return stream.bits(n) % 2 == 0 ? hour_ahead / 3600 : hour_ahead;
  });
  return {increments, increments};
}

/// Credentials of an hour: asked for 54 to 55 minutes after the last answer, and an answer takes 60 to 400 ms.
Increments rotation_and_answer() {
  return {drawn([](RandomStream stream, std::uint64_t n) {
            return Duration{static_cast<std::int64_t>(60'000.0 * std::pow(400.0 / 60.0, stream.uniform(n)))};
          }),
          drawn([](RandomStream stream, std::uint64_t n) {
            return Duration{54min} + Duration{static_cast<std::int64_t>(60e6 * stream.uniform(n))};
          })};
}

template <typename Set, Shape shape>
void hold(benchmark::State& state) {
  constexpr std::uint32_t kSecond = std::uint32_t{1} << 31;
  const auto pending = static_cast<std::uint32_t>(state.range(0));
  const Increments increments = shape();
  std::size_t draws = 0;
  Set set;
  for (std::uint32_t what = 0; what < pending; ++what) {
    set.push({kSimulationStart + 55min * static_cast<std::int64_t>(what) / pending, what});
  }
  std::uint64_t hash = 0;
  const auto step = [&] {
    Event event = set.pop();
    hash = (hash ^ static_cast<std::uint64_t>(event.at.time_since_epoch().count()) ^ event.what) * 0x9E3779B97F4A7C15;
    const std::vector<Duration>* const by_kind[] = {&increments.after_first, &increments.after_second};
    event.at += (*by_kind[event.what / kSecond])[draws++ % kDraws];
    event.what ^= kSecond;
    set.push(event);
  };
  // Each event is held about twice before the clock starts, so that the ages of those pending have settled.
  for (std::uint32_t i = 0; i < 2 * pending; ++i) {
    step();
  }
  state.counters["result"] = static_cast<double>(hash >> 45);
  for (auto _ : state) {
    step();
  }
  benchmark::DoNotOptimize(hash);
}

void small_sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(1'000)->Arg(10'000)->Arg(100'000);
}
/// A number of iterations that is given is not searched for: settling ten millions takes a heap half a minute.
void large_sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(1'000'000)->Arg(10'000'000)->Iterations(5'000'000);
}

BENCHMARK(hold<PendingEventSet, exponential>)->Name("hold/pending_event_set")->Apply(small_sizes);
BENCHMARK(hold<BinaryHeap, exponential>)->Name("hold/binary_heap")->Apply(small_sizes);
BENCHMARK(hold<FourAryHeap, exponential>)->Name("hold/four_ary_heap")->Apply(small_sizes);
BENCHMARK(hold<PendingEventSet, retry_or_rotation>)->Name("hold_bimodal/pending_event_set")->Apply(small_sizes);
BENCHMARK(hold<BinaryHeap, retry_or_rotation>)->Name("hold_bimodal/binary_heap")->Apply(small_sizes);
BENCHMARK(hold<FourAryHeap, retry_or_rotation>)->Name("hold_bimodal/four_ary_heap")->Apply(small_sizes);
BENCHMARK(hold<PendingEventSet, rotation_and_answer>)->Name("hold_rotations/pending_event_set")->Apply(small_sizes);
BENCHMARK(hold<BinaryHeap, rotation_and_answer>)->Name("hold_rotations/binary_heap")->Apply(small_sizes);
BENCHMARK(hold<FourAryHeap, rotation_and_answer>)->Name("hold_rotations/four_ary_heap")->Apply(small_sizes);
BENCHMARK(hold<PendingEventSet, exponential>)->Name("hold_large/pending_event_set")->Apply(large_sizes);
BENCHMARK(hold<BinaryHeap, exponential>)->Name("hold_large/binary_heap")->Apply(large_sizes);
BENCHMARK(hold<FourAryHeap, exponential>)->Name("hold_large/four_ary_heap")->Apply(large_sizes);
BENCHMARK(hold<PendingEventSet, rotation_and_answer>)
    ->Name("hold_rotations_large/pending_event_set")
    ->Apply(large_sizes);
BENCHMARK(hold<BinaryHeap, rotation_and_answer>)->Name("hold_rotations_large/binary_heap")->Apply(large_sizes);

/// A fleet that asks at one microsecond: all pushed, in no order, then all popped. Time is per event.
template <typename Set>
void storm(benchmark::State& state) {
  const auto events = static_cast<std::uint32_t>(state.range(0));
  std::uint64_t hash = 0;
  for (auto _ : state) {
    Set set;
    hash = 0;
    for (std::uint32_t n = 0; n < events; ++n) {
      set.push({kSimulationStart + 1h, n * 2'654'435'761U % events});
    }
    for (std::uint32_t n = 0; n < events; ++n) {
      hash = (hash ^ set.pop().what) * 0x9E3779B97F4A7C15;
    }
  }
  state.SetItemsProcessed(state.iterations() * events);
  state.counters["result"] = static_cast<double>(hash >> 45);
}

BENCHMARK(storm<PendingEventSet>)->Name("storm/pending_event_set")->Arg(10'000);
BENCHMARK(storm<BinaryHeap>)->Name("storm/binary_heap")->Arg(10'000);
BENCHMARK(storm<PendingEventSet>)->Name("storm_large/pending_event_set")->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(storm<BinaryHeap>)->Name("storm_large/binary_heap")->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
