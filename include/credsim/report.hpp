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
/// replications every number is a mean over them, totals and shares with their 95 % confidence interval
/// (credsim/estimate.hpp). What happened in none of them is said with the share of such runs in which it happens at
/// most, what happened in some with the number of these, and nothing is ranked that chance alone may have ordered.
[[nodiscard]] std::string summary_text(const Report& report, bool colour);

/// The summary for programs: one JSON object and a line feed. Equal byte for byte for equal scenario, seed and
/// replications, whatever the machine and its threads: it holds no wall time. With several replications a value has
/// `mean`, `ci_low` and `ci_high` (null: Estimate::interval is none) and `nonzero_in`, the number of replications in
/// which it was not 0; a limit has `refused_in`, `first_in` and `nearest_in` (LimitOverview).
[[nodiscard]] std::string summary_json(const Report& report);

}  // namespace credsim
