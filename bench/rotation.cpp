#include "rotation.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include <unistd.h>

#include "credsim/audit_store.hpp"
#include "credsim/scenario_reader.hpp"

namespace credsim::bench {

namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "benchmark: %s\n", why.c_str());
  std::abort();
}

}  // namespace

Scenario rotation_scenario(std::int64_t instances) {
  ReadResult read = read_scenario(CREDSIM_SOURCE_DIR "/bench/rotation.yaml",
                                  {.set = {"fleets.everybody.instances=" + std::to_string(instances)}});
  if (!read.scenario) give_up(read.diagnostics.front().text());
  return std::move(*read.scenario);
}

CellResult simulate_rotation(const Scenario& scenario, AuditLevel level, CellSink& sink) {
  const std::atomic<bool> stop{false};
  CellProgress progress;
  return simulate_cell(scenario, plan_cells(scenario).front(), {.seed = scenario.seed, .audit_level = level}, sink,
                       stop, progress);
}

CellResult record_rows(const Scenario& scenario, const std::string& path,
                       const std::function<CellResult(CellSink&)>& make_rows) {
  std::string fault;
  const auto store = AuditStore::create(path, true, scenario, fault);
  if (!store) give_up(fault);
  const std::int64_t run_id = store->begin_run({.seed = scenario.seed}, {});
  auto sink = store->sink(run_id, 0);
  std::vector<CellResult> cells{make_rows(*sink)};
  sink.reset();
  store->finish_run(run_id, RunStatus::complete, Measurements{scenario, cells}, cells, {}, 0);
  if (!store->close()) give_up(store->error());
  return std::move(cells.front());
}

std::string temporary_database() {
  return std::filesystem::temp_directory_path() / ("credsim-rotation-" + std::to_string(::getpid()) + ".db");
}

std::uint64_t row_count(const CellResult& result) {
  return result.instance_rows + result.credential_rows + result.gap_rows + result.failure_rows + result.session_rows +
         result.series_rows;
}

}  // namespace credsim::bench
