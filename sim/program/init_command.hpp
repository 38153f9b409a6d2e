#pragma once

#include <span>
#include <string>

namespace credsim {

/// `credsim init`: writes a commented scenario to start from. Returns the exit status.
[[nodiscard]] int init_command(std::span<const std::string> arguments);

}  // namespace credsim
