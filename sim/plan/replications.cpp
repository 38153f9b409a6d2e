#include "credsim/replications.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

#include "credsim/measurements.hpp"

#include "engine/crew.hpp"
#include "plan/overview.hpp"
#include "plan/run_cells.hpp"

namespace credsim {
namespace {

using WallClock = std::chrono::steady_clock;

double seconds_since(WallClock::time_point start) {
  return std::chrono::duration<double>(WallClock::now() - start).count();
}

/// What stands for a cell that was not begun before the interruption.
CellResult unsimulated_cell(const Scenario& scenario) {
  CellResult result;
  result.resources.resize(scenario.resources.size());
  for (const Resource& resource : scenario.resources) result.workloads.emplace_back(resource.workloads.size());
  result.interrupted = true;
  return result;
}

/// The workers of one run_replications(): each takes the next cell, replication by replication, until none is left.
class Runner {
 public:
  Runner(const Scenario& scenario, const ReplicationsOptions& options, AuditStore& store, std::atomic<bool>& stop,
         ReplicationsProgress& progress)
      : scenario_(scenario),
        options_(options),
        store_(store),
        stop_(stop),
        progress_(progress),
        plans_(plan_cells(scenario)),
        complete_(scenario),
        partial_(scenario) {}

  ReplicationsResult run() {
    const auto started = WallClock::now();
    Crew(options_.threads).run([this](std::size_t worker) { work(worker); });
    close_interrupted();

    ReplicationsResult result;
    result.fault = fault_;
    result.events = events_;
    result.status = !fault_.empty() || store_.failed()   ? RunStatus::failed
                    : completed_ < options_.replications ? RunStatus::interrupted
                                                         : RunStatus::complete;
    (complete_.empty() ? partial_ : complete_).write_to(result);
    if (result.status == RunStatus::complete) store_.write_estimates(result.estimates);
    result.wall_seconds = seconds_since(started);
    return result;
  }

 private:
  /// A replication of which a cell has begun and not all have ended.
  struct Replication {
    std::int64_t run_id = 0;
    std::vector<std::optional<CellResult>> cells;
    std::size_t ended = 0;
    WallClock::time_point started;
  };
  struct Task {
    std::uint32_t replication;
    std::uint32_t cell;
    std::int64_t run_id;
  };

  void work(std::size_t worker) {
    try {
      while (const auto task = next_task()) simulate(*task, worker);
    } catch (const std::bad_alloc&) {
      fail("not enough memory for this scenario; simulate fewer instances, or use fewer --threads");
    } catch (const std::exception& error) {
      fail(error.what());
    }
  }

  /// Begins the replication too, if this is its first cell: under the lock, so that run ids are in order.
  std::optional<Task> next_task() {
    const std::scoped_lock lock(mutex_);
    if (stop_ || next_replication_ == options_.replications) return std::nullopt;
    Replication& replication = running_[next_replication_];
    if (next_cell_ == 0) {
      const RunStart start{scenario_.seed, next_replication_, options_.audit_level};
      replication = {store_.begin_run(start, options_.findings), {}, 0, WallClock::now()};
      replication.cells.resize(plans_.size());
    }
    const Task task{next_replication_, next_cell_, replication.run_id};
    if (++next_cell_ == plans_.size()) {
      next_cell_ = 0;
      ++next_replication_;
    }
    return task;
  }

  void simulate(const Task& task, std::size_t worker) {
    GuardedSink sink(store_.sink(task.run_id, task.cell), store_, stop_);
    const CellRun run{.seed = scenario_.seed,
                      .replication = task.replication,
                      .cell = task.cell,
                      .audit_level = options_.audit_level,
                      .threads = threads_per_cell(options_.threads, plans_.size() * options_.replications)};
    CellResult result = simulate_cell(scenario_, plans_[task.cell], run, sink, stop_, progress_.place(worker));
    progress_.finish_cell(worker, result);
    if (auto replication = end_cell(task, std::move(result))) finish(task.replication, std::move(*replication));
  }

  /// Returns the replication if this was its last cell.
  std::optional<Replication> end_cell(const Task& task, CellResult result) {
    const std::scoped_lock lock(mutex_);
    const auto place = running_.find(task.replication);
    events_ += result.events;
    place->second.cells[task.cell] = std::move(result);
    if (++place->second.ended < plans_.size()) return std::nullopt;
    Replication replication = std::move(place->second);
    running_.erase(place);
    return replication;
  }

  void finish(std::uint32_t number, Replication replication) {
    std::vector<CellResult> cells;
    for (auto& cell : replication.cells) cells.push_back(cell ? std::move(*cell) : unsimulated_cell(scenario_));
    const EndedRun run = end_run(scenario_, store_, replication.run_id, cells, seconds_since(replication.started));
    if (store_.failed()) stop_ = true;

    const std::scoped_lock lock(mutex_);
    if (!run.interrupted) {
      ++completed_;
      complete_.add(number, run.measurements, run.judged, run.ended);
    } else if (number == 0) {
      partial_.add(number, run.measurements, run.judged, run.ended);
    }
  }

  /// After the workers: the replications of which a cell was never begun. A store that failed or a simulation that
  /// threw leaves them as they are, which is not `complete`.
  void close_interrupted() {
    if (!fault_.empty() || store_.failed()) return;
    for (auto& [number, replication] : running_) finish(number, std::move(replication));
    running_.clear();
  }

  void fail(std::string fault) {
    const std::scoped_lock lock(mutex_);
    if (fault_.empty()) fault_ = std::move(fault);
    stop_ = true;
  }

  const Scenario& scenario_;
  const ReplicationsOptions& options_;
  AuditStore& store_;
  std::atomic<bool>& stop_;
  ReplicationsProgress& progress_;
  const std::vector<CellPlan> plans_;

  std::mutex mutex_;  // guards all that follows
  std::uint32_t next_replication_ = 0;
  std::uint32_t next_cell_ = 0;
  std::map<std::uint32_t, Replication> running_;
  Overview complete_;
  Overview partial_;
  std::uint32_t completed_ = 0;
  std::uint64_t events_ = 0;
  std::string fault_;
};

}  // namespace

ReplicationsProgress::ReplicationsProgress(const Scenario& scenario, const ReplicationsOptions& options)
    : running_(std::max<std::size_t>(options.threads, plan_cells(scenario).size())),
      total_us_(static_cast<double>(scenario.duration.count()) * static_cast<double>(plan_cells(scenario).size()) *
                options.replications) {}

double ReplicationsProgress::share() const {
  auto simulated_us = static_cast<double>(finished_us_.load(std::memory_order_relaxed));
  for (const CellProgress& cell : running_)
    simulated_us += static_cast<double>(cell.sim_time_us.load(std::memory_order_relaxed));
  return total_us_ > 0 ? std::min(1.0, simulated_us / total_us_) : 1.0;
}

std::uint64_t ReplicationsProgress::events() const {
  std::uint64_t events = finished_events_.load(std::memory_order_relaxed);
  for (const CellProgress& cell : running_) events += cell.events.load(std::memory_order_relaxed);
  return events;
}

void ReplicationsProgress::finish_cell(std::size_t worker, const CellResult& result) {
  running_[worker].sim_time_us.store(0, std::memory_order_relaxed);
  running_[worker].events.store(0, std::memory_order_relaxed);
  finished_us_.fetch_add(result.ended.time_since_epoch().count(), std::memory_order_relaxed);
  finished_events_.fetch_add(result.events, std::memory_order_relaxed);
}

ReplicationsResult run_replications(const Scenario& scenario, const ReplicationsOptions& options, AuditStore& store,
                                    std::atomic<bool>& stop, ReplicationsProgress& progress) {
  return Runner(scenario, options, store, stop, progress).run();
}

}  // namespace credsim
