#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "credsim/record.hpp"
#include "credsim/scenario.hpp"

#include "record/database.hpp"

namespace credsim::record {

/// What to call the resources and workloads of a scenario in a message.
struct ResourceNames {
  std::string name;
  std::vector<std::string> workloads;
};
[[nodiscard]] std::vector<ResourceNames> resource_names(const Scenario& scenario);

/// Reads every row that a run has in the database and holds it against what its cells counted: the rows handed over,
/// and at each level the counters of the rows that it keeps (by resource, workload and reason where rows have them).
struct RowCheck {
  bool read = false;         ///< the rows could be read; otherwise `database.message()` tells why not
  std::string disagreement;  ///< the first, with both numbers; empty if all agree
};
[[nodiscard]] RowCheck check_rows(Database& database, std::int64_t run_id, AuditLevel level,
                                  std::span<const ResourceNames> names, std::span<const CellResult> cells);

}  // namespace credsim::record
