#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include "program/command_line.hpp"
#include "program/commands.hpp"
#include "program/signals.hpp"
#include "program/standard_streams.hpp"

int main(int count, char** words) {
  credsim::open_standard_streams();
  credsim::restore_signals();
  int status = credsim::exit_status(credsim::ExitCode::could_not);
  try {
    const std::vector<std::string> arguments(words + std::min(count, 1), words + count);
    status = credsim::run_program(arguments);
  } catch (const std::exception& error) {
    credsim::say_error("", error.what());
  }
  return credsim::close_standard_output(status);
}
