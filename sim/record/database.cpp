#include "record/database.hpp"

#include <cstring>

#include <sqlite3.h>

namespace credsim::record {

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

Statement::Step Statement::step() {
  switch (sqlite3_step(handle_)) {
    case SQLITE_ROW:
      return Step::row;
    case SQLITE_DONE:
      return Step::done;
    default:
      return Step::failed;
  }
}

void Statement::reset() {
  if (handle_ == nullptr) return;
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(handle_, column);
}

std::string Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(handle_, column);
  const int size = sqlite3_column_bytes(handle_, column);
  return bytes == nullptr ? std::string{}
                          : std::string{static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

void Statement::bind_integer(int parameter, std::int64_t value) {
  sqlite3_bind_int64(handle_, parameter, value);
}

void Statement::bind_one(int parameter, double value) {
  sqlite3_bind_double(handle_, parameter, value);
}

void Statement::bind_one(int parameter, std::string_view value) {
  const char* bytes = value.empty() ? "" : value.data();  // a null pointer would bind a null
  sqlite3_bind_text64(handle_, parameter, bytes, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

std::optional<Database> Database::open(const std::string& path, std::chrono::milliseconds patience,
                                       std::string& error) {
  // SQLite reads a meaning into names such as ":memory:" and "file:a?b"; a path with a folder has none.
  const std::string plain = path.starts_with('/') ? path : "./" + path;
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(plain.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database{handle};
  if (result != SQLITE_OK) {
    error = handle == nullptr ? "out of memory" : database.message();
    return std::nullopt;
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, static_cast<int>(patience.count()));
  return database;
}

Database::~Database() {
  sqlite3_close(handle_);
}

bool Database::execute(const std::string& sql) {
  return sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

Statement Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  return Statement{statement};
}

std::int64_t Database::last_row() const {
  return sqlite3_last_insert_rowid(handle_);
}

bool Database::refused_by_lock() const {
  const int code = sqlite3_errcode(handle_) & 0xff;
  return code == SQLITE_BUSY || code == SQLITE_LOCKED;
}

bool Database::refused_as_read_only() const {
  return (sqlite3_errcode(handle_) & 0xff) == SQLITE_READONLY;
}

bool Database::refused_for_room() const {
  return (sqlite3_errcode(handle_) & 0xff) == SQLITE_FULL;
}

void Database::forget_cached_pages() {
  sqlite3_db_release_memory(handle_);
}

void Database::roll_back() {
  if (sqlite3_errcode(handle_) != SQLITE_OK) kept_message_ = message();
  if (sqlite3_get_autocommit(handle_) == 0) (void)execute("ROLLBACK");  // grave errors have done so already
}

std::string Database::message() const {
  if (!kept_message_.empty()) return kept_message_;
  std::string said = sqlite3_errmsg(handle_);
  const int code = sqlite3_errcode(handle_) & 0xff;
  const int system = sqlite3_system_errno(handle_);
  if ((code == SQLITE_IOERR || code == SQLITE_CANTOPEN) && system != 0)
    said += std::string{" ("} + std::strerror(system) + ")";
  if (refused_for_room()) said += "; make room, or record less with --audit failures";
  if (code == SQLITE_NOMEM) said += "; simulate fewer instances, or use fewer --threads";
  if (refused_by_lock()) said += " by another process; end it, or choose another file";
  return said;
}

}  // namespace credsim::record
