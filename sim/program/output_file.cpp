#include "program/output_file.hpp"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace credsim {
namespace {

namespace fs = std::filesystem;

std::string fault_of(const std::string& path) {
  const int error = errno;
  return "cannot write " + path + ": " + std::generic_category().message(error) +
         (error == ENOSPC || error == EDQUOT ? "; make room, or choose another place" : "");
}

constexpr int kMostLinks = 40;  // as Linux follows

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// Where the link `path` leads; nothing if it is none.
std::optional<fs::path> link_target(const fs::path& path) {
  std::error_code error;
  const fs::path to = fs::read_symlink(path, error);
  return error ? std::nullopt : std::optional(folder_of(path) / to);
}

/// The number of the open file of this process that `path` stands for, as /dev/stdout and /dev/fd/5 do.
std::optional<int> open_file(fs::path path) {
  std::error_code error;
  const fs::path own = fs::canonical("/proc/self/fd", error);
  for (int links = 0; !error && links < kMostLinks; ++links) {
    const std::string name = path.filename();
    int number = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), number).ptr == name.data() + name.size() &&
        !name.empty() && fs::canonical(folder_of(path), error) == own)
      return number;
    const auto next = link_target(path);
    if (!next) break;
    path = *next;
  }
  return std::nullopt;
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

bool is_standard_output(const std::string& path) {
  return path == "-" || open_file(path) == STDOUT_FILENO;
}

fs::path destination(const std::string& path) {
  fs::path place = path;
  for (int links = 0; links < kMostLinks; ++links) {
    const auto next = link_target(place);
    if (!next) break;
    place = *next;
  }
  std::error_code error;
  const fs::path folder = fs::canonical(folder_of(place), error);
  return error ? place : folder / place.filename();
}

bool is_written_directly(const std::string& path) {
  struct stat status {};
  return open_file(path) || (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode));
}

std::optional<std::string> why_not_writable(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status)) return "cannot write " + path + ": it is a folder; name a file";
  if (fs::is_block_file(status) || fs::is_socket(status))
    return "cannot write " + path + ": it is a " + (fs::is_socket(status) ? "socket" : "disk") + "; name a file";
  if (is_written_directly(path)) return access(path.c_str(), W_OK) == 0 ? std::nullopt : std::optional(fault_of(path));
  return OutputFile(path).fault();
}

bool holds_something_else(const std::string& path, std::string_view beginning) {
  if (is_written_directly(path)) return false;
  std::string found(beginning.size(), '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(found.data(), static_cast<std::streamsize>(found.size()));
  found.resize(static_cast<std::size_t>(file.gcount()));
  return !found.empty() && found != beginning;
}

OutputFile::OutputFile(std::string path, Existing existing) : path_(std::move(path)) {
  if (is_written_directly(path_)) {
    const auto number = open_file(path_);
    file_ = number ? fcntl(*number, F_DUPFD_CLOEXEC, 0) : open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    if (file_ < 0) fail();
    return;
  }
  final_path_ = destination(path_).string();
  if (existing == Existing::is_kept) {
    file_ = open(final_path_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (file_ < 0 && errno == EEXIST)
      fault_ = path_ + " exists already; choose another name, or remove it";
    else if (file_ < 0)
      fail();
    else
      temporary_ = final_path_;
    return;
  }
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
    if (temporary_ == final_path_ || rename(temporary_.c_str(), final_path_.c_str()) == 0)
      temporary_.clear();
    else
      fail();
  }
  return fault_;
}

void OutputFile::fail() {
  if (!fault_) fault_ = fault_of(path_);
}

std::optional<std::string> write_whole_file(const std::string& path, const std::string& text, Existing existing) {
  OutputFile file(path, existing);
  file.write(text);
  return file.finish();
}

}  // namespace credsim
