#include "record/worst_limit.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

namespace credsim::record {
namespace {

double first_refused_seconds(const LimitUsage& limit) {
  if (!limit.refused_any()) return std::numeric_limits<double>::infinity();
  return std::chrono::duration<double>(limit.first_refused.time_since_epoch()).count();
}

struct LimitValue {
  std::string_view metric;
  double (*of)(const LimitUsage& limit);
  double (*fold)(double all, double one);  ///< what stands for two limits
};

constexpr auto kHeadroom = [](const LimitUsage& limit) { return limit.headroom(); };
constexpr auto kUtilisation = [](const LimitUsage& limit) { return limit.utilisation(); };
constexpr auto kLeast = [](double all, double one) { return std::min(all, one); };
constexpr auto kLargest = [](double all, double one) { return std::max(all, one); };
constexpr auto kSum = [](double all, double one) { return all + one; };

constexpr std::array kLimitValues = {
    LimitValue{"limit_headroom", kHeadroom, kLeast},
    LimitValue{"limit_utilisation", kUtilisation, kLargest},
    LimitValue{"limit_peak_1s", [](const LimitUsage& limit) { return limit.peak_1s; }, kLargest},
    LimitValue{"limit_peak_60s", [](const LimitUsage& limit) { return limit.peak_60s; }, kLargest},
    LimitValue{"limit_peak_600s", [](const LimitUsage& limit) { return limit.peak_600s; }, kLargest},
    LimitValue{"limit_refused_total", [](const LimitUsage& limit) { return static_cast<double>(limit.refused); }, kSum},
    LimitValue{"limit_first_refused_seconds", first_refused_seconds, kLeast},
    LimitValue{"capacity_headroom", kHeadroom, kLeast},
    LimitValue{"capacity_utilisation", kUtilisation, kLargest},
};

bool has_value(std::string_view metric, const LimitUsage& limit) {
  if (metric.starts_with("capacity_")) return limit.kind == Limit::Kind::capacity;
  return metric != "limit_peak_600s" || limit.kind == Limit::Kind::bucket;
}

}  // namespace

std::optional<double> worst_limit(std::string_view metric, std::span<const LimitUsage> limits,
                                  std::span<const std::pair<std::string, std::string>> selector) {
  const auto* const known = std::find_if(kLimitValues.begin(), kLimitValues.end(),
                                         [&](const LimitValue& value) { return value.metric == metric; });
  std::optional<double> all;
  for (const LimitUsage& limit : limits) {
    if (!has_value(metric, limit) || !limit.matches(selector)) continue;
    const double one = known->of(limit);
    all = all ? known->fold(*all, one) : one;
  }
  return all;
}

}  // namespace credsim::record
