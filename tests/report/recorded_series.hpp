#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "record/recorded.hpp"
#include "report/openmetrics_export.hpp"
#include "test_support/catch.hpp"

/// Runs recorded by hand, and what is exported of them.
namespace credsim::test {

constexpr Duration kStep = 60s;

/// A database of runs whose series are made here.
class Recording {
 public:
  Recording() : store_(AuditStore::create(path, false, scenario_, error_)) { REQUIRE(store_); }

  std::int64_t begin() { return store_->begin_run({}, {}); }
  /// Rows of a cell. A batch's series must have ids from 0 on.
  void take(std::int64_t run, std::uint32_t cell, AuditBatch batch) {
    series_rows_ += batch.series.size();
    store_->sink(run, cell)->take(batch);
  }
  void finish(std::int64_t run, CellResult cell, RunStatus status = RunStatus::complete) {
    cell.series_rows = std::exchange(series_rows_, 0);
    const std::vector<CellResult> cells{cell};
    store_->finish_run(run, status, Measurements{scenario_, cells}, cells, {}, 1.5);
    REQUIRE(store_->error().empty());
  }
  void finish(std::int64_t run) { finish(run, nothing(scenario_)); }
  void close() { REQUIRE(store_->close()); }

  [[nodiscard]] const Scenario& scenario() const { return scenario_; }

 private:
  TemporaryFolder folder_;
  Scenario scenario_ = two_fleets();
  std::string error_;
  std::uint64_t series_rows_ = 0;

 public:
  const std::string path = folder_.file("a.db");

 private:
  std::unique_ptr<AuditStore> store_;
};

/// A series with a value at each step from `first` on.
inline void add_series(AuditBatch& batch, const std::string& metric, const Labels& labels, std::int64_t first,
                       const std::vector<double>& values) {
  const auto id = static_cast<std::uint32_t>(batch.series_definitions.size());
  batch.series_definitions.push_back({id, metric, labels});
  for (std::size_t i = 0; i < values.size(); ++i)
    batch.series.push_back({at((first + static_cast<std::int64_t>(i)) * kStep), id, values[i]});
}

/// A recording of one run that took `batch`.
struct OneRun {
  explicit OneRun(const AuditBatch& batch) {
    const std::int64_t run = recording.begin();
    recording.take(run, 0, batch);
    recording.finish(run);
    recording.close();
  }
  Recording recording;
};

struct Exported {
  std::string text;
  std::optional<report::OpenMetricsExport> what;
  std::string error;

  /// Those lines of samples that begin with `name`, without the prefix.
  [[nodiscard]] std::vector<std::string> samples(const std::string& name) const {
    std::vector<std::string> found;
    std::istringstream all{text};
    for (std::string line; std::getline(all, line);)
      if (line.starts_with("credsim_" + name)) found.push_back(line.substr(8));
    return found;
  }
};

inline Exported exported(const std::string& path, std::int64_t run = 1,
                         std::optional<report::OpenMetricsText::Time> end = std::nullopt) {
  Exported result;
  auto opened = record::open_recorded_run(path, run, result.error);
  INFO(result.error);
  REQUIRE(opened);
  const auto sink = [&](std::string_view piece) {
    result.text += piece;
    return true;
  };
  result.what = report::export_openmetrics(*opened, end, sink, result.error);
  return result;
}

}  // namespace credsim::test
