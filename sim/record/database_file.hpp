#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "credsim/scenario.hpp"

#include "record/database.hpp"

namespace credsim::record {

/// Whether the file's header says so. Opens nothing with SQLite, which would first roll back what another program left
/// unfinished in its own database.
[[nodiscard]] bool is_credsim_database(const std::string& path);

/// Makes a credsim database for runs of `scenario` at `path` and opens it. What exists is refused: a file that is not a
/// credsim database always, one that is unless `force`, and one that another process writes to after `patience`.
///
/// A database that is replaced stays whole until the new one is: that is made beside it and renamed over it. Who reads
/// the old one goes on reading it. On failure nothing is left behind and `error` names the file.
[[nodiscard]] std::optional<Database> create_database_file(const std::string& path, bool force,
                                                           const Scenario& scenario, std::chrono::milliseconds patience,
                                                           std::string& error);

}  // namespace credsim::record
