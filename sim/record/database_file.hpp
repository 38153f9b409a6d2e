#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "credsim/scenario.hpp"

#include "record/database.hpp"
#include "record/writer_lock.hpp"

namespace credsim::record {

/// Whether the file's header says so. Opens nothing with SQLite, which would first roll back what another program left
/// unfinished in its own database.
[[nodiscard]] bool is_credsim_database(const std::string& path);

/// A database that this process alone writes. The connection goes before the lock.
struct OwnDatabase {
  WriterLock lock;
  Database database;
};

/// Makes a credsim database for runs of `scenario` at `path`, locks it and opens it. What exists is refused: a file
/// that is not a credsim database always, one that is unless `force`, one that another credsim is writing at once, and
/// one that another program writes to after `patience`.
///
/// A database that is replaced stays whole until the new one is: that is made beside it and renamed over it. Who reads
/// the old one goes on reading it. On failure nothing is left behind and `error` names the file.
[[nodiscard]] std::optional<OwnDatabase> create_database_file(const std::string& path, bool force,
                                                              const Scenario& scenario,
                                                              std::chrono::milliseconds patience, std::string& error);

}  // namespace credsim::record
