#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "credsim/record.hpp"
#include "credsim/scenario.hpp"
#include "credsim/time.hpp"

#include "record/database.hpp"
#include "record/row_writer.hpp"
#include "record/stored_rows.hpp"

namespace credsim::record {

/// What to call the resources and workloads of a scenario in a message.
struct ResourceNames {
  std::string name;
  std::vector<std::string> workloads;
};
[[nodiscard]] std::vector<ResourceNames> resource_names(const Scenario& scenario);

/// What was read of a run's rows of one kind.
struct RowTally {
  using Numbers = std::array<std::int64_t, 5>;
  std::uint64_t rows = 0;
  Numbers sums{};                           ///< kinds that are added up
  std::map<Numbers, std::uint64_t> groups;  ///< kinds that are counted by what they are
};

/// Reads back every row, once it is stored, and holds each run's against what its cells counted: the rows handed over,
/// and at each level the counters of the rows that it keeps (by resource, workload and reason where rows have them).
/// Rows of the warm-up are in no counter; a run that was interrupted before its end has none to compare.
class RowCheck {
 public:
  explicit RowCheck(Duration warm_up) : warm_up_(warm_up) {}

  /// False if the schema is not there.
  [[nodiscard]] bool attach(Database& database);

  /// Counts the rows that the database has of `rows`. False if they could not be read.
  [[nodiscard]] bool read(const RowRange& rows);

  struct Verdict {
    bool read = false;         ///< the rows could be read; otherwise `database.message()` tells why not
    std::string disagreement;  ///< the first, with both numbers; empty if all agree
  };
  /// Once, after the run's last row was read; forgets the run. The extents in the database must tell of as many rows.
  [[nodiscard]] Verdict finish(std::int64_t run_id, AuditLevel level, std::span<const ResourceNames> names,
                               std::span<const CellResult> cells);

 private:
  Duration warm_up_;
  Statement extents_;
  std::array<Statement, kAuditTables.size()> selects_;
  std::map<std::int64_t, std::array<RowTally, kAuditTables.size()>> tallies_;  // by run
};

}  // namespace credsim::record
