#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include "rotation.hpp"

// A day of rotation from beginning to end: rotation.yaml by the engine alone; with every row kept; the same rows into
// the store without the engine; and the same model on SimPy, in a process of its own. An item is a model event
// (MODEL.md, "What is recorded"). Time is CPU time of all threads. `result` is a hash of what the cell counted, cut to
// six digits: with and without rows it is the same.

namespace {

using namespace credsim;
using namespace credsim::bench;

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double result_hash(const CellResult& result) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  const auto add = [&](std::uint64_t value) { hash = (hash ^ value) * 0x100000001B3U; };
  add(result.events);
  for (const ResourceCounters& counters : result.resources) {
    add(counters.assume_role_successes), add(counters.credentials_issued), add(counters.instances);
    add(counters.instances_with_gap), add(static_cast<std::uint64_t>(counters.time_after_first_credential_us));
    for (const DurationHistogram* histogram : {&counters.overlap, &counters.first_credential, &counters.network_ready})
      for (const double q : {0.01, 0.5, 0.99, 1.0})
        add(histogram->samples().count() == 0 ? 0
                                              : static_cast<std::uint64_t>(histogram->samples().quantile(q).count()));
  }
  for (const auto& workloads : result.workloads)
    for (const WorkloadCounters& counters : workloads) {
      add(counters.calls_succeeded), add(counters.attempts), add(counters.helper_runs);
      for (const std::uint64_t failures : counters.call_failures) add(failures);
    }
  return static_cast<double>(hash >> 45U);
}

/// CPU seconds of an event, of the engine alone and of each thing that is compared with it, by the number of instances.
std::map<std::int64_t, double> engine_seconds;
std::map<std::int64_t, double> store_seconds;

/// What a command printed, if it ended well.
std::optional<std::string> output_of(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string output;
  std::array<char, 4096> block{};
  while (const std::size_t got = std::fread(block.data(), 1, block.size(), pipe)) output.append(block.data(), got);
  if (::pclose(pipe) != 0) return std::nullopt;
  return output;
}

// ---- the benchmarks ----

/// Times `run`, which returns a CellResult, and reports it by event. Returns CPU seconds of an event.
template <typename Run>
double time_rotation(benchmark::State& state, Run run) {
  double seconds = 0;
  CellResult result;
  for (auto _ : state) {
    const double start = cpu_seconds();
    result = run();
    const double spent = cpu_seconds() - start;
    state.SetIterationTime(spent);
    seconds += spent;
  }
  const double events = static_cast<double>(state.iterations()) * static_cast<double>(result.events);
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.counters["ns_per_event"] = 1e9 * seconds / events;
  state.counters["result"] = result_hash(result);
  return seconds / events;
}

void engine(benchmark::State& state) {
  const Scenario scenario = rotation_scenario(state.range(0));
  NoSink sink;
  engine_seconds[state.range(0)] =
      time_rotation(state, [&] { return simulate_rotation(scenario, AuditLevel::aggregate, sink); });
}

/// The most memory that was resident in a process that does nothing but simulate so many instances.
double peak_bytes(std::int64_t instances) {
  const auto output = output_of("'" CREDSIM_FIXED_WORK "' rotation " + std::to_string(instances));
  if (!output) std::abort();
  return 1024 * std::strtod(output->substr(output->find(' ')).c_str(), nullptr);
}

/// What an instance takes beyond a simulation of ten.
void memory(benchmark::State& state) {
  double bytes = 0;
  for (auto _ : state) bytes = peak_bytes(state.range(0)) - peak_bytes(10);
  state.counters["bytes_per_instance"] = bytes / static_cast<double>(state.range(0));
}

/// Keeps all that it is handed.
class KeepingSink : public CellSink {
 public:
  void take(AuditBatch& batch) override { batches.push_back(std::exchange(batch, {})); }
  std::vector<AuditBatch> batches;
};

/// The rows of a run, made before the clock starts, through the audit store: as fast as a run that keeps them can be.
void store_alone(benchmark::State& state) {
  const Scenario scenario = rotation_scenario(state.range(0));
  const std::string path = temporary_database();
  KeepingSink kept;
  const CellResult result = simulate_rotation(scenario, AuditLevel::full, kept);
  store_seconds[state.range(0)] = time_rotation(state, [&] {
    return record_rows(scenario, path, [&](CellSink& sink) {
      for (const AuditBatch& batch : kept.batches) {
        AuditBatch copy = batch;
        sink.take(copy);
      }
      return result;
    });
  });
  std::filesystem::remove(path);
}

void full_audit(benchmark::State& state) {
  const Scenario scenario = rotation_scenario(state.range(0));
  const std::string path = temporary_database();
  std::uint64_t rows = 0;
  const double seconds = time_rotation(state, [&] {
    CellResult result = record_rows(
        scenario, path, [&](CellSink& sink) { return simulate_rotation(scenario, AuditLevel::full, sink); });
    rows = row_count(result);
    return result;
  });
  state.counters["rows"] = static_cast<double>(rows);
  state.counters["bytes_per_row"] = static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(rows);
  if (const auto alone = engine_seconds.find(state.range(0)); alone != engine_seconds.end())
    state.counters["times_engine"] = seconds / alone->second;
  if (const auto ceiling = store_seconds.find(state.range(0)); ceiling != store_seconds.end())
    state.counters["times_ceiling"] = seconds / ceiling->second;
  std::filesystem::remove(path);
}

/// `times_simpy`: how many times as many events the engine handles in a second.
void simpy(benchmark::State& state) {
  const std::string command =
      "/usr/bin/python3 -B '" CREDSIM_SOURCE_DIR "/bench/rotation_simpy.py' " + std::to_string(state.range(0));
  double seconds = 0;
  double events = 0;
  for (auto _ : state) {
    const auto output = output_of(command);
    if (!output) return state.SkipWithError("needs SimPy 3: Debian's python3-simpy3");
    const nlohmann::json report = nlohmann::json::parse(*output);
    const double spent = report.at("cpu_seconds").get<double>();
    state.SetIterationTime(spent);
    seconds += spent;
    events += report.at("events").get<double>();
    state.counters["result"] = report.at("result").get<double>();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.counters["ns_per_event"] = 1e9 * seconds / events;
  if (const auto alone = engine_seconds.find(10'000); alone != engine_seconds.end())
    state.counters["times_simpy"] = seconds / events / alone->second;
}

// The engine and the store alone come first: the others are measured against them.
BENCHMARK(engine)->Name("rotation/engine")->Arg(10'000)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(store_alone)->Name("rotation/store_alone")->Arg(10'000)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(full_audit)->Name("rotation/full_audit")->Arg(10'000)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(simpy)->Name("rotation/simpy")->Arg(300)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(memory)->Name("rotation/memory")->Arg(10'000)->Iterations(1)->Unit(benchmark::kMillisecond);

void large(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
}
BENCHMARK(engine)->Name("rotation_large/engine")->Arg(100'000)->Arg(1'000'000)->Apply(large);
BENCHMARK(store_alone)->Name("rotation_large/store_alone")->Arg(100'000)->Apply(large);
BENCHMARK(full_audit)->Name("rotation_large/full_audit")->Arg(100'000)->Apply(large);
BENCHMARK(simpy)->Name("rotation_large/simpy")->Arg(10'000)->Apply(large);
BENCHMARK(memory)->Name("rotation_large/memory")->Arg(100'000)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
