#include <string>

#include <benchmark/benchmark.h>

#include "rotation.hpp"
#include "watched_run.hpp"

// What being watched costs the thread that simulates: nobody watches; a metrics server is shown every step of the
// series; and ten clients a second read it. Time is that thread's CPU time, an item is a model event. `locks` are those
// that the thread took for each piece, `result` is a hash of all series at the end.

namespace {

using namespace credsim::bench;

constexpr std::int64_t kInstances = 10'000;

void watch(benchmark::State& state, Watching watching) {
  const auto scenario = rotation_scenario(kInstances);
  WatchedRun run;
  std::uint64_t events = 0;
  std::uint64_t scrapes = 0;
  for (auto _ : state) {
    run = simulate_watched(scenario, watching);
    events += run.events;
    scrapes += run.scrapes;
  }
  if (watching == Watching::scraped && scrapes == 0) state.SkipWithError("no scrape was answered");
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.counters["locks"] = static_cast<double>(run.locks) / static_cast<double>(run.pieces);
  state.counters["scrapes"] = static_cast<double>(scrapes);
  state.counters["result"] = static_cast<double>(run.result >> 45U);
}
BENCHMARK_CAPTURE(watch, nobody, Watching::nobody)->Name("watch/nobody")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(watch, unscraped, Watching::unscraped)->Name("watch/unscraped")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(watch, scraped, Watching::scraped)->Name("watch/scraped")->Unit(benchmark::kMillisecond);

}  // namespace
