#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "credsim/record.hpp"
#include "credsim/scenario.hpp"

namespace credsim {

/// The accounts and Regions that must be simulated together, since a workload of one calls the other: by far most often
/// one account in one Region. Nothing couples two cells.
struct CellPlan {
  struct Place {
    std::size_t account;
    std::size_t region;  ///< in the account
  };
  std::vector<Place> places;           ///< ascending
  std::vector<std::size_t> resources;  ///< indices in Scenario::resources, ascending
};

/// The cells of a scenario, in the order of their first Region; Regions without a resource make no cell.
[[nodiscard]] std::vector<CellPlan> plan_cells(const Scenario& scenario);

/// What a running cell shows to other threads. All relaxed: for progress bars, never for decisions.
struct CellProgress {
  std::atomic<std::int64_t> sim_time_us{0};
  std::atomic<std::uint64_t> events{0};
};

struct CellRun {
  std::uint64_t seed = 1;
  std::uint32_t replication = 0;
  std::uint32_t cell = 0;  ///< index in plan_cells()
  AuditLevel audit_level = AuditLevel::full;
  unsigned threads = 1;  ///< ≥ 1, the calling one included: how many may work on this cell
  /// At whose multiples CellSimulation::look() is exact; divides the scenario's series_step. 0: that itself.
  Duration look_step{};

  [[nodiscard]] Duration grid_of(const Scenario& scenario) const {
    return look_step > Duration{} ? look_step : scenario.series_step;
  }
};

/// One cell of one replication on its way from 0 to the scenario's end. Its rows go to `sink`. With more threads than
/// one, the others decide the calls that contend for nothing. The rows depend on the scenario, the seed, the
/// replication and the cell alone; where it paused and who looked changes none of them. When `stop` becomes true it
/// ends within some thousand events, as a run that ended there would. One thread at a time; thread-safe for different
/// sinks.
class CellSimulation {
 public:
  CellSimulation(const Scenario& scenario, const CellPlan& plan, const CellRun& run, CellSink& sink,
                 const std::atomic<bool>& stop, CellProgress& progress);
  ~CellSimulation();
  CellSimulation(const CellSimulation&) = delete;
  CellSimulation& operator=(const CellSimulation&) = delete;

  /// Simulates what happens before `until`, or all that is left if that is the scenario's end or later.
  void advance(SimTime until);

  /// Every series that the cell has, whether it will ever be anything but 0: always the same, in the order of look().
  [[nodiscard]] std::vector<SeriesDefinition> series();
  /// Appends the series' values to `values`, as they are at the moment that advance() came to, before anything that
  /// happens then. Exact if that is a multiple of the look step or the end; what is counted of credentials is else that
  /// of the last one before. O(series + instances).
  void look(std::vector<double>& values);

  /// Once, at the end: hands over the last rows. After it only look() makes sense.
  [[nodiscard]] CellResult finish();

 private:
  class Clockwork;
  std::unique_ptr<Clockwork> clockwork_;
};

/// A CellSimulation from beginning to end, on the calling thread. The order of its rows is always the same, too.
[[nodiscard]] CellResult simulate_cell(const Scenario& scenario, const CellPlan& plan, const CellRun& run,
                                       CellSink& sink, const std::atomic<bool>& stop, CellProgress& progress);

}  // namespace credsim
