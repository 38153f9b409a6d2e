#include "program/output_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace credsim {
namespace {

namespace fs = std::filesystem;

std::string fault(const std::string& path) {
  const int error = errno;
  return "cannot write " + path + ": " + std::generic_category().message(error) +
         (error == ENOSPC || error == EDQUOT ? "; make room, or choose another place" : "");
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

bool has_usual_permissions(int file) {
  const mode_t mask = umask(0);
  umask(mask);
  return fchmod(file, 0666 & ~mask) == 0;
}

}  // namespace

bool is_written_directly(const std::string& path) {
  struct stat status {};
  return path.starts_with("/dev/") || (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode));
}

std::optional<std::string> why_not_writable(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return "cannot write " + path + ": it is a folder";
  const std::string place = is_written_directly(path) ? path : (folder_of(target(path)) / ".").string();
  return access(place.c_str(), W_OK) == 0 ? std::nullopt : std::optional(fault(path));
}

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  if (is_written_directly(path_)) {
    file_ = open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    if (file_ < 0) fail();
    return;
  }
  final_path_ = target(path_).string();
  std::string name = final_path_ + ".XXXXXX";
  file_ = mkostemp(name.data(), O_CLOEXEC);
  if (file_ >= 0) temporary_ = std::move(name);
  if (file_ < 0 || !has_usual_permissions(file_)) fail();
}

OutputFile::~OutputFile() {
  if (file_ >= 0) close(file_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

bool OutputFile::write(std::string_view piece) {
  if (!fault_ && !write_all(file_, piece)) fail();
  return !fault_;
}

std::optional<std::string> OutputFile::finish() {
  if (!fault_ && !temporary_.empty() && fsync(file_) != 0) fail();
  if (file_ >= 0 && close(std::exchange(file_, -1)) != 0) fail();
  if (!fault_ && !temporary_.empty()) {
    if (rename(temporary_.c_str(), final_path_.c_str()) == 0)
      temporary_.clear();
    else
      fail();
  }
  return fault_;
}

void OutputFile::fail() {
  if (!fault_) fault_ = fault(path_);
}

std::optional<std::string> write_whole_file(const std::string& path, const std::string& text) {
  OutputFile file(path);
  file.write(text);
  return file.finish();
}

}  // namespace credsim
