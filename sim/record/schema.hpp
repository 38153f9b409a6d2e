#pragma once

#include <cstdint>

#include "record/database.hpp"

namespace credsim::record {

/// In the file's header, by which credsim knows its own databases: "CrSm".
inline constexpr std::uint32_t kApplicationId = 0x4372536d;
inline constexpr int kSchemaVersion = 1;

/// Makes the tables, the public views and the names that rows refer to, in an empty database.
///
/// Rows of any number (credentials, gaps, failures, instances, sessions, samples) stand in tables NAME_row in the order
/// in which they came, without a run: the table `extent` says which rows (by rowid, from 1) belong to which run. So a
/// row costs nothing for its run, no index is kept up to date while a run is recorded, and a view of one run reads that
/// run's rows alone. Times are stored as differences to an earlier time of the row where that saves bytes, and samples
/// of a series that stays as it is, or grows evenly, as one row.
///
/// These tables have no primary key: SQLite would look for each row's among those that are there.
[[nodiscard]] bool create_schema(Database& database);

}  // namespace credsim::record
