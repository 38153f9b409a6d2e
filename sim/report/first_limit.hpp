#pragma once

#include <optional>
#include <span>

#include "credsim/replications.hpp"
#include "credsim/scenario.hpp"

namespace credsim::report {

/// The planner's first question: which limit broke first or, if none did, which is nearest to breaking.
struct FirstLimit {
  const LimitOverview* limit = nullptr;  ///< null: nothing was asked of any limit that has a bound
  bool broke = false;
  /// If it did not break: how many times this demand it would bear, and how many instances make that demand. Estimates
  /// that take demand for linear in the number of instances. The second only where the scenario fixes that number.
  std::optional<double> demand_factor;
  std::optional<double> instances;
};

/// `limits` are those of a ReplicationsResult, whose order decides.
[[nodiscard]] FirstLimit find_first_limit(const Scenario& scenario, std::span<const LimitOverview> limits);

[[nodiscard]] inline bool refused(const LimitUsage& usage) {
  return usage.first_refused != kNever;
}
/// 0 if it broke; precondition: not unlimited.
[[nodiscard]] double headroom(const LimitUsage& usage);

}  // namespace credsim::report
