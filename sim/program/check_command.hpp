#pragma once

#include <span>
#include <string>

namespace credsim {

/// `credsim check`: validates a scenario and prints the findings of the configuration audit. Returns the exit status.
[[nodiscard]] int check_command(std::span<const std::string> arguments);

}  // namespace credsim
