#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "credsim/record.hpp"

namespace credsim::record {

/// The value of one of kLimitMetrics over the limits that match `selector`, the worst of them where it is not a count;
/// infinite for the first refusal of limits that never refused. Nothing if no such limit has that value.
[[nodiscard]] std::optional<double> worst_limit(std::string_view metric, std::span<const LimitUsage> limits,
                                                std::span<const std::pair<std::string, std::string>> selector);

}  // namespace credsim::record
