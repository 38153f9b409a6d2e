#include "credsim/audit_store.hpp"

#include <functional>
#include <stdexcept>
#include <thread>

#include "recorded.hpp"
#include "test_support/catch.hpp"

using namespace credsim;
using namespace credsim::test;
using Rows = std::vector<std::string>;

namespace {

// A store in a folder of its own.
struct Open {
  explicit Open(const AuditStoreOptions& options = {}) {
    store = AuditStore::create(path, false, scenario, error, options);
    if (!store) throw std::runtime_error(error);
  }
  void finish(std::int64_t run_id, const CellResult& cell, RunStatus status = RunStatus::complete) const {
    const std::vector<CellResult> cells{cell};
    store->finish_run(run_id, status, Measurements{scenario, cells}, cells, {}, 1.5);
  }
  std::string answer(const std::string& sql) const { return value(path, sql); }

  TemporaryFolder folder;
  std::string path = folder.file("a.db");
  Scenario scenario = two_fleets();
  std::string error;
  std::unique_ptr<AuditStore> store;
};

// `count` credentials of one instance, counted as a model would: every one but the first overlaps by five minutes.
AuditBatch credentials(std::uint32_t count, CellResult& cell, std::uint64_t instance = 0) {
  AuditBatch batch;
  for (std::uint32_t i = 0; i < count; ++i) {
    const SimTime issued = at(i * 55min);
    batch.credentials.push_back({.instance = InstanceId{instance},
                                 .sequence = i + 1,
                                 .attempts = 1,
                                 .requested = issued,
                                 .issued = issued,
                                 .expires = issued + 1h,
                                 .previous_expires = i == 0 ? kNever : issued + 5min});
    if (i > 0) cell.resources[0].overlap.record(5min);
  }
  cell.credential_rows += count;
  cell.resources[0].credentials_issued += count;
  return batch;
}

void finish_with_credentials(const Open& audit, std::int64_t run_id) {
  CellResult cell = nothing(audit.scenario);
  AuditBatch batch = credentials(100, cell);
  audit.store->sink(run_id, 0)->take(batch);
  audit.finish(run_id, cell);
}

}  // namespace

TEST_CASE("a run is running until it is finished, and complete then", "[threaded]") {
  Open audit;
  const std::int64_t run_id = audit.store->begin_run({}, {});
  CHECK(run_id == 1);
  CHECK(audit.answer("SELECT status FROM run") == "running");
  CellResult cell = nothing(audit.scenario);
  cell.events = 12;
  AuditBatch batch = credentials(3, cell);
  audit.store->sink(run_id, 0)->take(batch);
  CHECK(batch.rows() == 0);
  audit.finish(run_id, cell);
  CHECK(audit.answer("SELECT status || ' ' || events || ' ' || wall_seconds FROM run") == "complete 12 1.5");
  CHECK(audit.store->close());
  CHECK(audit.store->error().empty());
  CHECK(audit.store->progress().rows() == 3);
  CHECK(audit.folder.files() == Rows{"a.db"});
  CHECK(audit.answer("PRAGMA integrity_check") == "ok");
  CHECK(audit.answer("PRAGMA journal_mode") == "delete");
}

TEST_CASE("an interrupted run says so", "[threaded]") {
  Open audit;
  const std::int64_t run_id = audit.store->begin_run({}, {});
  audit.finish(run_id, nothing(audit.scenario), RunStatus::interrupted);
  CHECK(audit.store->close());
  CHECK(audit.answer("SELECT status FROM run") == "interrupted");
}

TEST_CASE("each level says what it does not record") {
  Open audit;
  for (const AuditLevel level : {AuditLevel::full, AuditLevel::failures, AuditLevel::aggregate})
    audit.finish(audit.store->begin_run({.level = level}, {}), nothing(audit.scenario));
  CHECK(audit.store->close());
  CHECK(rows(audit.path, "SELECT audit_level, not_recorded FROM run") ==
        Rows{"full|null", "failures|instances, credentials, overlap windows, sessions",
             "aggregate|instances, credentials, overlap windows, sessions, gaps, failures"});
}

TEST_CASE("runs and cells that write side by side keep their rows apart", "[threaded]") {
  Open audit{{.queue_rows = 20, .commit_rows = 50}};
  constexpr std::uint32_t kRuns = 2;
  constexpr std::uint32_t kCells = 2;
  std::vector<CellResult> cells(kRuns * kCells, nothing(audit.scenario));
  for (std::uint32_t run = 1; run <= kRuns; ++run) CHECK(audit.store->begin_run({.replication = run - 1}, {}) == run);
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < kRuns * kCells; ++i)
    threads.emplace_back([&, i] {
      const std::uint32_t cell = i % kCells;
      const auto sink = audit.store->sink(1 + i / kCells, cell);
      AuditBatch batch;
      for (std::uint64_t n = 0; n < 100; ++n) {
        batch = credentials(1 + i, cells[i], std::uint64_t{cell} << 32 | n);
        sink->take(batch);
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (std::uint32_t run = 0; run < kRuns; ++run) {
    const std::span<const CellResult> own{&cells[run * kCells], kCells};
    audit.store->finish_run(run + 1, RunStatus::complete, Measurements{audit.scenario, own}, own, {}, 0);
  }
  CHECK(audit.store->close());
  CHECK(audit.store->error().empty());
  CHECK(rows(audit.path,
             "SELECT run_id, instance_id >> 32, count(*), count(DISTINCT instance_id) FROM credential "
             "GROUP BY 1, 2") == Rows{"1|0|100|100", "1|1|200|100", "2|0|300|100", "2|1|400|100"});
  CHECK(audit.answer("SELECT count(*) FROM overlap_window WHERE run_id = 2") == "500");
  CHECK(audit.answer("SELECT count(*) FROM (SELECT rowid FROM credential_row EXCEPT SELECT c.rowid FROM extent e "
                     "JOIN credential_row c ON c.rowid BETWEEN first_row AND last_row)") == "0");
}

TEST_CASE("a count that the rows do not bear out fails the run and names both numbers") {
  const auto said = [](AuditLevel level, const std::function<void(CellResult&, AuditBatch&)>& happen) {
    Open audit;
    const std::int64_t run_id = audit.store->begin_run({.level = level}, {});
    CellResult cell = nothing(audit.scenario);
    AuditBatch batch;
    happen(cell, batch);
    audit.store->sink(run_id, 0)->take(batch);
    audit.finish(run_id, cell);
    CHECK_FALSE(audit.store->close());
    CHECK(audit.store->failed());
    CHECK(audit.answer("SELECT status FROM run") == "failed");
    return audit.store->error().substr(audit.path.size() + 2);
  };
  CHECK(said(AuditLevel::full, [](CellResult& cell, AuditBatch& batch) {
          batch = credentials(5, cell);
          batch.credentials.pop_back();
        }) == "run 1: counted 5 credential rows, but the database has 4");
  CHECK(said(AuditLevel::full, [](CellResult& cell, AuditBatch& batch) {
          batch = credentials(5, cell);
          cell.resources[0].overlap.record(1s);
        }) == "run 1: counted 5 overlap windows, but the database has 4");
  CHECK(said(AuditLevel::failures, [](CellResult& cell, AuditBatch&) { cell.resources[1].gap.record(3s); }) ==
        "run 1: counted 1 gaps, but the database has 0");
  CHECK(said(AuditLevel::failures, [](CellResult& cell, AuditBatch& batch) {
          batch.gaps.push_back({InstanceId{1}, 1, at(1s), at(2s), false, true});
          cell.gap_rows = 1;
        }) == "run 1: counted 0 gaps of stopped instances, but the database has 1");
  CHECK(said(AuditLevel::full, [](CellResult& cell, AuditBatch&) { cell.resources[1].instances = 2; }) ==
        "run 1: counted 2 instances of ops, but the database has 0");
  CHECK(said(AuditLevel::full, [](CellResult& cell, AuditBatch&) { cell.resources[0].sessions_started = 1; }) ==
        "run 1: counted 1 sessions started of eng, but the database has 0");
  CHECK(said(AuditLevel::failures, [](CellResult& cell, AuditBatch&) {
          cell.workloads[0][1].call_failures[static_cast<std::size_t>(Reason::throttled)] = 6;
        }) == "run 1: counted 6 failed calls of eng's workload backup (throttled), but the database has 0");
  CHECK(said(AuditLevel::failures, [](CellResult& cell, AuditBatch& batch) {
          batch.failures.push_back({at(1s), InstanceId{1}, 1, FailureRow::kNoWorkload,
                                    FailureRow::Operation::assume_role, Reason::service_role, 1});
          cell.failure_rows = 1;
        }) == "run 1: counted 0 failed AssumeRole attempts of ops (service_role), but the database has 1");
  CHECK(said(AuditLevel::aggregate, [](CellResult& cell, AuditBatch&) { cell.series_rows = 1; }) ==
        "run 1: counted 1 samples of series, but the database has 0");
}

TEST_CASE("counters that have no rows at a level are not held against any") {
  Open audit;
  CellResult cell = nothing(audit.scenario);
  cell.resources[0].credentials_issued = 5;
  cell.resources[0].gap.record(1s);
  cell.resources[0].assume_role_failures[0] = 1;
  audit.finish(audit.store->begin_run({.level = AuditLevel::aggregate}, {}), cell);
  CHECK(audit.store->close());
}

TEST_CASE("limits, summary and thresholds are kept with the run, estimates without one") {
  Open audit;
  const std::int64_t run_id = audit.store->begin_run({}, {});
  CellResult cell = nothing(audit.scenario);
  LimitUsage bucket;
  bucket.labels = {{"bucket", "sts.account"}};
  bucket.name = "sts.account";
  bucket.capacity_1s = 100;
  bucket.capacity_60s = 50;
  bucket.peak_1s = 80;
  bucket.peak_60s = 10;
  bucket.first_refused = at(5s);
  bucket.refused = 3;
  LimitUsage unlimited;
  unlimited.name = "sts.service";
  unlimited.unlimited = true;
  unlimited.peak_1s = 7;
  cell.limits = {unlimited, bucket};
  const std::vector<CellResult> cells{cell};
  Threshold threshold;
  threshold.text = "credential_gap_seconds.count == 0";
  const std::vector<ThresholdResult> results{{&threshold, 0.0, true}, {&threshold, std::nullopt, false}};
  audit.store->finish_run(run_id, RunStatus::complete, Measurements{audit.scenario, cells}, cells, results, 0);
  audit.store->write_estimates(std::vector<SummaryEstimate>{
      {"credentials_issued_total", {{"resource", "eng"}}, {10, Interval{8, 13}, 2}}, {"events_total", {}, {5, {}, 1}}});
  CHECK(audit.store->close());

  CHECK(rows(audit.path,
             "SELECT \"limit\", kind, capacity, capacity_60s, peak_1s, peak_60s, round(headroom, 3), "
             "first_refused_us, refused FROM limit_headroom WHERE run_id = 1") ==
        Rows{"sts.account|bucket|100.0|50.0|80.0|10.0|0.0|5000000|3",
             "sts.service|bucket|null|null|7.0|0.0|null|null|0"});
  CHECK(rows(audit.path, "SELECT * FROM threshold") ==
        Rows{"1|credential_gap_seconds.count == 0|0.0|1", "1|credential_gap_seconds.count == 0|null|0"});
  CHECK(
      rows(audit.path, "SELECT * FROM summary WHERE run_id IS NULL") ==
      Rows{"null|credentials_issued_total|{\"resource\":\"eng\"}|10.0|8.0|13.0", "null|events_total|{}|5.0|null|null"});
  CHECK(audit.answer("SELECT value FROM summary WHERE run_id = 1 AND metric = 'credential_gap_seconds.count' AND "
                     "labels_json = '{}'") == "0.0");
}

TEST_CASE("a seed of 64 bits comes back as it was given") {
  Open audit;
  audit.store->begin_run({.seed = UINT64_MAX}, {});
  CHECK(audit.store->close());
  CHECK(audit.answer("SELECT seed FROM run") == "18446744073709551615");
}

TEST_CASE("a reader may look at a run that goes on", "[threaded]") {
  Open audit{{.commit_rows = 1, .patience = 20ms}};
  const std::int64_t run_id = audit.store->begin_run({}, {});
  Reader reader{audit.path};
  REQUIRE(reader.rows("BEGIN; SELECT count(*) FROM credential") == Rows{"0"});
  finish_with_credentials(audit, run_id);
  CHECK_FALSE(audit.store->failed());
  CHECK(reader.rows("SELECT count(*) FROM credential") == Rows{"0"});
  CHECK(reader.rows("COMMIT; SELECT count(*) FROM credential") == Rows{"100"});
  CHECK(audit.store->close());
}

TEST_CASE("a reader that does not end is named when the store closes, and nothing is lost", "[threaded]") {
  Open audit{{.patience = 20ms}};
  const std::int64_t run_id = audit.store->begin_run({}, {});
  {
    Reader reader{audit.path};
    REQUIRE(reader.rows("BEGIN; SELECT count(*) FROM credential") == Rows{"0"});
    finish_with_credentials(audit, run_id);
    CHECK_FALSE(audit.store->close());
    CHECK(audit.store->error() == audit.path +
                                      ": all is recorded, but another process is reading, so part of it stays in " +
                                      audit.path + "-wal until that process ends");
  }
  CHECK(audit.answer("SELECT status || ' ' || (SELECT count(*) FROM credential) FROM run") == "complete 100");
  CHECK(audit.folder.files() == Rows{"a.db"});
}
