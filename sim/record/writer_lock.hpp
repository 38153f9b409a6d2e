#pragma once

#include <optional>
#include <string>
#include <utility>

namespace credsim::record {

/// The lock of the one process that writes a database. It is on a byte of the file that SQLite does not lock, so other
/// programs read the database as if it were not there. It belongs to an open file (fcntl's F_OFD_SETLK): it ends with
/// its process, however that ends, and leaves nothing behind.
///
/// On failure the functions return nothing, and errno says why. Every connection of SQLite to the file must be closed
/// before the lock goes: closing any open file of a process ends the locks that SQLite has on it.
class WriterLock {
 public:
  /// Makes the file `path`, which must not exist, and locks it.
  [[nodiscard]] static std::optional<WriterLock> create(const std::string& path);
  /// Locks the file that is at `path`. EAGAIN: another process has it locked.
  [[nodiscard]] static std::optional<WriterLock> take(const std::string& path);

  WriterLock(WriterLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  WriterLock& operator=(WriterLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~WriterLock();

  /// Whether `path` leads to the locked file: false once that was removed, or another file took its name.
  [[nodiscard]] bool is_at(const std::string& path) const;

 private:
  explicit WriterLock(int file) : file_(file) {}
  [[nodiscard]] bool lock() const;

  int file_;
};

/// Whether a process writes the database at `path` now.
[[nodiscard]] bool is_being_written(const std::string& path);

}  // namespace credsim::record
