#include "record/recorded_run.hpp"

#include <filesystem>

#include "record/writer_lock.hpp"
#include "recorded.hpp"
#include "test_support/catch.hpp"

using namespace credsim;
using namespace credsim::test;

namespace {

/// A closed database with a run for each status.
class Runs {
 public:
  explicit Runs(const std::vector<RunStatus>& statuses) {
    const Scenario scenario = two_fleets();
    std::string error;
    const auto store = AuditStore::create(path, false, scenario, error);
    REQUIRE(store);
    for (const RunStatus status : statuses) {
      const std::int64_t run = store->begin_run({}, {});
      const std::vector<CellResult> cells{nothing(scenario)};
      store->finish_run(run, status, Measurements{scenario, cells}, cells, {}, 1.5);
    }
    REQUIRE(store->close());
  }

 private:
  TemporaryFolder folder_;

 public:
  const std::string path = folder_.file("a.db");
};

/// Why `run` of the database at `path` is refused; it names the file.
std::string refusal(const std::string& path, std::int64_t run = 1) {
  std::string error;
  CHECK_FALSE(record::open_recorded_run(path, run, error));
  CHECK(error.find(path) != std::string::npos);
  return error;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a run that is over is opened with what it is called and when it was") {
  const Runs runs{{RunStatus::complete, RunStatus::interrupted}};
  std::string error;
  const auto complete = record::open_recorded_run(runs.path, 1, error);
  REQUIRE(complete);
  CHECK(complete->id == 1);
  CHECK(complete->status == RunStatus::complete);
  CHECK(complete->version == CREDSIM_VERSION);
  CHECK(complete->start == two_fleets().start);
  const auto interrupted = record::open_recorded_run(runs.path, 2, error);
  REQUIRE(interrupted);
  CHECK(interrupted->status == RunStatus::interrupted);
  CHECK(error.empty());
}

TEST_CASE("a run that failed is refused") {
  const Runs runs{{RunStatus::failed}};
  CHECK(holds(refusal(runs.path), "failed"));
}

TEST_CASE("a run that goes on is told from one that was killed") {
  const Runs runs{{RunStatus::complete}};
  REQUIRE(rows(runs.path, "UPDATE run_row SET status = 'running'").empty());
  CHECK(holds(refusal(runs.path), "was killed before its end"));
  const auto writer = record::WriterLock::take(runs.path);
  REQUIRE(writer);
  CHECK(holds(refusal(runs.path), "is still running; wait for its end"));
}

TEST_CASE("who asks for a run that is not there is told which are") {
  const Runs none{{}};
  CHECK(holds(refusal(none.path, 1), "there is no run 1 in"));
  CHECK(holds(refusal(none.path, 1), "it has none"));
  const Runs one{{RunStatus::complete}};
  CHECK(holds(refusal(one.path, 2), "it has run 1 only"));
  const Runs three{std::vector<RunStatus>(3, RunStatus::complete)};
  CHECK(holds(refusal(three.path, 0), "it has the runs 1 to 3"));
}

TEST_CASE("what is not a credsim database is refused by name") {
  const TemporaryFolder folder;
  CHECK(holds(refusal(folder.file("missing.db")), "No such file"));
  CHECK(holds(refusal(folder.file("")), "is a folder"));
  write_file(folder.file("notes.txt"), "precious");
  CHECK(holds(refusal(folder.file("notes.txt")), "is not a credsim database"));
  REQUIRE(rows(folder.file("foreign.db"), "CREATE TABLE precious (x)").empty());
  CHECK(holds(refusal(folder.file("foreign.db")), "is not a credsim database"));
}

TEST_CASE("a database of another schema is refused with what reads it") {
  const Runs runs{{RunStatus::complete}};
  REQUIRE(rows(runs.path, "PRAGMA user_version = 999").empty());
  CHECK(holds(refusal(runs.path), "of a newer credsim (schema 999"));
  REQUIRE(rows(runs.path, "PRAGMA user_version = 0").empty());
  CHECK(holds(refusal(runs.path), "of an older credsim (schema 0"));
}

TEST_CASE("a damaged database is refused") {
  const Runs runs{{RunStatus::complete}};
  std::string bytes = read_file(runs.path);
  bytes.replace(100, bytes.size() - 100, bytes.size() - 100, '\x55');
  write_file(runs.path, bytes);
  CHECK(holds(refusal(runs.path), "cannot read"));
}
