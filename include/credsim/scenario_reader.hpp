#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "credsim/scenario.hpp"

namespace credsim {

/// Something wrong with a scenario: `file:line:column: error: message`, where the message says what is wrong and, after
/// a semicolon, what would be right.
struct Diagnostic {
  std::string file;
  SourcePlace place;  ///< 0:0 if it is about the file as a whole
  std::string message;

  [[nodiscard]] std::string text() const;
};

struct ReadOptions {
  std::vector<std::string> set;        ///< `--set`: "dotted.key=value", in order
  std::optional<std::string> until;    ///< `--until`: a duration that shortens the run
  std::optional<std::uint64_t> seed;   ///< `--seed`
  std::optional<std::string> warm_up;  ///< `--warm-up`: a duration, instead of the scenario's
};

struct ReadResult {
  std::optional<Scenario> scenario;     ///< if and only if there are no diagnostics
  std::vector<Diagnostic> diagnostics;  ///< in file order, all of them
};

/// Reads a scenario file by scenarios/README.md. Never throws for what a file may hold, however broken: a
/// file that is missing, huge (over 16 MiB), binary or nested too deeply is a diagnostic.
[[nodiscard]] ReadResult read_scenario(const std::string& path, const ReadOptions& options = {});

}  // namespace credsim
