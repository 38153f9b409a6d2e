#pragma once

#include <optional>
#include <string>

namespace credsim {

/// Why `path` could not be written, if that can be told without writing: to be asked before the work, not after it.
[[nodiscard]] std::optional<std::string> why_not_writable(const std::string& path);

/// Writes `text` to `path` whole or not at all: into a new file beside it that then takes its name. What is no regular
/// file (a pipe, /dev/stdout) is written directly. Returns what went wrong, if anything did.
[[nodiscard]] std::optional<std::string> write_whole_file(const std::string& path, const std::string& text);

}  // namespace credsim
