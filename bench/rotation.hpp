#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "credsim/cell.hpp"
#include "credsim/scenario.hpp"

namespace credsim::bench {

/// rotation.yaml with `instances` instances. Aborts if it cannot be read.
[[nodiscard]] Scenario rotation_scenario(std::int64_t instances);

/// Simulates the scenario's only cell on this thread.
[[nodiscard]] CellResult simulate_rotation(const Scenario& scenario, AuditLevel level, CellSink& sink);

/// Has `make_rows` hand rows to a new audit database at `path`, closes the run with what it returned, and checks every
/// count, as `credsim run` does. Returns that result. Aborts if anything fails.
CellResult record_rows(const Scenario& scenario, const std::string& path,
                       const std::function<CellResult(CellSink&)>& make_rows);

/// A name for a database of this process, in the directory for temporary files.
[[nodiscard]] std::string temporary_database();

[[nodiscard]] std::uint64_t row_count(const CellResult& result);

/// Throws away what it is handed.
class NoSink : public CellSink {
 public:
  void take(AuditBatch& batch) override { batch.clear(); }
};

}  // namespace credsim::bench
