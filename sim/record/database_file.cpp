#include "record/database_file.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

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

std::string being_written(const std::string& path) {
  return path + " is being written by another credsim; wait for its end, or choose another name";
}

std::string cannot_create(const std::string& path) {
  const int reason = errno;
  return "cannot create " + path + ": " + std::strerror(reason) + (reason == ENOENT ? "; make its folder first" : "");
}

// Puts the schema and the scenario into the new, empty file `place`, or removes it. Messages call it `path`.
bool fill(const std::string& place, const std::string& path, const Scenario& scenario,
          std::chrono::milliseconds patience, std::string& error) {
  std::string reason;
  std::optional<Database> database = Database::open(place, patience, reason);
  if (database && !(create_schema(*database) && insert_scenario(*database, scenario))) {
    reason = database->message();
    database.reset();
  }
  if (database) return true;
  error = "cannot create " + path + ": " + reason;
  remove_with_sidecars(place);
  return false;
}

// No other program writes to the old database, and what was left unfinished in it is settled.
bool old_database_is_free(const std::string& place, const std::string& path, std::chrono::milliseconds patience,
                          std::string& error) {
  std::string reason;
  std::optional<Database> database = Database::open(place, patience, reason);
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

// Why what is at `path` stays there, if so.
std::optional<std::string> why_kept(const std::string& path, bool force) {
  namespace fs = std::filesystem;
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  if (fs::is_symlink(fs::symlink_status(path, code)) && !fs::exists(status))
    return path + " is a link to a file that does not exist; name that file";
  if (!fs::is_regular_file(status))
    return path + (fs::is_directory(status) ? " is a folder" : " is not a file") + "; name a file for the database";
  if (is_being_written(path)) return being_written(path);  // before it has been filled, too
  if (!is_credsim_database(path))
    return path + " exists and is not a credsim database, so it is never overwritten; choose another name";
  if (!force) return path + " exists; choose another name, or --force replaces it";
  return std::nullopt;
}

// Whoever replaces a database holds the old one's lock until the new one, locked as well, has its name.
std::optional<WriterLock> replace(const std::string& place, const std::string& path, const Scenario& scenario,
                                  std::chrono::milliseconds patience, std::string& error) {
  const std::optional<WriterLock> old = WriterLock::take(place);
  if (!old || !old->is_at(place)) {
    error = old || errno == EAGAIN ? being_written(path) : "cannot replace " + path + ": " + std::strerror(errno);
    return std::nullopt;
  }
  if (!old_database_is_free(place, path, patience, error)) return std::nullopt;
  const std::string fresh = place + ".new-" + std::to_string(::getpid());
  std::optional<WriterLock> lock = WriterLock::create(fresh);
  if (!lock) {
    error = cannot_create(path);
    return std::nullopt;
  }
  if (!fill(fresh, path, scenario, patience, error)) return std::nullopt;
  // The old one's journal would be taken for the new one's.
  for (const char* suffix : {"-journal", "-wal", "-shm"}) ::unlink((place + suffix).c_str());
  if (std::rename(fresh.c_str(), place.c_str()) == 0) return lock;
  error = "cannot replace " + path + ": " + std::strerror(errno);
  remove_with_sidecars(fresh);
  return std::nullopt;
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

std::optional<OwnDatabase> create_database_file(const std::string& path, bool force, const Scenario& scenario,
                                                std::chrono::milliseconds patience, std::string& error) {
  std::string place = path;
  std::optional<WriterLock> lock = WriterLock::create(path);
  if (lock) {
    if (!fill(place, path, scenario, patience, error)) return std::nullopt;
  } else if (errno != EEXIST) {
    error = cannot_create(path);
    return std::nullopt;
  } else if (const auto why = why_kept(path, force)) {
    error = *why;
    return std::nullopt;
  } else {
    std::error_code code;
    place = std::filesystem::canonical(path, code).string();  // a link stays a link
    if (code) place = path;
    lock = replace(place, path, scenario, patience, error);
    if (!lock) return std::nullopt;
  }
  std::string reason;
  std::optional<Database> database = Database::open(place, patience, reason);
  if (!database) {
    error = "cannot open " + path + ": " + reason;
    return std::nullopt;
  }
  return OwnDatabase{*std::move(lock), *std::move(database)};
}

}  // namespace credsim::record
