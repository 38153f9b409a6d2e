#pragma once

#include <span>
#include <string>

#include "credsim/finding.hpp"
#include "credsim/replications.hpp"

namespace credsim::report {

/// What a threshold was judged by: durations as such, shares as its threshold is written, everything else as a number.
[[nodiscard]] std::string observed_text(const ThresholdOverview& judged);

/// "2 errors (role-not-found, agent-too-old)"; empty for none.
[[nodiscard]] std::string findings_of(std::span<const Finding> findings, Severity severity);

}  // namespace credsim::report
