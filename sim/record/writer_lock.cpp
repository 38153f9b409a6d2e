#include "record/writer_lock.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace credsim::record {
namespace {

// The first byte after the 512 that SQLite locks. Source: SQLite's os.h, PENDING_BYTE and SHARED_SIZE.
constexpr off_t kLockedByte = 0x40000000 + 512;

struct flock written_byte() {
  struct flock byte {};
  byte.l_type = F_WRLCK;
  byte.l_whence = SEEK_SET;
  byte.l_start = kLockedByte;
  byte.l_len = 1;
  return byte;
}

}  // namespace

std::optional<WriterLock> WriterLock::create(const std::string& path) {
  WriterLock lock{::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666)};
  if (lock.file_ < 0) return std::nullopt;
  if (lock.lock()) return lock;
  const int reason = errno;
  ::unlink(path.c_str());
  errno = reason;
  return std::nullopt;
}

std::optional<WriterLock> WriterLock::take(const std::string& path) {
  WriterLock lock{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
  if (lock.file_ < 0 || !lock.lock()) return std::nullopt;
  return lock;
}

WriterLock::~WriterLock() {
  const int reason = errno;
  if (file_ >= 0) ::close(file_);
  errno = reason;
}

bool WriterLock::lock() const {
  struct flock byte = written_byte();
  if (::fcntl(file_, F_OFD_SETLK, &byte) == 0) return true;
  if (errno == EACCES) errno = EAGAIN;  // POSIX allows both
  return false;
}

bool WriterLock::is_at(const std::string& path) const {
  struct stat own {};
  struct stat there {};
  return ::fstat(file_, &own) == 0 && ::stat(path.c_str(), &there) == 0 && own.st_dev == there.st_dev &&
         own.st_ino == there.st_ino;
}

bool is_being_written(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return false;
  struct flock byte = written_byte();
  const bool locked = ::fcntl(file, F_OFD_GETLK, &byte) == 0 && byte.l_type != F_UNLCK;
  ::close(file);
  return locked;
}

}  // namespace credsim::record
