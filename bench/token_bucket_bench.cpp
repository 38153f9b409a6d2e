#include <algorithm>
#include <chrono>
#include <cstdint>

#include <benchmark/benchmark.h>

#include "credsim/token_bucket.hpp"

// Calls at a steady pace through a bucket, granted or refused, and the questions asked of it after a refusal. Beside
// them the bucket that one would write first, in doubles, which gives its 600th token a microsecond early or late.
// `result` is a hash of the first thousand answers, cut to the six digits that Google Benchmark prints.

namespace {

using namespace credsim;
using namespace std::chrono_literals;

const TokenBucket::Options kSts{.rate = {600, 1s}, .burst = 600, .background = {50, 1s}};

// 128-bit units: the two periods have no common divisor.
const TokenBucket::Options kExtreme{.rate = {600, 1s}, .burst = 600, .background = {50 * 86'400, 24h - 1us}};

/// The baseline.
class DoubleBucket {
 public:
  explicit DoubleBucket(const TokenBucket::Options& options)
      : rate_(options.rate.per_second() - options.background.per_second()),
        burst_(static_cast<double>(options.burst)),
        tokens_(burst_) {}

  bool try_take(SimTime now) {
    tokens_ = std::min(burst_, tokens_ + rate_ * std::chrono::duration<double>(now - updated_).count());
    updated_ = now;
    if (tokens_ < 1) {
      return false;
    }
    tokens_ -= 1;
    return true;
  }

 private:
  double rate_;
  double burst_;
  double tokens_;
  SimTime updated_{};
};

template <typename Bucket, typename Answer>
void time_calls(benchmark::State& state, Bucket bucket, Duration pace, Answer answer) {
  SimTime now = kSimulationStart;
  const auto step = [&] {
    now += pace;
    return answer(bucket, now);
  };
  std::uint64_t hash = 0;
  for (int call = 0; call < 1000; ++call) {
    hash = (hash ^ static_cast<std::uint64_t>(step())) * 0x9E3779B97F4A7C15;
  }
  state.counters["result"] = static_cast<double>(hash >> 45);
  for (auto _ : state) {
    benchmark::DoNotOptimize(step());
  }
}

void try_take_granted(benchmark::State& state) {
  time_calls(state, TokenBucket(kSts), 2ms,
             [](TokenBucket& bucket, SimTime now) { return bucket.try_take(now) ? 1 : 0; });
}
BENCHMARK(try_take_granted)->Name("token_bucket/try_take_granted");

void try_take_mostly_refused(benchmark::State& state) {
  time_calls(state, TokenBucket(kSts), 100us,
             [](TokenBucket& bucket, SimTime now) { return bucket.try_take(now) ? 1 : 0; });
}
BENCHMARK(try_take_mostly_refused)->Name("token_bucket/try_take_mostly_refused");

void try_take_extreme(benchmark::State& state) {
  time_calls(state, TokenBucket(kExtreme), 2ms,
             [](TokenBucket& bucket, SimTime now) { return bucket.try_take(now) ? 1 : 0; });
}
BENCHMARK(try_take_extreme)->Name("token_bucket/try_take_extreme_settings");

void try_take_double(benchmark::State& state) {
  time_calls(state, DoubleBucket(kSts), 2ms,
             [](DoubleBucket& bucket, SimTime now) { return bucket.try_take(now) ? 1 : 0; });
}
BENCHMARK(try_take_double)->Name("token_bucket/baseline_of_doubles_granted");

void try_take_then_next_token(benchmark::State& state) {
  time_calls(state, TokenBucket(kSts), 100us, [](TokenBucket& bucket, SimTime now) {
    return bucket.try_take(now) ? Duration{0}.count() : (bucket.next_token(now) - now).count();
  });
}
BENCHMARK(try_take_then_next_token)->Name("token_bucket/try_take_then_next_token");

void change(benchmark::State& state) {
  time_calls(state, TokenBucket(kSts), 1s, [](TokenBucket& bucket, SimTime now) {
    bucket.change(now, {.rate = {40, 1h}, .burst = 10, .background = {7, 1min}});
    bucket.change(now, kSts);
    return bucket.try_take(now) ? 1 : 0;
  });
}
BENCHMARK(change)->Name("token_bucket/change_twice");

}  // namespace
