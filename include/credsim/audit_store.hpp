#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "credsim/estimate.hpp"
#include "credsim/finding.hpp"
#include "credsim/measurements.hpp"
#include "credsim/record.hpp"
#include "credsim/run_snapshot.hpp"
#include "credsim/scenario.hpp"

namespace credsim {

enum class RunStatus : std::uint8_t { running, complete, interrupted, failed };
[[nodiscard]] std::string_view run_status_name(RunStatus status);

/// One replication's row in `run`, when it starts.
struct RunStart {
  std::uint64_t seed = 1;
  std::uint32_t replication = 0;
  AuditLevel level = AuditLevel::full;
};

/// A metric over all replications.
struct SummaryEstimate {
  std::string metric;
  Labels labels;
  Estimate estimate;
};

struct AuditStoreOptions {
  std::size_t queue_rows = 262'144;  ///< rows that may wait for the writer: some 15 MiB
  /// A commit comes after so many rows, or so much time with any: what a SIGKILL may lose.
  std::size_t commit_rows = 500'000;
  std::chrono::milliseconds commit_interval{1000};
  std::chrono::milliseconds patience{10'000};  ///< with another process that has the database locked
  /// False: works as with an SQLite that was built without memory-mapped I/O, which is slower. The rows are the same.
  bool memory_mapped = true;
};

/// The audit database of README.md, "The database": one SQLite file, fed by a writer thread of its own through a
/// bounded queue. From create() to close() it holds a lock by which other credsims know that the file is being written;
/// other programs may read it all the time. A run that still says `running` while nobody holds the lock was killed.
/// Methods are thread-safe where they say so; the rest is called by one thread.
///
/// Errors are values: `error()` is the first thing that went wrong (disk full, locked, read-only …) in one sentence
/// that names the file. After an error the store keeps nothing more, what was committed stays, and sinks return at
/// once.
class AuditStore {
 public:
  /// Creates `path`. Refuses what exists: a file that is not a credsim database always, a credsim database unless
  /// `force`, one that another credsim is writing, and one that another program is writing to. On failure returns null
  /// and sets `error`. Nothing is left behind by a refusal, and what was there is as it was.
  static std::unique_ptr<AuditStore> create(const std::string& path, bool force, const Scenario& scenario,
                                            std::string& error, const AuditStoreOptions& options = {});
  /// Closes. Every sink is gone by then.
  ~AuditStore();

  /// A row in `run` with the status `running`, and the configuration's findings. Returns run_id, from 1.
  std::int64_t begin_run(const RunStart& start, std::span<const Finding> findings);

  /// Where cell `cell` of run `run_id` hands its rows. Thread-safe; the sink is used by one thread, and no longer than
  /// this.
  std::unique_ptr<CellSink> sink(std::int64_t run_id, std::uint32_t cell);

  /// After its last cell: waits for the run's rows, holds every count against `count(*)` of its rows, writes limits,
  /// summary, thresholds and the status. A disagreement is an error and makes the status `failed`. Thread-safe.
  /// Precondition: the run has begun and not finished, and no sink of it takes rows any more.
  void finish_run(std::int64_t run_id, RunStatus status, const Measurements& measurements,
                  std::span<const CellResult> cells, std::span<const ThresholdResult> thresholds, double wall_seconds);

  /// The rows of `summary` over all replications (run_id null).
  void write_estimates(std::span<const SummaryEstimate> estimates);

  /// Commits everything and closes; the database is then one file. A run that has not finished is `failed`. False if
  /// anything failed since create(), or if the file is no longer at its path; then error() says what.
  bool close();

  /// Thread-safe. Becomes true as soon as the store has failed: the engine should stop.
  [[nodiscard]] bool failed() const;
  [[nodiscard]] std::string error() const;
  /// Thread-safe.
  [[nodiscard]] AuditProgress progress() const;

 private:
  class Writer;
  explicit AuditStore(std::unique_ptr<Writer> writer);
  std::unique_ptr<Writer> writer_;
};

}  // namespace credsim
