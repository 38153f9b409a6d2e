#pragma once

#include <cstdint>
#include <vector>

#include "credsim/record.hpp"

#include "record/database.hpp"

namespace credsim::record {

/// Lends the rows of a batch to SQL as virtual tables (`new_instance`, `new_credential`, `new_gap`, `new_failure`,
/// `new_session`, `new_sample`), so that one INSERT … SELECT stores them all: nearly twice as fast as binding them row
/// by row to a prepared statement (bench/audit_store_bench.cpp).
class RowSource {
 public:
  RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;

  /// Once; this must outlive every statement that reads the tables.
  [[nodiscard]] bool attach(Database& database);

  /// What the tables hold from now on; both must stay until the next call. `series` translates SeriesRow::series.
  void lend(const AuditBatch& batch, const std::vector<std::int64_t>& series) {
    batch_ = &batch;
    series_ = &series;
  }

  [[nodiscard]] const AuditBatch& batch() const { return *batch_; }
  [[nodiscard]] std::int64_t series(std::uint32_t id) const { return (*series_)[id]; }

 private:
  const AuditBatch* batch_ = nullptr;
  const std::vector<std::int64_t>* series_ = nullptr;
};

}  // namespace credsim::record
