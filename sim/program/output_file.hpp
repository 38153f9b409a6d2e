#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace credsim {

/// A file that is written piece by piece and is there whole or not at all: a new file beside `path` takes its name at
/// the end. What is no regular file (a pipe, /dev/stdout) is written directly.
class OutputFile {
 public:
  explicit OutputFile(std::string path);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  /// Unless finished, what was at `path` is as it was.
  ~OutputFile();

  /// False: something went wrong, now or before.
  bool write(std::string_view piece);
  /// Once, at the end. Returns the first thing that went wrong, if anything did.
  [[nodiscard]] std::optional<std::string> finish();

 private:
  void fail();

  std::string path_;
  std::string final_path_;  // where the bytes go in the end
  std::string temporary_;   // where they are until then; empty: written directly
  int file_ = -1;
  std::optional<std::string> fault_;
};

/// Whether there is something at `path` that is not a regular file: bytes go through it, and nothing is replaced.
[[nodiscard]] bool is_written_directly(const std::string& path);

/// Why `path` could not be written, if that can be told without writing: to be asked before the work, not after it.
[[nodiscard]] std::optional<std::string> why_not_writable(const std::string& path);

/// Writes `text` to `path` as OutputFile does. Returns what went wrong, if anything did.
[[nodiscard]] std::optional<std::string> write_whole_file(const std::string& path, const std::string& text);

}  // namespace credsim
