#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
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

/// For summary_text(): lines are as long as what they say, some of them 130 columns.
inline constexpr std::size_t kEndlessColumns = std::numeric_limits<std::size_t>::max();

/// The summary for people: UTF-8, in lines of at most `columns` (≥ 40), unless a single word is longer. Opens with what
/// is worst: instances without credentials, errors of the configuration, and the limit that breaks first. With several
/// replications every number is a mean over them, totals and shares with their 95 % confidence interval
/// (credsim/estimate.hpp). What happened in none of them is said with the share of such runs in which it happens at
/// most, what happened in some with the number of these, and nothing is ranked that chance alone may have ordered.
[[nodiscard]] std::string summary_text(const Report& report, bool colour, std::size_t columns = kEndlessColumns);

/// Why a run ends with exit status 3, in a line without a line feed: each threshold that it missed with what was
/// observed and, if they count, the errors of the configuration. Empty if it does not.
[[nodiscard]] std::string verdict_line(const Report& report, bool with_findings);

/// The summary for programs: one JSON object and a line feed. Equal byte for byte for equal scenario, seed and
/// replications, whatever the machine and its threads: it holds no wall time. Its shape is that of
/// scenarios/summary.schema.json, the same for one replication and for several.
[[nodiscard]] std::string summary_json(const Report& report);

}  // namespace credsim
