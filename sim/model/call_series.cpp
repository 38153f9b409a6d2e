#include "model/call_series.hpp"

#include <numeric>

namespace credsim::model {

namespace {

constexpr std::uint32_t kSeriesOfWorkload = 4 + kReasons;

}  // namespace

CallSeries::CallSeries(const World& world) {
  for (const ResourceState& state : world.resources) {
    const RegionState& region = world.regions[state.region];
    for (const Workload& workload : state.resource->workloads) {
      const Labels client{{"account", world.scenario.accounts[region.place.account].id},
                          {"region", region.region->name},
                          {"resource", state.resource->name},
                          {"workload", workload.name}};
      Labels calls = client;
      calls.emplace(calls.begin() + 1, "operation", workload.calls.action);
      labels_.push_back({client, calls});
    }
  }
}

std::uint32_t CallSeries::ids() const {
  return kSeriesOfWorkload * static_cast<std::uint32_t>(labels_.size());
}

void CallSeries::reach(World& world) {
  const CallCounts& counts = world.desk.counts;
  const Duration step = world.scenario.series_step;
  const std::size_t window = counts.window();
  if (window == 0 || world.now != kSimulationStart + static_cast<std::int64_t>(counts.first() + window) * step) return;
  world.timelines.catch_up(world.now);
  write_steps(world, window);
  world.desk.counts.move_window();
  world.timelines.move_window();
}

void CallSeries::finish(World& world) {
  world.timelines.catch_up(world.now);
  write_steps(world, world.desk.counts.window());
}

void CallSeries::write_steps(World& world, std::size_t steps) {
  for (std::size_t step = 0; step < steps; ++step) {
    const auto steps_before = static_cast<std::int64_t>(world.desk.counts.first() + step + 1);
    const SimTime at = kSimulationStart + steps_before * world.scenario.series_step;
    writer_.begin(at);
    for (const ResourceState& state : world.resources) {
      for (std::size_t i = 0; i < state.workloads.size(); ++i) {
        const std::size_t counted = state.workloads[i].counts;
        WorkloadCounters& counters = world.recorder.workload(state.index, i);
        add_up(counters, world.desk.counts.take(counted, step));
        world.timelines.take_counts(counted, step, counters);
        if (at <= world.now) write_workload(world, state, i, labels_[counted]);
      }
    }
  }
}

void CallSeries::write_workload(World& world, const ResourceState& state, std::size_t workload,
                                const WorkloadLabels& labels) {
  const WorkloadCounters& counters = world.recorder.workload(state.index, workload);
  const auto write = [&](std::string_view metric, std::uint64_t value, const Labels& of,
                         std::pair<std::string_view, std::string_view> label = {}) {
    writer_.write(world.recorder, metric, static_cast<double>(value), of, label);
  };
  const std::uint64_t failures =
      std::accumulate(counters.call_failures.begin(), counters.call_failures.end(), std::uint64_t{0});
  write("credential_helper_runs_total", counters.helper_runs, labels.client);
  write("api_calls_total", counters.calls_succeeded, labels.calls, {"outcome", "success"});
  write("api_calls_total", failures, labels.calls, {"outcome", "failure"});
  write("api_call_attempts_total", counters.attempts, labels.calls);
  for (std::size_t reason = 0; reason < kReasons; ++reason)
    write("api_call_failures_total", counters.call_failures[reason], labels.calls,
          {"reason", reason_name(static_cast<Reason>(reason))});
}

}  // namespace credsim::model
