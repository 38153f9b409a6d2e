#include <chrono>
#include <cmath>
#include <cstdint>
#include <random>

#include <benchmark/benchmark.h>

#include "credsim/distribution.hpp"
#include "credsim/log_histogram.hpp"
#include "credsim/random.hpp"

// One sample of each kind, the draw that is part of it, and its way into a histogram. Beside them what the standard
// library offers, whose numbers another library would not repeat. `result` is a hash of the first thousand, cut to the
// six digits that Google Benchmark prints.

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

/// The baseline: a generator with a state, and the standard library's distribution.
template <typename Numbers>
void standard_sample(benchmark::State& state, Numbers numbers) {
  std::mt19937_64 generator(42);
  time_draws(state, [&](std::uint64_t) {
    return static_cast<std::uint64_t>(std::floor(static_cast<double>(numbers(generator)) + 0.5));
  });
}
BENCHMARK_CAPTURE(standard_sample, bits, std::uniform_int_distribution<std::uint64_t>(0, 1ULL << 50));
BENCHMARK_CAPTURE(standard_sample, uniform, std::uniform_real_distribution<double>(600e6, 1200e6));
BENCHMARK_CAPTURE(standard_sample, exponential, std::exponential_distribution<double>(1 / 3600e6));
BENCHMARK_CAPTURE(standard_sample, lognormal, std::lognormal_distribution<double>(std::log(20e6), 0.866));
BENCHMARK_CAPTURE(standard_sample, normal, std::normal_distribution<double>(60e6, 5e6));
BENCHMARK_CAPTURE(standard_sample, weibull, std::weibull_distribution<double>(1.5, 3e6));

void record(benchmark::State& state) {
  LogHistogram histogram;
  time_draws(state, [&](std::uint64_t n) {
    histogram.record(Duration{static_cast<std::int64_t>(kStream.bits(n) >> 28)});
    return histogram.count();
  });
}
BENCHMARK(record)->Name("log_histogram/record_a_draw");

}  // namespace
