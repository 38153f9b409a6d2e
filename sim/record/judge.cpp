#include "credsim/measurements.hpp"

namespace credsim {

std::vector<ThresholdResult> judge(std::span<const Threshold> thresholds, const Measurements& measurements) {
  std::vector<ThresholdResult> results;
  results.reserve(thresholds.size());
  for (const Threshold& threshold : thresholds) {
    const std::optional<double> observed =
        measurements.value(threshold.metric, threshold.statistic, threshold.selector);
    results.push_back({&threshold, observed, observed && threshold.holds(*observed)});
  }
  return results;
}

}  // namespace credsim
