#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace credsim::record {

/// A prepared statement, finalised when it goes. One that did not compile is false, and every use of it fails.
class Statement {
 public:
  enum class Step : std::uint8_t { row, done, failed };

  Statement() = default;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  Statement(Statement&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Statement& operator=(Statement&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Statement();

  explicit operator bool() const { return handle_ != nullptr; }

  /// Binds `values` to the parameters 1, 2, …; what is not given is null. Numbers, text, and optionals of them.
  template <class... Values>
  void bind(const Values&... values) {
    reset();
    int parameter = 0;
    (bind_one(++parameter, values), ...);
  }
  [[nodiscard]] Step step();

  /// Binds, executes to the end and is ready for the next time.
  template <class... Values>
  [[nodiscard]] bool run(const Values&... values) {
    bind(values...);
    const bool done = step() == Step::done;
    reset();
    return done;
  }
  void reset();

  /// Of the current row; columns count from 0. A null reads as 0 or "".
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  template <std::integral Value>
  void bind_one(int parameter, Value value) {
    bind_integer(parameter, static_cast<std::int64_t>(value));
  }
  void bind_one(int parameter, double value);
  void bind_one(int parameter, std::string_view value);
  template <class Value>
  void bind_one(int parameter, const std::optional<Value>& value) {
    if (value) bind_one(parameter, *value);
  }
  void bind_integer(int parameter, std::int64_t value);

  sqlite3_stmt* handle_ = nullptr;
};

/// A connection to an SQLite file. Used by one thread at a time.
class Database {
 public:
  /// Opens the existing file `path`, whatever it is called. A locked database is tried again for `patience`.
  static std::optional<Database> open(const std::string& path, std::chrono::milliseconds patience, std::string& error);

  Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Database& operator=(Database&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  /// Every statement must be gone by then.
  ~Database();

  [[nodiscard]] bool execute(const std::string& sql);
  [[nodiscard]] Statement prepare(std::string_view sql);
  [[nodiscard]] std::int64_t last_row() const;

  /// Drops from memory every page that is neither in use nor changed.
  void forget_cached_pages();

  /// Ends the open transaction, if there is one, and keeps the `message()` of what made it fail.
  void roll_back();

  /// Of the last call that failed: what SQLite says, what the system says, and what would help.
  [[nodiscard]] std::string message() const;
  [[nodiscard]] bool refused_by_lock() const;
  [[nodiscard]] bool refused_as_read_only() const;
  [[nodiscard]] bool refused_for_room() const;

  [[nodiscard]] sqlite3* handle() const { return handle_; }

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_;
  std::string kept_message_;
};

/// A write transaction, rolled back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database), open_(database.execute("BEGIN IMMEDIATE")) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (open_) database_.roll_back();
  }

  /// False: another process has the lock, or the file cannot be written.
  explicit operator bool() const { return open_; }
  [[nodiscard]] bool commit() {
    if (!open_ || !database_.execute("COMMIT")) return false;
    open_ = false;
    return true;
  }

 private:
  Database& database_;
  bool open_;
};

}  // namespace credsim::record
