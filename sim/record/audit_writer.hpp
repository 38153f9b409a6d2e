#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "credsim/audit_store.hpp"

#include "record/audit_queue.hpp"
#include "record/database_file.hpp"
#include "record/row_check.hpp"
#include "record/row_writer.hpp"

namespace credsim {

/// The store's connection and the thread that feeds it. One write transaction is always open, so that no other process
/// writes in between; it is committed every so many rows, at least once a second while there are rows, and wherever the
/// status of a run changes.
///
/// The journal is a write-ahead log while the store is open, so that readers and the run do not hinder one another, and
/// is folded in at the end. Nothing waits for the disk: what is committed survives the end of the process at any time,
/// but not a power cut shortly after.
class AuditStore::Writer {
 public:
  /// `database` is new, for `scenario`. Check failed() afterwards.
  Writer(std::string path, record::OwnDatabase database, const Scenario& scenario, const AuditStoreOptions& options);
  ~Writer();

  std::int64_t begin_run(const RunStart& start, std::span<const Finding> findings);
  void take(std::int64_t run_id, std::uint32_t cell, AuditBatch& batch);
  void finish_run(std::int64_t run_id, RunStatus status, const Measurements& measurements,
                  std::span<const CellResult> cells, std::span<const ThresholdResult> thresholds, double wall_seconds);
  void write_estimates(std::span<const SummaryEstimate> estimates);
  bool close();

  [[nodiscard]] bool failed() const { return failed_.load(std::memory_order_acquire); }
  [[nodiscard]] std::string error() const;
  [[nodiscard]] AuditProgress progress() const;

 private:
  using Clock = record::AuditQueue::Clock;

  // The thread.
  void write_batches();
  void write_until_finished();

  // With database_mutex_ held. False after a failure, which they have noted.
  bool write(const record::AuditQueue::Item& item);
  bool done(bool succeeded);
  bool read_back();
  bool settle();
  bool commit();
  bool commit_and_begin();
  bool is_in_place();
  void fold_log_in();
  void fail(const std::string& reason);

  const std::string path_;
  const AuditStoreOptions options_;
  const std::vector<record::ResourceNames> names_;
  record::AuditQueue queue_;
  std::atomic<bool> failed_{false};
  std::array<std::atomic<std::uint64_t>, kAuditTables.size()> rows_written_{};
  mutable std::mutex error_mutex_;
  std::string error_;

  std::mutex database_mutex_;             // guards what follows
  std::unique_ptr<std::byte[]> reserve_;  // memory by which a failure for want of it can still be recorded
  std::optional<record::WriterLock> lock_;
  std::optional<record::Database> database_;
  std::optional<record::RowWriter> rows_;
  std::optional<record::RowCheck> check_;
  std::map<std::int64_t, AuditLevel> levels_;  // of the runs that have begun and not finished
  std::int64_t runs_ = 0;
  std::size_t uncommitted_rows_ = 0;

  std::thread thread_;
};

}  // namespace credsim
