#include <chrono>
#include <cstdint>

#include <benchmark/benchmark.h>

#include "credsim/distribution.hpp"
#include "credsim/random.hpp"

// One sample of each kind, and the draw that is part of it. `result` is a hash of the first thousand, cut to the six
// digits that Google Benchmark prints.

namespace {

using namespace credsim;
using namespace std::chrono_literals;

const RandomStream kStream = RandomStream::root(42, 0).child("bench");

template <typename Draw>
void time_draws(benchmark::State& state, Draw draw) {
  std::uint64_t hash = 0;
  for (std::uint64_t n = 0; n < 1000; ++n) {
    hash = (hash ^ draw(n)) * 0x9E3779B97F4A7C15;
  }
  state.counters["result"] = static_cast<double>(hash >> 45);
  std::uint64_t n = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(draw(n++));
  }
}

void bits(benchmark::State& state) {
  time_draws(state, [](std::uint64_t n) { return kStream.bits(n); });
}
BENCHMARK(bits)->Name("random/bits");

void bits_of_a_numbered_child(benchmark::State& state) {
  time_draws(state, [](std::uint64_t n) { return kStream.child(n).bits(0); });
}
BENCHMARK(bits_of_a_numbered_child)->Name("random/bits_of_a_numbered_child");

void sample(benchmark::State& state, const Distribution& distribution) {
  time_draws(state,
             [&](std::uint64_t n) { return static_cast<std::uint64_t>(distribution.sample(kStream, n).count()); });
}
BENCHMARK_CAPTURE(sample, constant, Distribution::constant(5s));
BENCHMARK_CAPTURE(sample, uniform, Distribution::uniform(10min, 20min));
BENCHMARK_CAPTURE(sample, exponential, Distribution::exponential(1h));
BENCHMARK_CAPTURE(sample, lognormal, Distribution::lognormal(20s, 150s));
BENCHMARK_CAPTURE(sample, normal, Distribution::normal(60s, 5s));
BENCHMARK_CAPTURE(sample, weibull, Distribution::weibull(1.5, 3s));
BENCHMARK_CAPTURE(sample, empirical, Distribution::empirical({3s, 1s, 2s, 10s, 7s}));

}  // namespace
