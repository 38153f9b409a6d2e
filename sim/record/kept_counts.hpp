#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "credsim/record.hpp"

#include "record/database.hpp"

namespace credsim::record {

/// Adds up failures by hour and gaps by resource while their rows are stored, so that a reader need not go through all
/// rows: the tables failure_count_row and gap_count_row. Used inside a transaction; any failure is the connection's
/// `message()`.
class KeptCounts {
 public:
  /// Once, in a database that has its scenario. False if the schema is not there.
  [[nodiscard]] bool attach(Database& database);

  void add(std::int64_t run_id, const AuditBatch& batch);
  /// Stores what was added since the last call: before each commit, so that the counts and the rows always agree.
  [[nodiscard]] bool settle();

 private:
  using Key = std::array<std::int64_t, 4>;  // of failures and gaps, as kept_counts.cpp says
  struct Gaps {
    std::int64_t gaps = 0;
    std::int64_t open = 0;
    std::int64_t duration_us = 0;
    std::int64_t longest_us = 0;
  };

  SimTime warm_up_end_{};
  std::map<Key, std::int64_t> failures_;
  std::map<Key, Gaps> gaps_;
  Statement insert_failures_;
  Statement insert_gaps_;
};

}  // namespace credsim::record
