#include <algorithm>
#include <random>
#include <utility>

#include "recorded.hpp"
#include "test_support/catch.hpp"

using namespace credsim;
using namespace credsim::test;
using Rows = std::vector<std::string>;

namespace {

struct Store {
  explicit Store(const AuditStoreOptions& options = {}) {
    store = AuditStore::create(path, false, scenario, error, options);
    REQUIRE(store);
    run_id = store->begin_run({}, {});
    sink = store->sink(run_id, 0);
  }
  // Every batch is committed for itself where the store's options say so.
  void take(AuditBatch batch) const { sink->take(batch); }

  TemporaryFolder folder;
  std::string path = folder.file("a.db");
  Scenario scenario = two_fleets();
  std::string error;
  std::unique_ptr<AuditStore> store;
  std::int64_t run_id = 0;
  std::unique_ptr<CellSink> sink;
};

// Numbers of every size that SQLite has, and those beside them.
std::vector<std::int64_t> numbers_of_every_width() {
  std::vector<std::int64_t> numbers{0, 1, 2};
  for (const int bits : {7, 8, 15, 16, 23, 24, 31, 32, 47, 48, 60})
    for (const std::int64_t near : {-2, -1, 0, 1, 2}) numbers.push_back((std::int64_t{1} << bits) + near);
  return numbers;
}

std::vector<std::pair<std::int64_t, double>> stored_samples(const std::string& path, const std::string& metric) {
  std::vector<std::pair<std::int64_t, double>> samples;
  sqlite3* database = nullptr;
  sqlite3_stmt* select = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  const std::string sql = "SELECT at_us, value FROM timeseries WHERE metric = '" + metric + "' ORDER BY at_us";
  REQUIRE(sqlite3_prepare_v2(database, sql.c_str(), -1, &select, nullptr) == SQLITE_OK);
  while (sqlite3_step(select) == SQLITE_ROW)
    samples.emplace_back(sqlite3_column_int64(select, 0), sqlite3_column_double(select, 1));
  sqlite3_finalize(select);
  sqlite3_close(database);
  return samples;
}

// The samples that go in come out, whatever their values: as many, each at its time, the same to the last bit.
void check_samples(const AuditStoreOptions& options, const std::vector<SeriesRow>& samples) {
  const Store open{options};
  AuditBatch definition;
  definition.series_definitions = {{0, "sessions", {}}, {1, "instances", {}}};
  open.take(definition);
  constexpr std::size_t kBatch = 100;
  for (std::size_t from = 0; from < samples.size(); from += kBatch) {
    AuditBatch batch;
    for (std::size_t i = from; i < std::min(from + kBatch, samples.size()); ++i) batch.series.push_back(samples[i]);
    open.take(batch);
  }
  CellResult cell = nothing(open.scenario);
  cell.series_rows = samples.size();
  const std::vector<CellResult> cells{cell};
  open.store->finish_run(open.run_id, RunStatus::complete, Measurements{open.scenario, cells}, cells, {}, 0);
  REQUIRE(open.store->close());
  CHECK(value(open.path, "PRAGMA integrity_check") == "ok");
  for (const std::uint32_t series : {0U, 1U}) {
    std::vector<std::pair<std::int64_t, double>> expected;
    for (const SeriesRow& sample : samples)
      if (sample.series == series) expected.emplace_back(sample.at.time_since_epoch().count(), sample.value);
    CHECK((stored_samples(open.path, series == 0 ? "sessions" : "instances") == expected));
  }
}

}  // namespace

TEST_CASE("samples come back as they went in: steady, growing evenly, jumping, at any distance") {
  std::vector<SeriesRow> samples;
  const auto add = [&](Duration after, double first, double second) {
    const SimTime time = samples.empty() ? at(0s) : samples.back().at + after;
    samples.push_back({time, 0, first});
    samples.push_back({time, 1, second});
  };
  for (int i = 0; i < 1000; ++i) add(60s, 7, 60.25 * i);
  for (int i = 0; i < 20; ++i) add(60s, i * i, 0.1 * i);
  for (int i = 0; i < 20; ++i) add(Duration{1 + i * 17}, -0.0, i % 2 == 0 ? 1e300 : -1e300);
  add(1s, 5e-324, 1e14);
  add(1s, -1e14 + 1, 9007199254740994.0);
  check_samples({}, samples);
  check_samples({.commit_rows = 1}, samples);  // what is known of a run of samples is stored at each commit
}

TEST_CASE("random samples come back as they went in") {
  const auto seed = GENERATE(take(3, random(0U, UINT32_MAX)));
  CAPTURE(seed);
  std::mt19937 generator{seed};
  std::uniform_int_distribution<int> few{0, 3};
  std::vector<SeriesRow> samples;
  SimTime time = at(0s);
  double value = 0;
  for (int i = 0; i < 3000; ++i) {
    time += Duration{1 + few(generator)};
    value += few(generator) * (few(generator) == 0 ? 0.3 : 1);
    samples.push_back({time, static_cast<std::uint32_t>(few(generator) % 2), value});
  }
  check_samples({.commit_rows = 700}, samples);
}

TEST_CASE("evenly spaced samples that stay or grow evenly are few rows") {
  const Store open;
  AuditBatch batch;
  batch.series_definitions = {{0, "sessions", {}}};
  for (int i = 0; i < 1440; ++i) batch.series.push_back({at(i * 1min), 0, 3.0 + i});
  open.take(batch);
  REQUIRE(open.store->close());
  CHECK(value(open.path, "SELECT count(*) FROM sample_row") == "6");
  CHECK(value(open.path, "SELECT count(*) FROM timeseries") == "1440");
  CHECK(open.store->progress().rows() == 1440);
}

TEST_CASE("numbers of every width come back, from more rows than are handed to SQLite at once") {
  const Store open;
  const std::vector<std::int64_t> numbers = numbers_of_every_width();
  AuditBatch batch;
  std::int64_t sum = 0;
  constexpr std::size_t kRows = 30'000;
  for (std::size_t i = 0; i < kRows; ++i) {
    const std::int64_t number = numbers[i % numbers.size()];
    sum = (sum * 31 + number) % 1'000'003;
    batch.gaps.push_back({InstanceId{static_cast<std::uint64_t>(number)}, static_cast<std::uint32_t>(i), at(5s),
                          at(5s) - Duration{number}, i % 2 == 1});
  }
  open.take(batch);
  REQUIRE(open.store->close());
  CHECK(value(open.path, "PRAGMA integrity_check") == "ok");
  CHECK(rows(open.path,
             "SELECT count(*), sum(sequence), sum(open), sum(instance_id = -duration_us) FROM credential_gap") ==
        Rows{"30000|449985000|15000|30000"});
  std::int64_t stored = 0;
  for (const std::string& row : rows(open.path, "SELECT instance_id FROM credential_gap ORDER BY sequence"))
    stored = (stored * 31 + std::stoll(row)) % 1'000'003;
  CHECK(stored == sum);
}

TEST_CASE("rows belong to their runs after a VACUUM too") {
  const Store open;
  const std::int64_t second = open.store->begin_run({.replication = 1}, {});
  const auto other = open.store->sink(second, 0);
  for (int i = 0; i < 50; ++i) {
    AuditBatch batch;
    batch.gaps.assign(100, {InstanceId{1}, 1, at(1s), at(2s), false});
    open.take(batch);
    batch.gaps.assign(10, {InstanceId{2}, 1, at(1s), at(2s), false});
    other->take(batch);
  }
  REQUIRE(open.store->close());
  const auto by_run = [&] {
    return rows(open.path, "SELECT run_id, instance_id, count(*) FROM credential_gap GROUP BY 1, 2");
  };
  REQUIRE(by_run() == Rows{"1|1|5000", "2|2|500"});
  REQUIRE(rows(open.path, "VACUUM").empty());
  CHECK(by_run() == Rows{"1|1|5000", "2|2|500"});
}

TEST_CASE("an SQLite without memory-mapped I/O stores the same rows", "[threaded]") {
  // More rows than fit into the memory that SQLite copies from, in batches that fill it again and again.
  const auto stored = [](bool memory_mapped) {
    const Store open{{.commit_rows = 20'000, .memory_mapped = memory_mapped}};
    for (std::uint32_t first = 0; first < 100'000; first += 7'001) {
      AuditBatch batch;
      for (std::uint32_t i = first; i < first + 7'001; ++i) {
        batch.gaps.push_back(
            {InstanceId{i}, i + 1, at(Duration{i * 977LL}), at(Duration{i * 2'000'003LL}), i % 2 == 0});
        if (i % 10 == 0)
          batch.failures.push_back({at(Duration{i}), InstanceId{i}, 1, FailureRow::kNoWorkload,
                                    FailureRow::Operation::assume_role, Reason::throttled, i});
      }
      open.take(std::move(batch));
    }
    CHECK(open.store->close());
    CHECK(value(open.path, "PRAGMA integrity_check") == "ok");
    Rows all = rows(open.path, "SELECT rowid, * FROM gap_row");
    const Rows failures = rows(open.path, "SELECT rowid, * FROM failure_row");
    all.insert(all.end(), failures.begin(), failures.end());
    return all;
  };
  const Rows copied = stored(false);
  CHECK(copied.size() > 100'000);
  CHECK((copied == stored(true)));
}
