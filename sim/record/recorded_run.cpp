#include "record/recorded_run.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <unistd.h>

#include "record/database_file.hpp"
#include "record/schema.hpp"
#include "record/writer_lock.hpp"

namespace credsim::record {
namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr const char* kNameOne = "; name a database that credsim run has made";

/// What is wrong with `path`, if it cannot be a database of ours.
std::optional<std::string> no_database(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) {
    const int reason = errno;
    return "cannot read " + path + ": " + std::strerror(reason) + (reason == ENOENT ? kNameOne : "");
  }
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) return path + " is a folder" + kNameOne;
  if (!std::filesystem::is_regular_file(path, code) || !is_credsim_database(path))
    return path + " is not a credsim database" + kNameOne;
  return std::nullopt;
}

/// The one number that `sql` asks for.
std::optional<std::int64_t> number(Database& database, std::string_view sql) {
  Statement statement = database.prepare(sql);
  if (!statement || statement.step() != Statement::Step::row) return std::nullopt;
  return statement.integer(0);
}

std::string other_schema(const std::string& path, std::int64_t version) {
  const bool newer = version > kSchemaVersion;
  return path + " is of " + (newer ? "a newer" : "an older") + " credsim (schema " + std::to_string(version) +
         ", this one reads " + std::to_string(kSchemaVersion) + "); " +
         (newer ? "use that one" : "run its scenario again");
}

std::string no_such_run(Database& database, const std::string& path, std::int64_t run_id) {
  // They are numbered from 1 on.
  const std::int64_t runs = number(database, "SELECT count(*) FROM run_row").value_or(0);
  return "there is no run " + std::to_string(run_id) + " in " + path + "; it has " +
         (runs == 0   ? "none: run its scenario again"
          : runs == 1 ? "run 1 only"
                      : "the runs 1 to " + std::to_string(runs));
}

std::optional<std::string> not_over(std::string_view status, bool being_written, const std::string& run) {
  if (status == run_status_name(RunStatus::running))
    return being_written ? run + " is still running; wait for its end"
                         : run + " was killed before its end, so it is not whole; run its scenario again";
  if (status == run_status_name(RunStatus::failed))
    return run + " failed, so its rows are not to be relied on; run its scenario again";
  return std::nullopt;
}

}  // namespace

std::optional<RecordedRun> open_recorded_run(const std::string& path, std::int64_t run_id, std::string& error) {
  const auto refuse = [&](std::string why) {
    error = std::move(why);
    return std::nullopt;
  };
  if (auto fault = no_database(path)) return refuse(*std::move(fault));
  const bool being_written = is_being_written(path);  // before SQLite has it open, as writer_lock.hpp says
  std::string reason;
  std::optional<Database> database = Database::open(path, kPatience, reason);
  if (!database) return refuse("cannot open " + path + ": " + reason);
  const auto unreadable = [&] { return refuse("cannot read " + path + ": " + database->message()); };

  if (!database->execute("BEGIN")) return unreadable();
  const std::optional<std::int64_t> schema = number(*database, "PRAGMA user_version");
  if (!schema) return unreadable();
  if (*schema != kSchemaVersion) return refuse(other_schema(path, *schema));

  Statement find = database->prepare(
      "SELECT r.status, r.version, s.start_seconds * 1000000 + s.start_fraction_us "
      "FROM run_row r JOIN scenario_row s ON s.scenario_id = r.scenario_id WHERE r.run_id = ?");
  if (!find) return unreadable();
  find.bind(run_id);
  const Statement::Step found = find.step();
  if (found == Statement::Step::failed) return unreadable();
  if (found == Statement::Step::done) return refuse(no_such_run(*database, path, run_id));
  const std::string status = find.text(0);
  if (auto fault = not_over(status, being_written, "run " + std::to_string(run_id) + " of " + path))
    return refuse(*std::move(fault));

  const bool complete = status == run_status_name(RunStatus::complete);
  std::string version = find.text(1);
  const std::chrono::microseconds start{find.integer(2)};
  find = Statement{};
  return RecordedRun{*std::move(database), run_id, complete ? RunStatus::complete : RunStatus::interrupted,
                     std::move(version), std::chrono::sys_time<std::chrono::microseconds>{start}};
}

}  // namespace credsim::record
