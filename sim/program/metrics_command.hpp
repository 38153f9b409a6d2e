#pragma once

#include <span>
#include <string>

namespace credsim {

/// `credsim metrics`: what there is to measure, for thresholds, SQL and dashboards. Returns the exit status.
[[nodiscard]] int metrics_command(std::span<const std::string> arguments);

}  // namespace credsim
