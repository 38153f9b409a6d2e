#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace credsim {

/// What becomes of a regular file that is at the path of an OutputFile.
enum class Existing : std::uint8_t { is_replaced, is_kept };

/// A file that is written piece by piece and is there whole or not at all: a new file beside `path` takes its name at
/// the end. What is no regular file (a pipe) or is open already (/dev/stdout, /dev/fd/5) is written directly.
class OutputFile {
 public:
  /// With Existing::is_kept, a file that is there makes every write fail.
  explicit OutputFile(std::string path, Existing existing = Existing::is_replaced);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  /// Unless finished, what was at `path` is as it was.
  ~OutputFile();

  /// False: something went wrong, now or before.
  bool write(std::string_view piece);
  /// The first thing that went wrong so far, if anything did.
  [[nodiscard]] const std::optional<std::string>& fault() const { return fault_; }
  /// Once, at the end. Returns the first thing that went wrong, if anything did.
  [[nodiscard]] std::optional<std::string> finish();

 private:
  void fail();

  std::string path_;
  std::string final_path_;  // where the bytes go in the end
  std::string temporary_;   // where they are until then, to be removed on failure; empty: written directly
  int file_ = -1;
  std::optional<std::string> fault_;
};

/// Whether `path` is "-" or another name of standard output: /dev/stdout, /dev/fd/1.
[[nodiscard]] bool is_standard_output(const std::string& path);

/// Where the bytes for `path` go in the end, with every link followed, also one to a file that is not there yet.
[[nodiscard]] std::filesystem::path destination(const std::string& path);

/// Whether there is something at `path` that is not a regular file, or is open already: bytes go through it, and
/// nothing is replaced.
[[nodiscard]] bool is_written_directly(const std::string& path);

/// Why `path` could not be written, if so: to be asked before the work, not after it. Tries it by a file beside, which
/// goes again.
[[nodiscard]] std::optional<std::string> why_not_writable(const std::string& path);

/// Whether there is something in the regular file at `path` that does not begin with `beginning`: it is somebody
/// else's, and not to be replaced.
[[nodiscard]] bool holds_something_else(const std::string& path, std::string_view beginning);

/// Writes `text` to `path` as OutputFile does. Returns what went wrong, if anything did.
[[nodiscard]] std::optional<std::string> write_whole_file(const std::string& path, const std::string& text,
                                                          Existing existing = Existing::is_replaced);

}  // namespace credsim
