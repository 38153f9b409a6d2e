#include <csignal>

#include <sys/resource.h>
#include <sys/wait.h>

#include "recorded.hpp"
#include "test_support/catch.hpp"

using namespace credsim;
using namespace credsim::test;

namespace {

AuditBatch gaps(std::size_t count) {
  AuditBatch batch;
  batch.gaps.assign(count, {InstanceId{1}, 1, at(1s), at(2s), false});
  return batch;
}

// No file of this process grows beyond `bytes`: what a full disk looks like.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

}  // namespace

TEST_CASE("a full disk stops the store with one message, and what was committed stays", "[threaded]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  const Scenario scenario = two_fleets();
  std::string error;
  const auto store = AuditStore::create(path, false, scenario, error, {.commit_rows = 10'000});
  REQUIRE(store);
  const std::int64_t run_id = store->begin_run({}, {});
  {
    const SmallDisk disk{3'000'000};
    const auto sink = store->sink(run_id, 0);
    for (int i = 0; i < 1000 && !store->failed(); ++i) {
      AuditBatch batch = gaps(1000);
      sink->take(batch);
      CHECK(batch.rows() == 0);
    }
    REQUIRE(store->failed());
    const std::vector<CellResult> cells{nothing(scenario)};
    store->finish_run(run_id, RunStatus::complete, Measurements{scenario, cells}, cells, {}, 0);
    AuditBatch batch = gaps(1000);
    sink->take(batch);
    CHECK(batch.rows() == 0);
    CHECK_FALSE(store->close());
  }
  CHECK(store->error().starts_with(path + ": disk I/O error"));
  CHECK(value(path, "PRAGMA integrity_check") == "ok");
  CHECK(value(path, "SELECT status FROM run") == "failed");
  CHECK(std::stoi(value(path, "SELECT count(*) FROM credential_gap")) >= 10'000);
  CHECK(std::stoi(value(path, "SELECT count(*) FROM credential_gap")) % 10'000 == 0);
}

TEST_CASE("a disk that is full from the start leaves nothing behind") {
  const TemporaryFolder folder;
  std::string error;
  {
    const SmallDisk disk{100'000};
    CHECK(AuditStore::create(folder.file("a.db"), false, two_fleets(), error) == nullptr);
  }
  CHECK(error.starts_with("cannot create " + folder.file("a.db") + ": disk I/O error"));
  CHECK(folder.files().empty());
}

TEST_CASE("a database that cannot be replaced for want of room is kept") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  std::string error;
  REQUIRE(AuditStore::create(path, false, two_fleets(), error));
  const std::string before = read_file(path);
  {
    const SmallDisk disk{100'000};
    CHECK(AuditStore::create(path, true, two_fleets(), error) == nullptr);
  }
  CHECK(read_file(path) == before);
  CHECK(folder.files().size() == 1);
}

TEST_CASE("a killed process leaves a sound database that does not call its run complete") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  int committed[2];
  REQUIRE(::pipe(committed) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    std::string error;
    const auto store = AuditStore::create(path, false, two_fleets(), error, {.commit_rows = 20'000});
    const auto sink = store->sink(store->begin_run({}, {}), 0);
    for (;;) {
      AuditBatch batch = gaps(1000);
      sink->take(batch);
      const char byte = 0;
      if (store->progress().rows() > 200'000 && ::write(committed[1], &byte, 1) != 1) ::_exit(1);
    }
  }
  ::close(committed[1]);
  char byte = 1;
  CHECK(::read(committed[0], &byte, 1) == 1);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(committed[0]);
  CHECK(value(path, "PRAGMA integrity_check") == "ok");
  CHECK(value(path, "SELECT status FROM run") == "running");
  CHECK(std::stoi(value(path, "SELECT count(*) FROM credential_gap")) >= 180'000);

  std::string error;
  CHECK(AuditStore::create(path, true, two_fleets(), error));
  CHECK(value(path, "SELECT count(*) FROM credential_gap") == "0");
  CHECK(folder.files().size() == 1);
}

TEST_CASE("two runs into one file at a time: the second is refused, the first goes on", "[threaded]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  std::string error;
  const auto store = AuditStore::create(path, false, two_fleets(), error);
  REQUIRE(store);
  store->begin_run({}, {});
  CHECK(AuditStore::create(path, true, two_fleets(), error, {.patience = 20ms}) == nullptr);
  CHECK(error == path + " is being written by another credsim; wait for its end, or choose another name");
  CHECK(AuditStore::create(path, false, two_fleets(), error) == nullptr);
  CHECK(error == path + " is being written by another credsim; wait for its end, or choose another name");
  CHECK(store->close());
  CHECK(AuditStore::create(path, true, two_fleets(), error));
}

TEST_CASE("a run that nothing finished has failed when its store goes", "[threaded]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  std::string error;
  auto store = AuditStore::create(path, false, two_fleets(), error);
  REQUIRE(store);
  const auto sink = store->sink(store->begin_run({}, {}), 0);
  AuditBatch batch = gaps(1000);
  sink->take(batch);
  store.reset();
  CHECK(value(path, "SELECT status FROM run") == "failed");
  CHECK(value(path, "SELECT count(*) FROM credential_gap") == "1000");
}

TEST_CASE("a database that is no longer at its path when its run ends is an error", "[threaded]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  const Scenario scenario = two_fleets();
  for (const bool replaced : {false, true}) {
    CAPTURE(replaced);
    std::string error;
    const auto store = AuditStore::create(path, false, scenario, error);
    REQUIRE(store);
    const std::int64_t run_id = store->begin_run({}, {});
    std::filesystem::rename(path, folder.file("moved.db"));
    if (replaced) write_file(path, "precious");
    const std::vector<CellResult> cells{nothing(scenario)};
    store->finish_run(run_id, RunStatus::complete, Measurements{scenario, cells}, cells, {}, 0);
    CHECK_FALSE(store->close());
    CHECK(store->error() ==
          path + ": was removed, or another file has taken its name, while the run wrote it; run the scenario again");
    if (replaced) CHECK(read_file(path) == "precious");
    std::filesystem::remove(path);
  }
}
