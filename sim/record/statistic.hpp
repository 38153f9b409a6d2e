#pragma once

#include <optional>
#include <string_view>

#include "credsim/log_histogram.hpp"

namespace credsim::record {

/// One of kHistogramStatistics of `samples`, times in seconds. Nothing without samples, but for `count` and `sum`.
[[nodiscard]] std::optional<double> statistic_of(const LogHistogram& samples, std::string_view statistic);

}  // namespace credsim::record
