#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "program/argument_text.hpp"
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
    const auto fault = credsim::not_text(arguments);
    if (fault) credsim::say_error("", *fault);
    status = fault ? credsim::exit_status(credsim::ExitCode::usage) : credsim::run_program(arguments);
  } catch (const std::bad_alloc&) {
    credsim::say_error("", "not enough memory; simulate fewer instances, or use fewer --threads");
  } catch (const std::exception& error) {
    credsim::say_error("", error.what());
  }
  return credsim::close_standard_output(status);
}
