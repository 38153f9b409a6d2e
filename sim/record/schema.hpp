#pragma once

#include <cstdint>

#include "record/database.hpp"

namespace credsim::record {

/// In the file's header, by which credsim knows its own databases: "CrSm".
inline constexpr std::uint32_t kApplicationId = 0x4372536d;
inline constexpr int kSchemaVersion = 2;

/// Makes the tables, the public views and the names that rows refer to, in an empty database.
///
/// Rows of any number (credentials, gaps, failures, instances, sessions, samples) stand in tables NAME_row in the order
/// in which they came, without a run: the table `extent` says which rows (by rowid, from 1) belong to which run. So a
/// row costs nothing for its run, no index is kept up to date while a run is recorded, and a view of one run reads that
/// run's rows alone. Times are stored as differences to an earlier time of the row where that saves bytes, and samples
/// of a series that stays as it is, or grows evenly, as one row.
///
/// A failure's row says where the one before of its instance is, so that an instance's failures are found without an
/// index over all of them: last_failure_row has the last one of each instance of a run that has ended. What is often
/// asked for is added up meanwhile (kept_counts.hpp).
///
/// These tables have no primary key: SQLite would look for each row's among those that are there.
[[nodiscard]] bool create_schema(Database& database);

}  // namespace credsim::record
