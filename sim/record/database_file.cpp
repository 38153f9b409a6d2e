#include "record/database_file.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "record/run_tables.hpp"
#include "record/schema.hpp"

namespace credsim::record {
namespace {

// SQLite's file header. Source: "Database File Format", section 1.3.
constexpr std::size_t kHeaderBytes = 100;
constexpr std::string_view kMagic{"SQLite format 3\0", 16};
constexpr std::size_t kApplicationIdAt = 68;

void remove_with_sidecars(const std::string& path) {
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) ::unlink((path + suffix).c_str());
}

bool claim_new_file(const std::string& path, std::string& error) {
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
  if (file < 0) {
    const int reason = errno;
    error = "cannot create " + path + ": " + std::strerror(reason);
    if (reason == ENOENT) error += "; make its folder first";
    return false;
  }
  ::close(file);
  return true;
}

// A new file with the schema and the scenario in it, closed.
bool build(const std::string& path, const Scenario& scenario, std::chrono::milliseconds patience, std::string& error) {
  if (!claim_new_file(path, error)) return false;
  std::string reason;
  std::optional<Database> database = Database::open(path, patience, reason);
  if (database && !(create_schema(*database) && insert_scenario(*database, scenario))) {
    reason = database->message();
    database.reset();
  }
  if (database) return true;
  error = "cannot create " + path + ": " + reason;
  remove_with_sidecars(path);
  return false;
}

// Nobody else writes to the old database, and what it had left unfinished is settled.
bool old_database_is_free(const std::string& path, std::chrono::milliseconds patience, std::string& error) {
  std::string reason;
  std::optional<Database> database = Database::open(path, patience, reason);
  if (!database) {
    error = "cannot replace " + path + ": " + reason;
    return false;
  }
  const Transaction transaction{*database};
  // A damaged database cannot be locked, but can be replaced.
  if (transaction || (!database->refused_by_lock() && !database->refused_as_read_only())) return true;
  error = "cannot replace " + path + ": " + database->message();
  return false;
}

bool replace(const std::string& path, const Scenario& scenario, std::chrono::milliseconds patience,
             std::string& error) {
  if (!old_database_is_free(path, patience, error)) return false;
  const std::string fresh = path + ".new-" + std::to_string(::getpid());
  if (!build(fresh, scenario, patience, error)) return false;
  // The old one's journal would be taken for the new one's.
  for (const char* suffix : {"-journal", "-wal", "-shm"}) ::unlink((path + suffix).c_str());
  if (std::rename(fresh.c_str(), path.c_str()) == 0) return true;
  error = "cannot replace " + path + ": " + std::strerror(errno);
  remove_with_sidecars(fresh);
  return false;
}

}  // namespace

bool is_credsim_database(const std::string& path) {
  std::array<char, kHeaderBytes> header{};
  std::ifstream file{path, std::ios::binary};
  if (!file.read(header.data(), header.size())) return false;
  std::uint32_t application_id = 0;
  for (std::size_t i = 0; i < sizeof application_id; ++i)
    application_id = application_id << 8 | static_cast<std::uint8_t>(header[kApplicationIdAt + i]);
  return std::string_view{header.data(), kMagic.size()} == kMagic && application_id == kApplicationId;
}

std::optional<Database> create_database_file(const std::string& path, bool force, const Scenario& scenario,
                                             std::chrono::milliseconds patience, std::string& error) {
  namespace fs = std::filesystem;
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  std::string place = path;
  if (!fs::exists(status)) {
    if (!build(place, scenario, patience, error)) return std::nullopt;
  } else if (!fs::is_regular_file(status)) {
    error = path + (fs::is_directory(status) ? " is a folder" : " is not a file") + "; name a file for the database";
    return std::nullopt;
  } else if (!is_credsim_database(path)) {
    error = path + " exists and is not a credsim database, so it is never overwritten; choose another name";
    return std::nullopt;
  } else if (!force) {
    error = path + " exists; choose another name, or --force replaces it";
    return std::nullopt;
  } else {
    place = fs::canonical(path, code).string();  // a link stays a link
    if (code) place = path;
    if (!replace(place, scenario, patience, error)) return std::nullopt;
  }
  std::string reason;
  std::optional<Database> database = Database::open(place, patience, reason);
  if (!database) error = "cannot open " + path + ": " + reason;
  return database;
}

}  // namespace credsim::record
