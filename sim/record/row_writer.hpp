#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "credsim/record.hpp"

#include "record/database.hpp"
#include "record/row_source.hpp"

namespace credsim::record {

/// Stores the rows of batches and the extents that say whose they are. Used inside a transaction; any failure is the
/// connection's `message()`.
class RowWriter {
 public:
  /// False if the schema is not there.
  [[nodiscard]] bool attach(Database& database);

  [[nodiscard]] bool write(std::int64_t run_id, std::uint32_t cell, const AuditBatch& batch);
  /// Writes down the extents of all rows so far: before each commit, and before a run's rows are read.
  [[nodiscard]] bool write_extents();
  /// No more rows of this run will come.
  void forget(std::int64_t run_id);

 private:
  static constexpr std::size_t kKinds = 6;
  // Consecutive rows of one table that belong to one run.
  struct Extent {
    std::int64_t run_id = 0;
    std::int64_t first = 0;
    std::int64_t last = 0;
    bool written = true;
  };

  bool store(std::size_t kind, std::int64_t run_id, std::size_t rows);
  bool write_extent(std::size_t kind);
  bool define_series(const AuditBatch& batch, std::vector<std::int64_t>& series);

  Database* database_ = nullptr;
  RowSource source_;
  std::array<Statement, kKinds> inserts_;
  std::array<Extent, kKinds> extents_;
  Statement insert_extent_;
  Statement insert_series_;
  std::map<std::pair<std::int64_t, std::uint32_t>, std::vector<std::int64_t>> series_;  // by run and cell
};

}  // namespace credsim::record
