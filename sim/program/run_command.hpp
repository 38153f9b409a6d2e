#pragma once

#include <span>
#include <string>

namespace credsim {

/// `credsim run`: simulates a scenario into an audit database and prints the summary. Returns the exit status.
[[nodiscard]] int run_command(std::span<const std::string> arguments);

}  // namespace credsim
