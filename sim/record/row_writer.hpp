#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "credsim/record.hpp"

#include "record/database.hpp"
#include "record/failure_chains.hpp"
#include "record/kept_counts.hpp"
#include "record/page_image.hpp"
#include "record/stored_rows.hpp"

namespace credsim::record {

/// Consecutive rows of one table that belong to one run.
struct RowRange {
  RowKind kind{};
  std::int64_t run_id = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
};

/// Stores the rows of batches and the extents that say whose they are. Used inside a transaction; any failure is the
/// connection's `message()`. Of a series' samples it keeps the last ones back until it knows how they go on.
class RowWriter {
 public:
  /// Once, outside a transaction, in a database without rows. False if the schema is not there. `memory_mapped` is
  /// PageImage's.
  [[nodiscard]] bool attach(Database& database, bool memory_mapped);

  [[nodiscard]] bool write(std::int64_t run_id, std::uint32_t cell, const AuditBatch& batch);
  /// Stores the samples that were kept back, and the extents and counts of all rows so far: before each commit, and
  /// before a run is held against its rows.
  [[nodiscard]] bool settle();
  /// No more rows of this run will come. They are settled.
  [[nodiscard]] bool finish(std::int64_t run_id);

  /// What was stored since the last call.
  [[nodiscard]] std::vector<RowRange> take_stored() { return std::exchange(stored_, {}); }

 private:
  struct Extent {
    RowRange rows;
    bool written = true;
  };
  // Of one cell, by the cell's numbers.
  struct Series {
    std::vector<std::int64_t> ids;
    std::vector<SampleRun> open;  // a run without a series is none
  };

  template <class Row>
  bool store(RowKind kind, std::int64_t run_id, std::span<const Row> rows);
  bool note(const RowRange& rows);
  bool write_extent(Extent& extent);
  bool define_series(const AuditBatch& batch, Series& series);
  void compress(std::span<const SeriesRow> samples, Series& series);

  Database* database_ = nullptr;
  PageImage image_;
  std::array<Statement, kAuditTables.size()> inserts_;
  std::array<Extent, kAuditTables.size()> extents_;
  Statement insert_extent_;
  Statement insert_series_;
  std::map<std::pair<std::int64_t, std::uint32_t>, Series> series_;  // by run and cell
  std::vector<SampleRun> runs_;                                      // about to be stored
  std::vector<RowRange> stored_;
  FailureChains chains_;
  KeptCounts counts_;
};

}  // namespace credsim::record
