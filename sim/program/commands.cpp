#include "program/commands.hpp"

#include <array>
#include <iostream>
#include <string_view>
#include <vector>

#include "iam/spelling.hpp"
#include "program/check_command.hpp"
#include "program/command_line.hpp"
#include "program/export_command.hpp"
#include "program/init_command.hpp"
#include "program/metrics_command.hpp"
#include "program/run_command.hpp"

namespace credsim {
namespace {

using Arguments = std::span<const std::string>;

int help_command(Arguments arguments);

struct Command {
  std::string_view name;
  std::string_view purpose;
  int (*start)(Arguments);
};
constexpr std::array kCommands = {
    Command{"run", "simulates a scenario and keeps what happened in an audit database", run_command},
    Command{"check", "validates a scenario and audits its configuration; runs nothing", check_command},
    Command{"export", "writes a recorded run for other programs: OpenMetrics, for Prometheus", export_command},
    Command{"init", "writes a commented scenario to start from", init_command},
    Command{"metrics", "lists every metric with its unit, labels and statistics", metrics_command},
    Command{"help", "shows this, or a command's options and examples", help_command},
};

int start_command(const std::string& name, Arguments arguments) {
  for (const Command& command : kCommands)
    if (command.name == name) return command.start(arguments);
  std::vector<std::string_view> known;
  for (const Command& command : kCommands) known.push_back(command.name);
  say_error("", "there is no command " + name + "; " + iam::suggestion(name, known));
  return exit_status(ExitCode::usage);
}

int help_command(Arguments arguments) {
  if (!arguments.empty() && arguments.front() != "help")
    return start_command(arguments.front(), std::array{std::string("--help")});
  std::cout << "credsim " CREDSIM_VERSION
               ": how AppStream instances get, rotate and lose credentials\n\n"
               "usage: credsim COMMAND [options]\n\n";
  for (const Command& command : kCommands)
    std::cout << "  " << command.name << std::string(9 - command.name.size(), ' ') << command.purpose << "\n";
  std::cout << "\ncredsim COMMAND --help shows its options and examples.\n"
               "credsim --version shows the version.\n";
  return exit_status(ExitCode::done);
}

}  // namespace

int run_program(std::span<const std::string> arguments) {
  if (arguments.empty()) {
    say_error("", "needs a command; credsim help lists them");
    return exit_status(ExitCode::usage);
  }
  if (arguments.front() == "--help" || arguments.front() == "-h") return help_command({});
  if (arguments.front() != "--version") return start_command(arguments.front(), arguments.subspan(1));
  std::cout << "credsim " CREDSIM_VERSION "\n";
  return exit_status(ExitCode::done);
}

}  // namespace credsim
