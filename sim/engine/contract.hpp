#pragma once

namespace credsim {

/// Prints "<file>:<line>: broken contract: <message>" to standard error and aborts.
[[noreturn]] void contract_broken(const char* message, const char* file, int line);

/// States what the caller must have made true. Checked in every build: a run whose contracts are broken has no result.
/// `file` and `line` are the caller's; they stand in for std::source_location, which clang 14 does not have.
inline void expect(bool holds, const char* message, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (!holds) [[unlikely]] {
    contract_broken(message, file, line);
  }
}

}  // namespace credsim
