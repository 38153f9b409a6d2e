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
    Labels labels = labels_of(world.regions[state.region], world.scenario);
    labels.emplace_back("resource", state.resource->name);
    for (const Workload& workload : state.resource->workloads) workloads_.push_back(add_workload(labels, workload));
  }
  events_total_ = writer_.add("events_total", labels_of(world.regions.front(), world.scenario));
}

CallSeries::WorkloadSeries CallSeries::add_workload(const Labels& of_resource, const Workload& workload) {
  Labels client = of_resource;
  client.emplace_back("workload", workload.name);
  Labels calls = client;
  calls.emplace(calls.begin() + 1, "operation", workload.calls.action);
  WorkloadSeries series{.helper_runs = writer_.add("credential_helper_runs_total", client),
                        .succeeded = writer_.add("api_calls_total", calls, {"outcome", "success"}),
                        .failed = writer_.add("api_calls_total", calls, {"outcome", "failure"}),
                        .attempts = writer_.add("api_call_attempts_total", calls),
                        .first_with_network = writer_.add("first_calls_total", calls, {"network", "ready"}),
                        .first_without_network = writer_.add("first_calls_total", calls, {"network", "missing"}),
                        .failures = {}};
  for (const Reason reason : kCallReasons)
    series.failures.push_back(writer_.add("api_call_failures_total", calls, {"reason", reason_name(reason)}));
  return series;
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
    const bool is_reached = at <= world.now;
    if (is_reached) writer_.begin(world.recorder, at);
    std::uint64_t events = events_[step];
    for (const ResourceState& state : world.resources) {
      for (std::size_t i = 0; i < state.workloads.size(); ++i) {
        const std::size_t counted = state.workloads[i].counts;
        WorkloadCounters& counters = world.recorder.workload(state.index, i);
        add_up(counters, world.desk.counts.take(counted, step));
        world.timelines.take_counts(counted, step, counters);
        events += counters.attempts;
        if (is_reached) write_workload(counters, workloads_[counted]);
      }
    }
    if (is_reached) writer_.write(events_total_, static_cast<double>(events));
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
      write_workload(counters, workloads_[state.workloads[i].counts]);
    }
  }
  writer_.write(events_total_, static_cast<double>(events));
}

void CallSeries::write_workload(const WorkloadCounters& counters, const WorkloadSeries& series) {
  const auto write = [this](SeriesHandle handle, std::uint64_t value) {
    writer_.write(handle, static_cast<double>(value));
  };
  write(series.helper_runs, counters.helper_runs);
  write(series.succeeded, counters.calls_succeeded);
  write(series.failed, std::accumulate(counters.call_failures.begin(), counters.call_failures.end(), std::uint64_t{0}));
  write(series.attempts, counters.attempts);
  write(series.first_with_network, counters.first_calls - counters.first_calls_without_network);
  write(series.first_without_network, counters.first_calls_without_network);
  for (std::size_t i = 0; i < kCallReasons.size(); ++i)
    write(series.failures[i], counters.call_failures[static_cast<std::size_t>(kCallReasons[i])]);
}

}  // namespace credsim::model
