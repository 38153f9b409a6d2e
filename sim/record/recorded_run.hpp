#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "credsim/audit_store.hpp"

#include "record/database.hpp"

namespace credsim::record {

/// A run that is over, opened to be read. What is read of it is of one moment, whatever is written meanwhile.
struct RecordedRun {
  Database database;
  std::int64_t id = 0;
  RunStatus status{};  ///< complete or interrupted
  std::string version;
  std::chrono::sys_time<std::chrono::microseconds> start;  ///< of the scenario, UTC
};

/// Opens run `run_id` of the audit database `path`. On failure returns nothing and says in `error`, which names the
/// file, what would help: not a credsim database, one of another schema, no such run, one that goes on, was killed or
/// failed.
[[nodiscard]] std::optional<RecordedRun> open_recorded_run(const std::string& path, std::int64_t run_id,
                                                           std::string& error);

}  // namespace credsim::record
