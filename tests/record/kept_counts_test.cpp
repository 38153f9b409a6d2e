#include <array>
#include <random>
#include <stdexcept>

#include "recorded.hpp"
#include "test_support/catch.hpp"

using namespace credsim;
using namespace credsim::test;
using Rows = std::vector<std::string>;

namespace {

constexpr Duration kWarmUp = 90min;

FailureRow random_failure(std::mt19937_64& random, std::uint32_t cell) {
  using Operation = FailureRow::Operation;
  const auto below = [&](std::uint64_t bound) { return random() % bound; };
  const bool call = below(2) == 0;
  const InstanceId instance{std::uint64_t{cell} << 32 | below(40)};
  return {.at = at(std::chrono::seconds{below(5 * 3600)}),
          .instance = !call && below(8) == 0 ? kNoInstance : instance,
          .resource = call ? 0 : static_cast<std::uint32_t>(below(2)),
          .workload = call ? static_cast<std::uint16_t>(below(2)) : FailureRow::kNoWorkload,
          .operation = call ? Operation::call : Operation::assume_role,
          .reason = below(2) == 0 ? Reason::throttled : Reason::service_unavailable,
          .attempts = static_cast<std::uint32_t>(1 + below(3))};
}

GapRow random_gap(std::mt19937_64& random) {
  const SimTime opened = at(std::chrono::seconds{random() % 9000});
  return {.instance = InstanceId{random() % 40},
          .sequence = 1,
          .opened = opened,
          .closed = opened + std::chrono::seconds{1 + random() % 600},
          .open = random() % 4 == 0,
          .stopped = random() % 4 == 0,
          .resource = static_cast<std::uint32_t>(random() % 2)};
}

// Two runs of two cells, side by side; commits after every so many rows. The first run ends, the second does not.
class RandomRuns {
 public:
  RandomRuns() {
    scenario.warm_up = kWarmUp;
    std::string error;
    const auto store = AuditStore::create(path, false, scenario, error, {.commit_rows = 50});
    const RunStart start{.level = AuditLevel::aggregate};  // so that only numbers of rows must agree
    const std::array runs{store->begin_run(start, {}), store->begin_run(start, {})};
    CellResult counted = nothing(scenario);
    std::array<std::vector<std::unique_ptr<CellSink>>, 2> sinks;
    for (std::size_t i = 0; i < runs.size(); ++i)
      for (const std::uint32_t cell : {0U, 1U}) sinks[i].push_back(store->sink(runs[i], cell));
    for (int batches = 0; batches < 60; ++batches) {
      const std::size_t run = random() % 2;
      const auto cell = static_cast<std::uint32_t>(random() % 2);
      AuditBatch batch;
      for (std::uint64_t left = random() % 30; left > 0; --left) batch.failures.push_back(random_failure(random, cell));
      for (std::uint64_t left = random() % 5; left > 0; --left) batch.gaps.push_back(random_gap(random));
      if (run == 0) {
        counted.failure_rows += batch.failures.size();
        counted.gap_rows += batch.gaps.size();
      }
      sinks.at(run).at(cell)->take(batch);
    }
    sinks = {};
    const std::vector<CellResult> cells{counted};
    store->finish_run(runs[0], RunStatus::complete, Measurements{scenario, cells}, cells, {}, 1);
    if (!store->close()) throw std::runtime_error(store->error());
  }

  [[nodiscard]] Rows operator()(const std::string& sql) const { return rows(path, sql); }

 private:
  TemporaryFolder folder_;

 public:
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 random{seed};
  Scenario scenario = two_fleets();
  const std::string path = folder_.file("a.db");
};

}  // namespace

TEST_CASE("failures by hour and gaps by resource are those of all rows, whether or not the run has ended") {
  const RandomRuns recorded;
  CAPTURE(recorded.seed);
  const Rows failures = recorded(
      "SELECT run_id, at_us / 3600000000, resource, workload, operation, reason, count(*), account, region, warm_up "
      "FROM failure GROUP BY 1, 2, 3, 4, 5, 6, 10 ORDER BY 1, 2, 3, 4, 5, 6, 10");
  CHECK(failures.size() > 40);
  CHECK(recorded("SELECT * FROM failure_by_hour ORDER BY 1, 2, 3, 4, 5, 6, 10") == failures);

  const Rows gaps = recorded(
      "SELECT run_id, resource, stopped, count(*), sum(open), sum(duration_us), max(duration_us), account, region, "
      "warm_up FROM credential_gap GROUP BY 1, 2, 3, 10 ORDER BY 1, 2, 3, 10");
  CHECK(gaps.size() > 8);
  CHECK(recorded("SELECT * FROM gap_by_resource ORDER BY 1, 2, 3, 10") == gaps);
}

TEST_CASE("an instance's failures are all found along its chain, and in a run that has not ended without one") {
  const RandomRuns recorded;
  CAPTURE(recorded.seed);
  CHECK(recorded("SELECT count(DISTINCT run_id) FROM failure") == Rows{"2"});
  CHECK(recorded("SELECT DISTINCT run_id FROM last_failure_row") == Rows{"1"});
  const std::string all = " ORDER BY 1, 2, 3, 4, 5, 6, 7, 8";
  CHECK(recorded("SELECT * FROM failure_by_instance" + all) == recorded("SELECT * FROM failure" + all));
  for (const std::string& instance : recorded("SELECT DISTINCT instance_id FROM failure")) {
    const std::string one = " WHERE instance_id IS " + instance + all;
    CAPTURE(instance);
    CHECK(recorded("SELECT * FROM failure_by_instance" + one) == recorded("SELECT * FROM failure" + one));
  }
}

TEST_CASE("both timelines have the same rows") {
  const RandomRuns recorded;
  CAPTURE(recorded.seed);
  const std::string all = " ORDER BY 1, 2, 3, 4, 5, 6, 7";
  CHECK(recorded("SELECT * FROM timeline_by_instance" + all) == recorded("SELECT * FROM timeline_utc" + all));
}
