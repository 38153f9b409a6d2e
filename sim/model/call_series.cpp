#include "model/call_series.hpp"

#include <array>
#include <numeric>

namespace credsim::model {

namespace {

// How a call can fail.
constexpr std::array kCallReasons = {Reason::service_unavailable,   Reason::throttled,           Reason::client_too_old,
                                     Reason::profile_not_specified, Reason::no_credentials,      Reason::access_denied,
                                     Reason::expired_token,         Reason::network_unavailable, Reason::refresh_failed,
                                     Reason::clock_skewed};
constexpr std::uint32_t kSeriesOfWorkload = 6 + kCallReasons.size();
constexpr std::uint32_t kSeriesOfCell = 1;

}  // namespace

WorkloadCounters calls_so_far(World& world, const ResourceState& state, std::size_t workload) {
  const std::size_t counted = state.workloads[workload].counts;
  WorkloadCounters counters = world.recorder.workload(state.index, workload);
  for (std::size_t step = 0; step < world.desk.counts.window(); ++step) {
    add_up(counters, world.desk.counts.of_step(counted, step));
    world.timelines.add_counts(counted, step, counters);
  }
  return counters;
}

CallSeries::CallSeries(const World& world) : events_(world.desk.counts.window()) {
  for (const ResourceState& state : world.resources) {
    const RegionState& region = world.regions[state.region];
    for (const Workload& workload : state.resource->workloads) {
      Labels client = labels_of(region, world.scenario);
      client.emplace_back("resource", state.resource->name);
      client.emplace_back("workload", workload.name);
      Labels calls = client;
      calls.emplace(calls.begin() + 1, "operation", workload.calls.action);
      labels_.push_back({client, calls});
    }
  }
  cell_labels_ = labels_of(world.regions.front(), world.scenario);
}

std::uint32_t CallSeries::ids() const {
  return kSeriesOfCell + kSeriesOfWorkload * static_cast<std::uint32_t>(labels_.size());
}

void CallSeries::reach(World& world) {
  const CallCounts& counts = world.desk.counts;
  const Duration step = world.scenario.series_step;
  const std::size_t window = counts.window();
  const auto steps = static_cast<std::uint64_t>((world.now - kSimulationStart) / step);
  if (steps > counts.first()) events_[steps - counts.first() - 1] = world.recorder.events_without_attempts();
  if (world.now != kSimulationStart + static_cast<std::int64_t>(counts.first() + window) * step) return;
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
    writer_.begin(world.recorder, at);
    std::uint64_t events = events_[step];
    for (const ResourceState& state : world.resources) {
      for (std::size_t i = 0; i < state.workloads.size(); ++i) {
        const std::size_t counted = state.workloads[i].counts;
        WorkloadCounters& counters = world.recorder.workload(state.index, i);
        add_up(counters, world.desk.counts.take(counted, step));
        world.timelines.take_counts(counted, step, counters);
        events += counters.attempts;
        if (at <= world.now) write_workload(counters, labels_[counted]);
      }
    }
    if (at <= world.now) writer_.write("events_total", static_cast<double>(events), cell_labels_);
  }
}

void CallSeries::look(World& world) {
  world.timelines.catch_up(world.now);
  writer_.begin_look();
  std::uint64_t events = world.recorder.events_without_attempts();
  for (const ResourceState& state : world.resources) {
    for (std::size_t i = 0; i < state.workloads.size(); ++i) {
      const WorkloadCounters counters = calls_so_far(world, state, i);
      events += counters.attempts;
      write_workload(counters, labels_[state.workloads[i].counts]);
    }
  }
  writer_.write("events_total", static_cast<double>(events), cell_labels_);
}

void CallSeries::write_workload(const WorkloadCounters& counters, const WorkloadLabels& labels) {
  const auto write = [&](std::string_view metric, std::uint64_t value, const Labels& of,
                         std::pair<std::string_view, std::string_view> label = {}) {
    writer_.write(metric, static_cast<double>(value), of, label);
  };
  const std::uint64_t failures =
      std::accumulate(counters.call_failures.begin(), counters.call_failures.end(), std::uint64_t{0});
  write("credential_helper_runs_total", counters.helper_runs, labels.client);
  write("api_calls_total", counters.calls_succeeded, labels.calls, {"outcome", "success"});
  write("api_calls_total", failures, labels.calls, {"outcome", "failure"});
  write("api_call_attempts_total", counters.attempts, labels.calls);
  write("first_calls_total", counters.first_calls - counters.first_calls_without_network, labels.calls,
        {"network", "ready"});
  write("first_calls_total", counters.first_calls_without_network, labels.calls, {"network", "missing"});
  for (const Reason reason : kCallReasons)
    write("api_call_failures_total", counters.call_failures[static_cast<std::size_t>(reason)], labels.calls,
          {"reason", reason_name(reason)});
}

}  // namespace credsim::model
