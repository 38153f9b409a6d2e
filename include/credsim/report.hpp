#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "credsim/finding.hpp"
#include "credsim/replications.hpp"
#include "credsim/scenario.hpp"

namespace credsim {

/// All that a summary tells of.
struct Report {
  const Scenario& scenario;
  const ReplicationsResult& result;
  std::span<const Finding> findings;
  std::uint32_t replications = 1;  ///< asked for
  AuditLevel audit_level = AuditLevel::full;
  std::string database;    ///< its path; the store was closed without an error, so its rows agree with the counts
  std::uint64_t rows = 0;  ///< in it
};

/// The summary for people: UTF-8, about 120 columns wide. Opens with the limit that breaks first. With several
/// replications every number is a mean over them, totals with the half-width of their 95 % confidence interval.
[[nodiscard]] std::string summary_text(const Report& report, bool colour);

/// The summary for programs: one JSON object and a line feed. Equal byte for byte for equal scenario, seed and
/// replications, whatever the machine and its threads: it holds no wall time.
[[nodiscard]] std::string summary_json(const Report& report);

}  // namespace credsim
