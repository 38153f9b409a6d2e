#include "record/statistic.hpp"

#include <chrono>
#include <utility>

namespace credsim::record {

std::optional<double> statistic_of(const LogHistogram& samples, std::string_view statistic) {
  if (statistic == "count") return static_cast<double>(samples.count());
  if (statistic == "sum") return samples.sum_seconds();
  if (samples.count() == 0) return std::nullopt;
  if (statistic == "mean") return samples.mean_seconds();
  const auto seconds = [](Duration duration) { return std::chrono::duration<double>(duration).count(); };
  if (statistic == "min") return seconds(samples.minimum());
  if (statistic == "max") return seconds(samples.maximum());
  constexpr std::pair<std::string_view, double> kQuantiles[]{
      {"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}};
  for (const auto& [name, q] : kQuantiles)
    if (statistic == name) return seconds(samples.quantile(q));
  return std::nullopt;
}

}  // namespace credsim::record
