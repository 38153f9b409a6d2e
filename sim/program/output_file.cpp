#include "program/output_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace credsim {
namespace {

namespace fs = std::filesystem;

std::string fault(const std::string& path) {
  return "cannot write " + path + ": " + std::generic_category().message(errno);
}

/// Whether a new file must not take the name: it would replace the pipe or the device, not fill it.
bool written_directly(const std::string& path) {
  struct stat status {};
  return path.starts_with("/dev/") || (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode));
}

/// Where the bytes go in the end: a symbolic link stays one.
fs::path target(const std::string& path) {
  std::error_code error;
  const fs::path resolved = fs::canonical(path, error);
  return error ? fs::path(path) : resolved;
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// errno survives the clean-up, for the message.
bool closed(int file, bool good) {
  const int error = errno;
  if (close(file) != 0 && good) return false;
  errno = error;
  return good;
}

}  // namespace

std::optional<std::string> why_not_writable(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return "cannot write " + path + ": it is a folder";
  const std::string place = written_directly(path) ? path : (folder_of(target(path)) / ".").string();
  return access(place.c_str(), W_OK) == 0 ? std::nullopt : std::optional(fault(path));
}

std::optional<std::string> write_whole_file(const std::string& path, const std::string& text) {
  if (written_directly(path)) {
    const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0 || !closed(file, write_all(file, text))) return fault(path);
    return std::nullopt;
  }
  const fs::path final_path = target(path);
  std::string temporary = final_path.string() + ".XXXXXX";
  const int file = mkostemp(temporary.data(), O_CLOEXEC);
  if (file < 0) return fault(path);
  const mode_t mask = umask(0);
  umask(mask);
  const bool good = fchmod(file, 0666 & ~mask) == 0 && write_all(file, text) && fsync(file) == 0;
  if (closed(file, good) && rename(temporary.c_str(), final_path.c_str()) == 0) return std::nullopt;
  const std::string message = fault(path);
  unlink(temporary.c_str());
  return message;
}

}  // namespace credsim
