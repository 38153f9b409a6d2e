#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "credsim/record.hpp"

#include "record/database.hpp"
#include "record/stored_rows.hpp"

namespace credsim::record {

/// Links each failure to the one before of its instance, over all batches of a run. Eight bytes for each instance of
/// the runs that have not ended. Any failure is the connection's `message()`.
class FailureChains {
 public:
  /// Once. False if the schema is not there.
  [[nodiscard]] bool attach(Database& database);

  /// `failures` of a cell of a run, of which the first will be row `row`, the next row + 1, and so on. Valid until the
  /// next call.
  [[nodiscard]] std::span<const ChainedFailure> link(std::int64_t run_id, std::uint32_t cell, std::int64_t row,
                                                     std::span<const FailureRow> failures);

  /// The run has ended: stores where each of its chains begins, and forgets it.
  [[nodiscard]] bool finish(std::int64_t run_id);

 private:
  // Last rows, by an instance's place in its cell; 0: none yet. The first is that of failures of no instance.
  std::map<std::pair<std::int64_t, std::uint32_t>, std::vector<std::int64_t>> cells_;  // by run and cell
  std::vector<ChainedFailure> linked_;
  Statement insert_;
};

}  // namespace credsim::record
