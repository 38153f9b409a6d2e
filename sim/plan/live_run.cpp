#include "credsim/live_run.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <iterator>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "credsim/cell.hpp"

#include "engine/crew.hpp"
#include "plan/overview.hpp"
#include "plan/run_cells.hpp"

namespace credsim {
namespace {

using WallClock = std::chrono::steady_clock;

/// How finely a run can be looked at: a second, or the largest part of the series' step that is not longer; coarser
/// where so many steps of so many credentials' lives would not fit into some hundred MiB.
Duration look_step(const Scenario& scenario) {
  constexpr std::int64_t kMostSteps = 4'000'000;
  Duration lives{};
  for (const Resource& resource : scenario.resources) lives += resource.credentials.lifetime;
  const Duration finest = std::max<Duration>(std::chrono::seconds{1}, lives / kMostSteps);
  const std::int64_t least = (scenario.series_step - Duration{1}) / finest + 1;
  for (std::int64_t parts = least; parts < 4 * least; ++parts)
    if (scenario.series_step.count() % parts == 0) return scenario.series_step / parts;
  return scenario.series_step;
}

/// A cell with all that it needs to go on.
struct Cell {
  Cell(const Scenario& scenario, const CellPlan& plan, const CellRun& run, std::unique_ptr<CellSink> to,
       const AuditStore& store, std::atomic<bool>& stop, CellProgress& progress)
      : sink(std::move(to), store, stop), simulation(scenario, plan, run, sink, stop, progress) {}

  void advance(SimTime until) {
    simulation.advance(until);
    values.clear();
    simulation.look(values);
  }

  GuardedSink sink;
  CellSimulation simulation;
  std::vector<double> values;  // of its series, where it is
  std::exception_ptr failure;
};

class LiveRun {
 public:
  LiveRun(const Scenario& scenario, const ReplicationsOptions& options, AuditStore& store, std::atomic<bool>& stop,
          ReplicationsProgress& progress, Pace& pace, RunWatch& watch)
      : scenario_(scenario),
        options_(options),
        store_(store),
        stop_(stop),
        progress_(progress),
        pace_(pace),
        watch_(watch),
        look_step_(look_step(scenario)),
        crew_(options.threads) {}

  ReplicationsResult run() {
    const auto started = WallClock::now();
    ReplicationsResult result;
    try {
      simulate(result);
    } catch (const std::bad_alloc&) {
      result.fault = "not enough memory for this scenario; simulate fewer instances";
    } catch (const std::exception& error) {
      result.fault = error.what();
    }
    if (!result.fault.empty() || store_.failed()) result.status = RunStatus::failed;
    if (result.status == RunStatus::complete) store_.write_estimates(result.estimates);
    result.wall_seconds = std::chrono::duration<double>(WallClock::now() - started).count();
    return result;
  }

 private:
  void simulate(ReplicationsResult& result) {
    const auto started = WallClock::now();
    const std::int64_t run_id = store_.begin_run({scenario_.seed, 0, options_.audit_level}, options_.findings);
    make_cells(run_id);
    go_on();

    std::vector<CellResult> ended(cells_.size());
    for_each_cell([&](std::size_t i) { ended[i] = cells_[i]->simulation.finish(); });
    for (std::size_t i = 0; i < ended.size(); ++i) {
      progress_.finish_cell(i, ended[i]);
      result.events += ended[i].events;
    }
    cells_.clear();
    const EndedRun run =
        end_run(scenario_, store_, run_id, ended, std::chrono::duration<double>(WallClock::now() - started).count());
    Overview overview(scenario_);
    overview.add(0, run.measurements, run.judged, run.ended);
    overview.write_to(result);
    result.status = run.interrupted ? RunStatus::interrupted : RunStatus::complete;
  }

  void make_cells(std::int64_t run_id) {
    const std::vector<CellPlan> plans = plan_cells(scenario_);
    auto series = std::make_shared<std::vector<SeriesDefinition>>();
    for (std::size_t i = 0; i < plans.size(); ++i) {
      const auto number = static_cast<std::uint32_t>(i);
      const CellRun run{.seed = scenario_.seed,
                        .cell = number,
                        .audit_level = options_.audit_level,
                        .threads = threads_per_cell(options_.threads, plans.size()),
                        .look_step = look_step_};
      cells_.push_back(std::make_unique<Cell>(scenario_, plans[i], run, store_.sink(run_id, number), store_, stop_,
                                              progress_.place(i)));
      std::vector<SeriesDefinition> of_cell = cells_.back()->simulation.series();
      std::move(of_cell.begin(), of_cell.end(), std::back_inserter(*series));
    }
    series_ = std::move(series);
  }

  void go_on() {
    const SimTime end = kSimulationStart + scenario_.duration;
    for_each_cell([&](std::size_t i) { cells_[i]->advance(kSimulationStart); });
    pace_.start(now_);
    show(now_);
    while (now_ < end) {
      const SimTime then = std::min(end, now_ + pace_.piece(look_step_));
      for_each_cell([&](std::size_t i) { cells_[i]->advance(then); });
      if (!pace_.wait_for(then, stop_, [this] { show_again(); })) {
        // The cells are to know of the stop, wherever they are.
        for_each_cell([&](std::size_t i) { cells_[i]->advance(kNever); });
        return;
      }
      if (pace_.fell_behind()) watch_.falls_behind(pace_.target_ratio(), pace_.reached_ratio());
      show(then);
    }
  }

  /// Time has come to where the cells are.
  void show(SimTime now) {
    now_ = now;
    values_.clear();
    for (const auto& cell : cells_) values_.insert(values_.end(), cell->values.begin(), cell->values.end());
    show_again();
  }

  /// While time waits, the series stay as they were shown last; speed and audit go on.
  void show_again() {
    auto snapshot = std::make_shared<RunSnapshot>();
    snapshot->at = now_;
    snapshot->series = series_;
    snapshot->values = values_;
    snapshot->speed_ratio = pace_.reached_ratio();
    snapshot->target_speed_ratio = pace_.target_ratio();
    snapshot->audit = store_.progress();
    watch_.show(std::move(snapshot));
  }

  template <class Work>
  void for_each_cell(const Work& work) {
    std::atomic<std::size_t> next{0};
    crew_.run([&](std::size_t) {
      for (std::size_t i = next++; i < cells_.size(); i = next++) {
        try {
          work(i);
        } catch (...) {
          cells_[i]->failure = std::current_exception();
        }
      }
    });
    for (const auto& cell : cells_)
      if (cell->failure) std::rethrow_exception(cell->failure);
  }

  const Scenario& scenario_;
  const ReplicationsOptions& options_;
  AuditStore& store_;
  std::atomic<bool>& stop_;
  ReplicationsProgress& progress_;
  Pace& pace_;
  RunWatch& watch_;
  const Duration look_step_;
  Crew crew_;
  std::vector<std::unique_ptr<Cell>> cells_;
  std::shared_ptr<const std::vector<SeriesDefinition>> series_;
  SimTime now_ = kSimulationStart;  // that is shown
  std::vector<double> values_;      // of the series, at that time
};

}  // namespace

ReplicationsResult run_live(const Scenario& scenario, const ReplicationsOptions& options, AuditStore& store,
                            std::atomic<bool>& stop, ReplicationsProgress& progress, Pace& pace, RunWatch& watch) {
  return LiveRun(scenario, options, store, stop, progress, pace, watch).run();
}

}  // namespace credsim
