#pragma once

#include <span>
#include <string>

namespace credsim {

/// `credsim export`: writes a recorded run for other programs to read. Returns the exit status.
[[nodiscard]] int export_command(std::span<const std::string> arguments);

}  // namespace credsim
