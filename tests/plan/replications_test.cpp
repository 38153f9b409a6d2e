#include "credsim/replications.hpp"

#include <filesystem>
#include <string>

#include "test_support/catch.hpp"
#include "test_support/small_scenario.hpp"

namespace credsim::test {
namespace {

/// A folder that is gone when the test ends.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "credsim-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

struct Outcome {
  ReplicationsResult result;
  double progress = 0;
  std::uint64_t events = 0;
  std::uint64_t rows = 0;
};

Outcome replicate(const Scenario& scenario, const ReplicationsOptions& options, bool stopped = false) {
  const Folder folder;
  std::string error;
  const auto store = AuditStore::create(folder.file("a.db"), false, scenario, error);
  INFO(error);
  REQUIRE(store);
  std::atomic<bool> stop{stopped};
  ReplicationsProgress progress(scenario, options);
  Outcome outcome;
  outcome.result = run_replications(scenario, options, *store, stop, progress);
  const bool closed = store->close();
  INFO(store->error());
  CHECK(closed);
  outcome.progress = progress.share();
  outcome.events = progress.events();
  outcome.rows = store->progress().rows();
  return outcome;
}

TEST_CASE("replications give the same estimates and rows on 1, 2 and 4 threads", "[threaded]") {
  const Scenario scenario = two_cells();
  ReplicationsOptions options;
  options.replications = 5;
  const Outcome one = replicate(scenario, options);
  REQUIRE(one.result.status == RunStatus::complete);
  CHECK(one.result.counted == 5);
  CHECK(one.result.ended == SimTime{scenario.duration});
  CHECK(one.progress == 1);
  CHECK(one.events == one.result.events);
  CHECK(one.result.events > 0);
  for (const std::uint32_t threads : {2U, 4U}) {
    options.threads = threads;
    const Outcome several = replicate(scenario, options);
    CHECK(several.rows == one.rows);
    REQUIRE(several.result.estimates.size() == one.result.estimates.size());
    for (std::size_t i = 0; i < one.result.estimates.size(); ++i) {
      CAPTURE(one.result.estimates[i].metric);
      const Estimate& estimate = several.result.estimates[i].estimate;
      const Estimate& expected = one.result.estimates[i].estimate;
      CHECK(estimate.mean == expected.mean);
      REQUIRE(estimate.interval.has_value() == expected.interval.has_value());
      if (estimate.interval) CHECK(estimate.interval->high == expected.interval->high);
    }
  }
}

TEST_CASE("replications differ from one another", "[threaded]") {
  ReplicationsOptions options;
  options.replications = 4;
  options.threads = 2;
  const Outcome outcome = replicate(two_cells(), options);
  bool some_interval = false;
  for (const SummaryEstimate& row : outcome.result.estimates)
    if (row.estimate.interval && row.estimate.interval->high > row.estimate.mean) some_interval = true;
  CHECK(some_interval);
}

TEST_CASE("one replication has no intervals") {
  const Outcome outcome = replicate(two_cells(), {});
  CHECK(outcome.result.counted == 1);
  for (const SummaryEstimate& row : outcome.result.estimates) CHECK_FALSE(row.estimate.interval);
}

TEST_CASE("a stop before the start begins nothing and is interrupted", "[threaded]") {
  ReplicationsOptions options;
  options.replications = 3;
  options.threads = 2;
  const Outcome outcome = replicate(two_cells(), options, true);
  CHECK(outcome.result.status == RunStatus::interrupted);
  CHECK(outcome.result.counted == 0);
  CHECK(outcome.result.estimates.empty());
}

}  // namespace
}  // namespace credsim::test
