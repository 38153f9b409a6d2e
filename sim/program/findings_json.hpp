#pragma once

#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "credsim/finding.hpp"

/// Findings for other programs.
namespace credsim {

/// The file that the finding is about, for a scenario at `path`.
[[nodiscard]] const std::string& file_of(const std::string& path, const Finding& finding);

/// An array with an object for each finding: rule, severity, subject, message, file, line and column (null without a
/// place).
[[nodiscard]] nlohmann::ordered_json findings_json(const std::string& path, std::span<const Finding> findings);

/// A log of SARIF 2.1.0 (OASIS), whose levels have the names of our severities, with all rules.
[[nodiscard]] nlohmann::ordered_json findings_sarif(const std::string& path, std::span<const Finding> findings);

}  // namespace credsim
