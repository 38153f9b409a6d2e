#pragma once

#include <string>
#include <vector>

#include "report/summary_values.hpp"

namespace credsim::report {

/// A workload of which nine calls in ten fail, or more: it does not work, whatever all calls together look like.
struct FailingWorkload {
  std::string account;
  std::string region;
  std::string resource;
  std::string workload;
  double share = 0;         ///< of its calls that failed
  std::string reason;       ///< the most frequent one
  double reason_share = 0;  ///< of its failures
};

/// In the order of their share of failures, largest first; over replications by the means of their counts.
[[nodiscard]] std::vector<FailingWorkload> failing_workloads(const SummaryValues& values);

}  // namespace credsim::report
