#pragma once

#include <span>
#include <string>

namespace credsim {

/// Starts the command that `arguments` name (those of main(), without the program), and returns its exit status.
[[nodiscard]] int run_program(std::span<const std::string> arguments);

}  // namespace credsim
