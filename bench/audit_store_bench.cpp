#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <unistd.h>

#include "credsim/audit_store.hpp"

#include "record/database_file.hpp"
#include "record/row_writer.hpp"

// Credentials into an audit database: through the whole store (queue, writer thread, and every row read back), beside
// the rows' writer alone, prepared statements, and the import of the `sqlite3` program. Time is CPU time of the process
// and its children, so that a busy machine does not count. `ceiling_rows_per_second` is what of such rows a run with
// full audit can store at most on one core; `times_prepared` is the speed as a multiple of one prepared statement a
// row. `result` is a hash of what was stored, cut to six digits: equal for all.

namespace {

using namespace credsim;
using record::Database;
using record::Statement;

constexpr std::size_t kBatchRows = 8192;

double cpu_seconds() {
  double seconds = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime})
      seconds += static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  }
  return seconds;
}

// What a day of rotation looks like: a million instances in no order, a latency, an overlap of about five minutes.
std::vector<CredentialRow> day_of_credentials(std::size_t rows) {
  std::vector<CredentialRow> credentials;
  credentials.reserve(rows);
  std::uint64_t state = 42;
  for (std::size_t i = 0; i < rows; ++i) {
    state = state * 6364136223846793005 + 1442695040888963407;
    const SimTime requested{Duration{static_cast<std::int64_t>(i * 86'400'000'000 / rows)}};
    const SimTime issued = requested + Duration{60'000 + static_cast<std::int64_t>(state >> 44) % 100'000};
    const Duration overlap{300'000'000 - static_cast<std::int64_t>(state >> 40) % 60'000'000};
    credentials.push_back({.instance = InstanceId{(state >> 33) % 1'000'000},
                           .sequence = 1 + static_cast<std::uint32_t>(i * 24 / rows),
                           .attempts = 1,
                           .requested = requested,
                           .issued = issued,
                           .expires = issued + std::chrono::hours{1},
                           .previous_expires = issued + overlap});
  }
  return credentials;
}

Scenario one_fleet() {
  Scenario scenario;
  scenario.name = "bench";
  scenario.duration = std::chrono::hours{24};
  scenario.accounts = {{.id = "123456789012", .regions = {Region{}}, .place = {}}};
  scenario.resources.resize(1);
  return scenario;
}

std::string database_path() {
  return std::filesystem::temp_directory_path() / ("credsim-bench-" + std::to_string(::getpid()) + ".db");
}

void add_batches(const std::vector<CredentialRow>& rows, auto&& take) {
  AuditBatch batch;
  for (std::size_t at = 0; at < rows.size(); at += kBatchRows) {
    const auto first = rows.begin() + static_cast<std::ptrdiff_t>(at);
    batch.credentials.assign(first, first + static_cast<std::ptrdiff_t>(std::min(kBatchRows, rows.size() - at)));
    take(batch);
  }
}

void store(const std::string& path, const std::vector<CredentialRow>& rows) {
  std::string error;
  const Scenario scenario = one_fleet();
  const auto audit = AuditStore::create(path, true, scenario, error);
  if (!audit) std::abort();
  const std::int64_t run_id = audit->begin_run({}, {});
  std::vector<CellResult> cells(1);
  cells[0].resources.resize(1);
  cells[0].workloads.resize(1);
  cells[0].credential_rows = cells[0].resources[0].credentials_issued = rows.size();
  for (const CredentialRow& row : rows) cells[0].resources[0].overlap.record(row.previous_expires - row.issued);
  const auto sink = audit->sink(run_id, 0);
  add_batches(rows, [&](AuditBatch& batch) { sink->take(batch); });
  audit->finish_run(run_id, RunStatus::complete, Measurements{scenario, cells}, cells, {}, 0);
  if (!audit->close()) std::abort();
}

record::OwnDatabase new_database(const std::string& path) {
  std::string error;
  auto database = record::create_database_file(path, true, one_fleet(), std::chrono::seconds{1}, error);
  if (!database || !database->database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")) std::abort();
  return *std::move(database);
}

void finish(Database& database) {
  if (!database.execute("PRAGMA main.wal_checkpoint(TRUNCATE); PRAGMA main.journal_mode = DELETE")) std::abort();
}

void row_writer(const std::string& path, const std::vector<CredentialRow>& rows) {
  record::OwnDatabase own = new_database(path);
  Database& database = own.database;
  {
    record::RowWriter writer;
    bool written = writer.attach(database, true) && database.execute("BEGIN");
    add_batches(rows, [&](const AuditBatch& batch) { written = written && writer.write(1, 0, batch); });
    if (!written || !database.execute("COMMIT")) std::abort();
  }
  finish(database);
}

std::int64_t microseconds(SimTime time) {
  return time.time_since_epoch().count();
}

void prepared(const std::string& path, const std::vector<CredentialRow>& rows) {
  record::OwnDatabase own = new_database(path);
  Database& database = own.database;
  {
    Statement insert = database.prepare(
        "INSERT INTO credential_row (instance_id, resource, sequence, attempts, requested_us, issue_delay_us, "
        "lifetime_us, overlap_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    if (!database.execute("BEGIN")) std::abort();
    for (const CredentialRow& row : rows)
      if (!insert.run(static_cast<std::uint64_t>(row.instance), row.resource, row.sequence, row.attempts,
                      microseconds(row.requested), (row.issued - row.requested).count(),
                      (row.expires - row.issued).count(), (row.previous_expires - row.issued).count()))
        std::abort();
    if (!database.execute("COMMIT")) std::abort();
  }
  finish(database);
}

// Run with the file of comma-separated values that it needs at hand: making that is not counted.
void import(const std::string& path, const std::vector<CredentialRow>&) {
  {
    record::OwnDatabase own = new_database(path);
    Database& database = own.database;
    finish(database);
  }
  const std::string command = "sqlite3 '" + path + "' 'PRAGMA synchronous = OFF' '.mode csv' '.import \"" + path +
                              ".csv\" credential_row' > /dev/null";
  if (std::system(command.c_str()) != 0) std::abort();
}

void write_csv(const std::string& path, const std::vector<CredentialRow>& rows) {
  std::ofstream file{path};
  for (const CredentialRow& row : rows)
    file << (row.previous_expires - row.issued).count() << ',' << static_cast<std::uint64_t>(row.instance) << ','
         << row.sequence << ',' << row.attempts << ',' << microseconds(row.requested) << ','
         << (row.issued - row.requested).count() << ',' << (row.expires - row.issued).count() << ',' << row.resource
         << '\n';
}

double result_hash(const std::string& path) {
  std::string error;
  std::optional<Database> database = Database::open(path, std::chrono::seconds{1}, error);
  if (!database) std::abort();
  Statement select = database->prepare(
      "SELECT sum(rowid * (instance_id * 31 + sequence * 17 + requested_us + issue_delay_us + lifetime_us + "
      "overlap_us) "
      "% 1000003) % 1000000 FROM credential_row");
  return select.step() == Statement::Step::row ? static_cast<double>(select.integer(0)) : 0;
}

using Way = void (*)(const std::string&, const std::vector<CredentialRow>&);

void ingest(benchmark::State& state, Way way, std::size_t count) {
  static double prepared_seconds_a_row = 0;
  const std::vector<CredentialRow> rows = day_of_credentials(count);
  const std::string path = database_path();
  if (way == import) {
    if (std::system("command -v sqlite3 > /dev/null") != 0) return state.SkipWithError("needs the sqlite3 program");
    write_csv(path + ".csv", rows);
  }
  double seconds = 0;
  for (auto _ : state) {
    const double start = cpu_seconds();
    way(path, rows);
    const double spent = cpu_seconds() - start;
    state.SetIterationTime(spent);
    seconds += spent;
  }
  const double seconds_a_row = seconds / static_cast<double>(state.iterations()) / static_cast<double>(count);
  if (way == prepared) prepared_seconds_a_row = seconds_a_row;
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
  state.counters["bytes_a_row"] = static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(count);
  if (way == store) state.counters["ceiling_rows_per_second"] = 1 / seconds_a_row;
  if (prepared_seconds_a_row > 0) state.counters["times_prepared"] = prepared_seconds_a_row / seconds_a_row;
  state.counters["result"] = result_hash(path);
  std::filesystem::remove(path);
  std::filesystem::remove(path + ".csv");
}

// The first is what the others are measured against.
BENCHMARK_CAPTURE(ingest, prepared, prepared, 50'000)->Name("audit/prepared_statements")->UseManualTime();
BENCHMARK_CAPTURE(ingest, row_writer, row_writer, 50'000)->Name("audit/row_writer")->UseManualTime();
BENCHMARK_CAPTURE(ingest, store, store, 50'000)->Name("audit/store")->UseManualTime();
BENCHMARK_CAPTURE(ingest, import, import, 50'000)->Name("audit/sqlite3_import")->UseManualTime();

BENCHMARK_CAPTURE(ingest, prepared, prepared, 2'000'000)->Name("audit/prepared_statements/large")->UseManualTime();
BENCHMARK_CAPTURE(ingest, row_writer, row_writer, 2'000'000)->Name("audit/row_writer/large")->UseManualTime();
BENCHMARK_CAPTURE(ingest, store, store, 2'000'000)->Name("audit/store/large")->UseManualTime();
BENCHMARK_CAPTURE(ingest, import, import, 2'000'000)->Name("audit/sqlite3_import/large")->UseManualTime();

}  // namespace
