#include "program/command_files.hpp"

#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

#include "program/output_file.hpp"

namespace credsim {
namespace {

/// A file that is there, by its numbers; one that is not, by where it would be.
struct Identity {
  bool exists = false;
  struct stat status {};
  std::filesystem::path place;
};

Identity identity(const std::string& path) {
  Identity file;
  file.exists = (is_standard_output(path) ? fstat(STDOUT_FILENO, &file.status) : stat(path.c_str(), &file.status)) == 0;
  if (!file.exists) file.place = destination(path);
  return file;
}

bool same(const Identity& one, const Identity& other) {
  if (one.exists != other.exists) return false;
  if (!one.exists) return one.place == other.place;
  return S_ISREG(one.status.st_mode) && one.status.st_dev == other.status.st_dev &&
         one.status.st_ino == other.status.st_ino;
}

}  // namespace

std::optional<std::string> would_overwrite(std::span<const CommandFile> files) {
  std::vector<Identity> known;
  for (const CommandFile& file : files) {
    known.push_back(identity(file.path));
    if (file.writer.empty()) continue;
    for (std::size_t i = 0; i + 1 < known.size(); ++i) {
      const CommandFile& first = files[i];
      // A database and its journals come and go while another run ends: between two looks a number may be given anew.
      if (first.writer == file.writer || !same(known[i], known.back())) continue;
      return file.writer + " would overwrite " + first.purpose + (first.path == "-" ? "" : " " + first.path) +
             "; choose another name";
    }
  }
  return std::nullopt;
}

void add_database(std::vector<CommandFile>& files, const std::string& path, const std::string& writer) {
  files.push_back({path, "the audit database", writer});
  for (const char* suffix : {"-journal", "-wal", "-shm"})
    files.push_back({path + suffix, "the audit database's journal", writer});
}

}  // namespace credsim
