#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "credsim/record.hpp"

#include "record/database.hpp"
#include "record/stored_rows.hpp"

namespace credsim::record {

/// When a run's series were sampled: at its start and at every `length` after it, `last` times.
struct Steps {
  Duration length{1};
  std::int64_t last = 0;

  [[nodiscard]] SimTime time(std::int64_t step) const { return kSimulationStart + step * length; }
};
/// Of a run without a sample: its start alone. On failure returns nothing and sets `error`.
[[nodiscard]] std::optional<Steps> read_steps(Database& database, std::int64_t run_id, std::string& error);

/// Reads a run's samples metric by metric, in the order of kAllMetrics, then label set by label set, then
/// by time. The series of a histogram (its buckets, sum and count at one label set) are read as one. SQLite sorts the
/// stored rows, in temporary files where they are many: memory does not depend on their number, nor on that of series.
class SeriesReader {
 public:
  struct Row {
    std::int64_t group;  ///< of the series that are read as one; ascending
    SampleRun samples;
  };
  struct Series {
    std::string metric;
    Labels labels;
  };

  SeriesReader(Database& database, std::int64_t run_id) : database_(database), run_id_(run_id) {}

  /// Once, before all else. False: `error()` says why.
  [[nodiscard]] bool open();
  /// The next row; nothing at the end and on failure.
  [[nodiscard]] std::optional<Row> next();
  /// What a series is called, one of ours; nothing on failure. Precondition: a row of it was read.
  [[nodiscard]] std::optional<Series> series(std::int64_t id);

  /// What went wrong; empty if nothing did.
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  bool done(bool succeeded);
  bool name_metrics();
  bool group_series();
  bool know_all_metrics();

  Database& database_;
  std::int64_t run_id_;
  Statement rows_;
  Statement series_;
  std::string error_;
};

}  // namespace credsim::record
