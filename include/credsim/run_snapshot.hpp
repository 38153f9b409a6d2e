#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string_view>
#include <vector>

#include "credsim/record.hpp"
#include "credsim/time.hpp"

namespace credsim {

/// The tables of rows of an audit database, as AuditProgress counts them.
inline constexpr std::array<std::string_view, 6> kAuditTables{"instance", "credential", "gap",
                                                              "failure",  "session",    "sample"};

/// How far the audit is with the rows that it was given.
struct AuditProgress {
  std::array<std::uint64_t, kAuditTables.size()> written{};  ///< as kAuditTables
  std::uint64_t waiting = 0;                                 ///< in the queue

  [[nodiscard]] std::uint64_t rows() const { return std::accumulate(written.begin(), written.end(), std::uint64_t{0}); }
};

/// All that a run shows of itself at one moment of simulated time, by one consistent reading. Immutable once it is
/// shown, so that any number of threads may read it.
struct RunSnapshot {
  SimTime at{};
  std::shared_ptr<const std::vector<SeriesDefinition>> series;  ///< the same all through a run
  std::vector<double> values;                                   ///< as `series`, at `at`
  double speed_ratio = 0;         ///< simulated seconds in a second, over the last few seconds
  double target_speed_ratio = 0;  ///< that were asked for; infinite: as many as there can be
  AuditProgress audit;
};

/// Whoever follows a run while it goes on. Called by the run's own thread, between two pieces of simulation.
class RunWatch {
 public:
  virtual ~RunWatch() = default;
  virtual void show(std::shared_ptr<const RunSnapshot> snapshot) = 0;
  /// The machine does not keep up with the speed that was asked for; once for each speed.
  virtual void falls_behind(double target_speed_ratio, double speed_ratio) = 0;
};

}  // namespace credsim
