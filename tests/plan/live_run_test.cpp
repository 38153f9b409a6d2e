#include "credsim/live_run.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "scenario/scratch_folder.hpp"
#include "test_support/catch.hpp"
#include "test_support/small_scenario.hpp"

using namespace credsim;
using namespace credsim::test;
using namespace std::chrono_literals;

namespace {

/// Remembers all that it is shown, and may stop the run.
class Memory : public RunWatch {
 public:
  explicit Memory(std::atomic<bool>& stop, SimTime stop_at = kNever) : stop_(stop), stop_at_(stop_at) {}

  void show(std::shared_ptr<const RunSnapshot> snapshot) override {
    if (snapshot->at >= stop_at_) stop_ = true;
    snapshots.push_back(std::move(snapshot));
  }
  void falls_behind(double, double) override {}

  std::vector<std::shared_ptr<const RunSnapshot>> snapshots;

 private:
  std::atomic<bool>& stop_;
  SimTime stop_at_;
};

struct Watched {
  std::vector<std::shared_ptr<const RunSnapshot>> snapshots;
  ReplicationsResult result;
};

Watched watch(const Scenario& scenario, Pace::Speed speed, std::uint32_t threads, SimTime stop_at = kNever) {
  const ScratchFolder folder;
  std::string fault;
  const auto store = AuditStore::create((folder.path() / "watched.db").string(), false, scenario, fault);
  REQUIRE(store);
  ReplicationsOptions options;
  options.threads = threads;
  ReplicationsProgress progress(scenario, options);
  std::atomic<bool> stop{false};
  Pace pace(speed);
  Memory memory(stop, stop_at);
  Watched watched;
  watched.result = run_live(scenario, options, *store, stop, progress, pace, memory);
  CHECK(store->close());
  watched.snapshots = std::move(memory.snapshots);
  return watched;
}

double value(const RunSnapshot& snapshot, std::string_view metric) {
  double sum = 0;
  for (std::size_t i = 0; i < snapshot.series->size(); ++i)
    if ((*snapshot.series)[i].metric == metric) sum += snapshot.values[i];
  return sum;
}

}  // namespace

TEST_CASE("a watched run is shown from its start to its end, every series each time, and its clock goes forward",
          "[threaded]") {
  const Scenario scenario = two_cells();
  for (const std::uint32_t threads : {1U, 3U}) {
    const Watched watched = watch(scenario, 2e4, threads);
    REQUIRE(watched.snapshots.size() >= 3);
    CHECK(watched.snapshots.front()->at == kSimulationStart);
    CHECK(watched.snapshots.back()->at == kSimulationStart + scenario.duration);
    SimTime before{};
    for (const auto& snapshot : watched.snapshots) {
      CHECK(snapshot->at >= before);
      before = snapshot->at;
      REQUIRE(snapshot->values.size() == snapshot->series->size());
      CHECK(snapshot->series == watched.snapshots.front()->series);
      CHECK(value(*snapshot, "simulation_time_seconds") ==
            std::chrono::duration<double>(snapshot->at.time_since_epoch()).count());
    }
    CHECK(watched.result.status == RunStatus::complete);
    CHECK(value(*watched.snapshots.back(), "events_total") == static_cast<double>(watched.result.events));
  }
}

TEST_CASE("what a watched run shows at a moment does not depend on its speed", "[threaded]") {
  const Scenario scenario = two_cells();
  std::map<SimTime, std::vector<double>> seen;
  const Watched slow = watch(scenario, 1e4, 2);
  for (const auto& snapshot : slow.snapshots) seen[snapshot->at] = snapshot->values;
  int compared = 0;
  for (const Pace::Speed speed : {Pace::Speed{2e4}, Pace::Speed{}}) {
    const Watched other = watch(scenario, speed, 1);
    for (const auto& snapshot : other.snapshots)
      if (const auto same = seen.find(snapshot->at); same != seen.end()) {
        ++compared;
        CHECK(same->second == snapshot->values);
      }
  }
  CHECK(compared > 4);
}

TEST_CASE("a watched run that is stopped is interrupted where it was, and counts what there is", "[threaded]") {
  const Scenario scenario = two_cells();
  const Watched watched = watch(scenario, 2e4, 2, kSimulationStart + scenario.duration / 2);
  CHECK(watched.result.status == RunStatus::interrupted);
  CHECK(watched.result.counted == 1);
  CHECK(watched.result.ended < kSimulationStart + scenario.duration);
  CHECK(watched.result.ended >= watched.snapshots.back()->at);
}
