#include "plan/run_cells.hpp"

#include <algorithm>

namespace credsim {

unsigned threads_per_cell(std::size_t threads, std::size_t cells) {
  constexpr std::size_t kMost = 8;  // half of a cell's work is its own thread's: more would wait for it
  return static_cast<unsigned>(std::clamp<std::size_t>(threads / std::max<std::size_t>(1, cells), 1, kMost));
}

EndedRun end_run(const Scenario& scenario, AuditStore& store, std::int64_t run_id, std::span<const CellResult> cells,
                 double wall_seconds) {
  EndedRun run{Measurements(scenario, cells), {}, kNever, false};
  for (const CellResult& cell : cells) {
    run.ended = std::min(run.ended, cell.ended);
    run.interrupted = run.interrupted || cell.interrupted;
  }
  run.judged = judge(scenario.thresholds, run.measurements);
  store.finish_run(run_id, run.interrupted ? RunStatus::interrupted : RunStatus::complete, run.measurements, cells,
                   run.judged, wall_seconds);
  return run;
}

}  // namespace credsim
