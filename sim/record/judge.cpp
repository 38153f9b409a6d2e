#include <cmath>

#include "credsim/measurements.hpp"

namespace credsim {

std::vector<ThresholdResult> judge(std::span<const Threshold> thresholds, const Measurements& measurements) {
  std::vector<ThresholdResult> results;
  results.reserve(thresholds.size());
  for (const Threshold& threshold : thresholds) {
    std::optional<double> observed = measurements.value(threshold.metric, threshold.statistic, threshold.selector);
    const bool passed = observed && threshold.holds(*observed);
    if (observed && std::isinf(*observed)) observed.reset();  // never: later than any time, and no number
    results.push_back({&threshold, observed, passed});
  }
  return results;
}

}  // namespace credsim
