#include "record/audit_writer.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "engine/started_thread.hpp"
#include "record/run_tables.hpp"

namespace credsim {
namespace {

constexpr std::size_t kReserveBytes = std::size_t{1} << 20;

}  // namespace

AuditStore::Writer::Writer(std::string path, record::OwnDatabase database, const Scenario& scenario,
                           const AuditStoreOptions& options)
    : path_(std::move(path)),
      options_(options),
      names_(record::resource_names(scenario)),
      queue_(options.queue_rows),
      reserve_(std::make_unique<std::byte[]>(kReserveBytes)),
      lock_(std::move(database.lock)),
      database_(std::move(database.database)),
      rows_(std::in_place),
      check_(std::in_place, scenario.warm_up) {
  if (!done(database_->execute("PRAGMA main.synchronous = OFF; PRAGMA main.cache_size = -32768; "
                               "PRAGMA main.secure_delete = OFF")))
    return;
  // Some file systems have no shared memory: SQLite then stays with its rollback journal, and readers have to wait.
  (void)database_->execute("PRAGMA main.journal_mode = WAL");
  if (done(rows_->attach(*database_, options_.memory_mapped) && check_->attach(*database_) &&
           database_->execute("BEGIN IMMEDIATE")))
    thread_ = started_thread([this] { write_batches(); });
}

AuditStore::Writer::~Writer() {
  try {
    (void)close();
  } catch (const std::exception&) {
    // There was not even memory to say so. The run goes on saying `running`, with nobody who writes it.
  }
}

std::int64_t AuditStore::Writer::begin_run(const RunStart& start, std::span<const Finding> findings) {
  const std::lock_guard lock{database_mutex_};
  const std::int64_t run_id = ++runs_;
  if (failed()) return run_id;
  levels_[run_id] = start.level;
  if (done(record::insert_run(*database_, run_id, start, findings))) (void)commit_and_begin();
  return run_id;
}

void AuditStore::Writer::take(std::int64_t run_id, std::uint32_t cell, AuditBatch& batch) {
  queue_.push(run_id, cell, batch);
}

void AuditStore::Writer::write_batches() {
  std::string fault;
  try {
    write_until_finished();
    return;
  } catch (const std::bad_alloc&) {
    fault = "not enough memory to record; simulate fewer instances, or use fewer --threads";
  } catch (const std::exception& error) {
    fault = error.what();
  }
  const std::lock_guard lock{database_mutex_};
  fail(fault);
}

void AuditStore::Writer::write_until_finished() {
  Clock::time_point commit_at = Clock::now() + options_.commit_interval;
  while (!queue_.finished()) {
    std::unique_ptr<record::AuditQueue::Item> item = queue_.pop(commit_at);
    {
      const std::lock_guard lock{database_mutex_};
      if (failed()) return;
      if (item && !write(*item)) return;
      const Clock::time_point now = Clock::now();
      if (now >= commit_at || uncommitted_rows_ >= options_.commit_rows) {
        if (uncommitted_rows_ > 0 && !commit_and_begin()) return;
        commit_at = now + options_.commit_interval;
      }
    }
    if (item) queue_.done(std::move(item));
  }
}

bool AuditStore::Writer::write(const record::AuditQueue::Item& item) {
  if (!done(rows_->write(item.run_id, item.cell, item.rows) && read_back())) return false;
  uncommitted_rows_ += item.rows.rows();
  const AuditBatch& rows = item.rows;
  const std::array written{rows.instances.size(), rows.credentials.size(), rows.gaps.size(),
                           rows.failures.size(),  rows.sessions.size(),    rows.series.size()};
  for (std::size_t i = 0; i < kAuditTables.size(); ++i)
    rows_written_[i].fetch_add(written[i], std::memory_order_relaxed);
  return true;
}

AuditProgress AuditStore::Writer::progress() const {
  AuditProgress progress;
  for (std::size_t i = 0; i < kAuditTables.size(); ++i)
    progress.written[i] = rows_written_[i].load(std::memory_order_relaxed);
  progress.waiting = queue_.rows_waiting();
  return progress;
}

bool AuditStore::Writer::read_back() {
  const std::vector<record::RowRange> stored = rows_->take_stored();
  return std::all_of(stored.begin(), stored.end(), [this](const auto& rows) { return check_->read(rows); });
}

bool AuditStore::Writer::settle() {
  return done(rows_->settle() && read_back());
}

void AuditStore::Writer::finish_run(std::int64_t run_id, RunStatus status, const Measurements& measurements,
                                    std::span<const CellResult> cells, std::span<const ThresholdResult> thresholds,
                                    double wall_seconds) {
  if (!queue_.wait_until_done(run_id)) return;
  const std::lock_guard lock{database_mutex_};
  if (failed() || !settle() || !done(rows_->finish(run_id))) return;
  const record::RowCheck::Verdict check = check_->finish(run_id, levels_[run_id], names_, cells);
  levels_.erase(run_id);
  if (!done(check.read)) return;
  if (!check.disagreement.empty()) status = RunStatus::failed;
  if (!done(record::insert_results(*database_, run_id, measurements, thresholds) &&
            record::finish_run(*database_, run_id, status, measurements.events(), wall_seconds)) ||
      !commit_and_begin())
    return;
  if (!check.disagreement.empty()) fail(check.disagreement);
}

void AuditStore::Writer::write_estimates(std::span<const SummaryEstimate> estimates) {
  const std::lock_guard lock{database_mutex_};
  if (!failed() && done(record::insert_estimates(*database_, estimates))) (void)commit_and_begin();
}

bool AuditStore::Writer::close() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
  const std::lock_guard lock{database_mutex_};
  if (database_ && !failed() && done(record::fail_unfinished_runs(*database_)) && commit() && is_in_place())
    fold_log_in();
  rows_.reset();
  check_.reset();
  database_.reset();
  lock_.reset();
  return !failed();
}

std::string AuditStore::Writer::error() const {
  const std::lock_guard lock{error_mutex_};
  return error_;
}

bool AuditStore::Writer::done(bool succeeded) {
  if (!succeeded) fail(database_->message());
  return succeeded;
}

bool AuditStore::Writer::commit() {
  uncommitted_rows_ = 0;
  return settle() && done(database_->execute("COMMIT"));
}

bool AuditStore::Writer::commit_and_begin() {
  return commit() && done(database_->execute("BEGIN IMMEDIATE"));
}

bool AuditStore::Writer::is_in_place() {
  if (lock_->is_at(path_)) return true;
  fail("was removed, or another file has taken its name, while the run wrote it; run the scenario again");
  return false;
}

void AuditStore::Writer::fold_log_in() {
  bool busy = false;
  {
    record::Statement checkpoint = database_->prepare("PRAGMA main.wal_checkpoint(TRUNCATE)");
    if (!done(checkpoint.step() == record::Statement::Step::row)) return;
    busy = checkpoint.integer(0) != 0;
  }
  if (busy) {
    fail("all is recorded, but another process is reading, so part of it stays in " + path_ +
         "-wal until that process ends");
    return;
  }
  // Refused while another process has it open, though it reads nothing; the log is empty then, and goes with that one.
  (void)database_->execute("PRAGMA busy_timeout = 0; PRAGMA main.journal_mode = DELETE");
}

void AuditStore::Writer::fail(const std::string& reason) {
  reserve_.reset();
  {
    const std::lock_guard lock{error_mutex_};
    if (error_.empty()) error_ = path_ + ": " + reason;
  }
  failed_.store(true, std::memory_order_release);
  queue_.abandon();
  // Best efforts: there may be no room even for this. Then the run goes on saying `running`.
  database_->roll_back();
  (void)record::fail_unfinished_runs(*database_);
}

}  // namespace credsim
