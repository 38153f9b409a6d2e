#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace credsim {

/// A file that a command reads or writes.
struct CommandFile {
  std::string path;     ///< "-" is standard output
  std::string purpose;  ///< in a message: "the scenario"
  std::string writer;   ///< whatever makes the command write it, in a message: "--json storm.json"; empty: it is read
};

/// What is wrong if a command would write one of `files` over another one, in the order in which they are named. Files
/// are what they are, not what they are called: links and relative paths, and /dev/fd, lead to one and the same. What
/// is no regular file (a terminal, a pipe, /dev/null) is never written over. Those of one writer, such as a database
/// and its journals, are not held against each other.
[[nodiscard]] std::optional<std::string> would_overwrite(std::span<const CommandFile> files);

/// Adds the audit database at `path` and the files that SQLite keeps beside it.
void add_database(std::vector<CommandFile>& files, const std::string& path, const std::string& writer);

}  // namespace credsim
