#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options.hpp>

namespace credsim {

/// How the program ends; README.md, "Commands".
enum class ExitCode : std::uint8_t {
  done = 0,
  could_not = 1,
  usage = 2,
  threshold_missed = 3,
  interrupted = 130,  ///< by SIGINT
  terminated = 143,   ///< by SIGTERM
};
[[nodiscard]] constexpr int exit_status(ExitCode code) {
  return static_cast<int>(code);
}

/// Help is written for terminals of 80 columns.
inline constexpr unsigned kHelpColumns = 80;

/// A command as its `--help` shows it.
struct CommandHelp {
  std::string_view name;                    ///< "run"
  std::string_view purpose;                 ///< a sentence or two, in lines of at most kHelpColumns
  std::vector<std::string_view> arguments;  ///< {"SCENARIO"}: all required, in order
  std::string_view examples;                ///< whole lines, without indentation, two columns shorter
};

/// A command line, read.
struct CommandLine {
  boost::program_options::variables_map options;
  std::vector<std::string> arguments;  ///< exactly as many as CommandHelp::arguments

  [[nodiscard]] bool has(const char* option) const { return options.count(option) > 0; }
  /// Precondition: has(option), and it was declared as a std::string.
  [[nodiscard]] const std::string& text(const char* option) const { return options[option].as<std::string>(); }
};

/// Reads what follows the command's name. If there is nothing left to do (`--help` was printed, or what was wrong was
/// said on stderr) it returns nothing and sets `end`. `--help` and `-h` are added to `options`; option names are never
/// abbreviated. An option without a value should be a `bool_switch()`, so that `options["force"].as<bool>()` is there.
[[nodiscard]] std::optional<CommandLine> read_command_line(const CommandHelp& help,
                                                           boost::program_options::options_description options,
                                                           std::span<const std::string> arguments, ExitCode& end);

/// Says "credsim NAME: error: MESSAGE" on stderr (without a name: "credsim: error: MESSAGE"). The message says what is
/// wrong and, after a semicolon, what would be right.
void say_error(std::string_view command, std::string_view message);

/// A whole number in [low, high], in decimal digits alone: no sign, no spaces.
[[nodiscard]] std::optional<std::uint64_t> whole_number(std::string_view text, std::uint64_t low, std::uint64_t high);

/// Says that the value `text` of `--option` is none of the whole numbers from `low` to `high`.
void say_out_of_range(std::string_view command, std::string_view option, std::string_view text, std::uint64_t low,
                      std::uint64_t high);

}  // namespace credsim
