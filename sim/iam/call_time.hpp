#pragma once

#include <chrono>
#include <string>

/// How requests write their time.
namespace credsim::iam {

/// "2026-01-05T08:30:00Z": whole seconds, rounded down.
[[nodiscard]] std::string iso8601(std::chrono::sys_time<std::chrono::microseconds> time);

[[nodiscard]] std::string epoch_seconds(std::chrono::sys_time<std::chrono::microseconds> time);

}  // namespace credsim::iam
