#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "credsim/record.hpp"
#include "credsim/run_snapshot.hpp"

#include "record/page_image.hpp"

namespace credsim::record {

/// What rows of any number stand in, as kAuditTables: the table NAME_row, of which `extent` says whose rows they are.
enum class RowKind : std::uint8_t { instance, credential, gap, failure, session, sample };
inline std::string row_table(RowKind kind) {
  return std::string{kAuditTables[static_cast<std::size_t>(kind)]} + "_row";
}
/// SQL, from FROM to WHERE: the rows `v` of run ?1, each joined by `joins`. As the views do, it fixes the order of the
/// join: first the run's extents, then the rows inside each.
inline std::string rows_of_run(RowKind kind, std::string_view joins = {}) {
  return " FROM extent e CROSS JOIN " + row_table(kind) + " v ON v.rowid BETWEEN e.first_row AND e.last_row " +
         std::string{joins} + " WHERE e.run_id = ?1 AND e.kind = '" +
         std::string{kAuditTables[static_cast<std::size_t>(kind)]} + "' ";
}

/// Samples of a series at equal distances whose values differ by the same amount: the one at `at` and the `repeats`
/// that follow it.
struct SampleRun {
  static constexpr std::uint32_t kMostRepeats = 255;

  std::int64_t series;
  SimTime at;
  double value;
  std::uint32_t repeats = 0;
  Duration interval{};
  double step = 0;

  [[nodiscard]] double value_after(std::uint32_t repeat) const { return value + repeat * step; }
};

/// A failure, and how many rows before its own that of its instance's failure before is; 0: it is the first.
struct ChainedFailure {
  FailureRow failure;
  std::int64_t rows_back = 0;
};

/// The columns of a row, in the order of schema.cpp, which says what they mean. They start at `row`.
std::size_t encode(Cell& cell, std::int64_t row, const InstanceRow& instance);
std::size_t encode(Cell& cell, std::int64_t row, const CredentialRow& credential);
std::size_t encode(Cell& cell, std::int64_t row, const GapRow& gap);
std::size_t encode(Cell& cell, std::int64_t row, const ChainedFailure& chained);
std::size_t encode(Cell& cell, std::int64_t row, const SessionRow& session);
std::size_t encode(Cell& cell, std::int64_t row, const SampleRun& run);

}  // namespace credsim::record
