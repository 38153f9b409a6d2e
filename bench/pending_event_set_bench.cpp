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

// The hold model: pop the least event and schedule it again, with a constant number pending. Beside the ladder, the two
// heaps that one would use instead. The same draws for all, so `result` must be the same for the three: a hash, cut to
// the six digits that Google Benchmark prints.

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

using Shape = Duration (*)(RandomStream, std::uint64_t);

Duration exponential_of_an_hour(RandomStream stream, std::uint64_t n) {
  constexpr Duration kMean = 1h;
  return Duration{static_cast<std::int64_t>(-std::log(stream.uniform(n)) * static_cast<double>(kMean.count()))};
}

/// Half of the events are retries about a second ahead, half rotations about an hour ahead.
Duration retry_or_rotation(RandomStream stream, std::uint64_t n) {
  const Duration hour_ahead = exponential_of_an_hour(stream, n);
  return stream.bits(n) % 2 == 0 ? hour_ahead / 3600 : hour_ahead;
}

/// The increments are drawn before the clock starts: a draw takes as long as a push.
class Increments {
 public:
  explicit Increments(Shape shape) : values_(kCount) {
    const RandomStream stream = RandomStream::root(42, 0);
    for (std::size_t n = 0; n < kCount; ++n) {
      values_[n] = shape(stream, n);
    }
  }
  Duration next() { return values_[next_++ % kCount]; }

 private:
  static constexpr std::size_t kCount = 1 << 16;
  std::vector<Duration> values_;
  std::size_t next_ = 0;
};

template <typename Set, Shape shape>
void hold(benchmark::State& state) {
  const auto pending = static_cast<std::uint32_t>(state.range(0));
  Increments increments(shape);
  Set set;
  for (std::uint32_t entity = 0; entity < pending; ++entity) {
    set.push({kSimulationStart + increments.next(), entity, 0});
  }
  std::uint64_t hash = 0;
  const auto step = [&] {
    Event event = set.pop();
    hash = (hash ^ static_cast<std::uint64_t>(event.at.time_since_epoch().count()) ^ event.entity) * 0x9E3779B97F4A7C15;
    event.at += increments.next();
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

BENCHMARK(hold<PendingEventSet, exponential_of_an_hour>)->Name("hold/ladder")->Apply(small_sizes);
BENCHMARK(hold<BinaryHeap, exponential_of_an_hour>)->Name("hold/binary_heap")->Apply(small_sizes);
BENCHMARK(hold<FourAryHeap, exponential_of_an_hour>)->Name("hold/four_ary_heap")->Apply(small_sizes);
BENCHMARK(hold<PendingEventSet, retry_or_rotation>)->Name("hold_bimodal/ladder")->Apply(small_sizes);
BENCHMARK(hold<BinaryHeap, retry_or_rotation>)->Name("hold_bimodal/binary_heap")->Apply(small_sizes);
BENCHMARK(hold<PendingEventSet, exponential_of_an_hour>)->Name("hold_large/ladder")->Arg(1'000'000);
BENCHMARK(hold<BinaryHeap, exponential_of_an_hour>)->Name("hold_large/binary_heap")->Arg(1'000'000);
BENCHMARK(hold<FourAryHeap, exponential_of_an_hour>)->Name("hold_large/four_ary_heap")->Arg(1'000'000);

/// A fleet that asks at one microsecond: all pushed, by entity in no order, then all popped. Time is per event.
template <typename Set>
void storm(benchmark::State& state) {
  const auto events = static_cast<std::uint32_t>(state.range(0));
  std::uint64_t hash = 0;
  for (auto _ : state) {
    Set set;
    hash = 0;
    for (std::uint32_t n = 0; n < events; ++n) {
      set.push({kSimulationStart + 1h, n * 2'654'435'761U % events, 0});
    }
    for (std::uint32_t n = 0; n < events; ++n) {
      hash = (hash ^ set.pop().entity) * 0x9E3779B97F4A7C15;
    }
  }
  state.SetItemsProcessed(state.iterations() * events);
  state.counters["result"] = static_cast<double>(hash >> 45);
}

BENCHMARK(storm<PendingEventSet>)->Name("storm/ladder")->Arg(10'000);
BENCHMARK(storm<BinaryHeap>)->Name("storm/binary_heap")->Arg(10'000);
BENCHMARK(storm<PendingEventSet>)->Name("storm_large/ladder")->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(storm<BinaryHeap>)->Name("storm_large/binary_heap")->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
