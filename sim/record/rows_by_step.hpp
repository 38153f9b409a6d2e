#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "record/database.hpp"
#include "record/series_reader.hpp"
#include "record/stored_rows.hpp"

namespace credsim::record {

/// How many rows of a run the audit had at each of its steps, by simulated time: a row is there from the moment on
/// which ends what it tells of, which is when the simulator can write it. So an instance counts from its termination, a
/// session from its end, a credential from its issue, a gap from its close; failures and samples have one moment only.
/// What the end of the run cuts short counts at its last step, as does what comes after that: there it is all rows.
///
/// Samples count one by one, not as the rows that hold many. Nothing if the database cannot be read.
[[nodiscard]] std::optional<std::vector<std::uint64_t>> rows_by_step(Database& database, std::int64_t run_id,
                                                                     RowKind kind, const Steps& steps);

}  // namespace credsim::record
