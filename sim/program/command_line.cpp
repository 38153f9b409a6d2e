#include "program/command_line.hpp"

#include <charconv>
#include <iostream>
#include <sstream>

#include "iam/spelling.hpp"

namespace credsim {
namespace {

namespace po = boost::program_options;

std::string similar_option(std::string_view name, const po::options_description& options) {
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back("--" + option->long_name());
  const std::vector<std::string_view> known(names.begin(), names.end());
  return iam::suggestion(name, known);
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) text += " " + std::string(word);
  return text;
}

void print_help(const CommandHelp& help, const po::options_description& options) {
  std::cout << "credsim " << help.name << joined(help.arguments) << " [options]\n\n" << help.purpose << "\n\n";
  std::cout << options << "\nexamples:\n";
  std::istringstream examples{std::string(help.examples)};
  for (std::string line; std::getline(examples, line);) std::cout << (line.empty() ? "" : "  ") << line << "\n";
}

/// What is wrong with the number of arguments, if anything is.
std::optional<std::string> miscounted(const CommandHelp& help, const std::vector<std::string>& given) {
  if (given.size() < help.arguments.size())
    return "needs " + std::string(help.arguments[given.size()]) + "; usage: credsim " + std::string(help.name) +
           joined(help.arguments) + " [options]";
  if (given.size() > help.arguments.size()) {
    const auto extra = std::span(given).subspan(help.arguments.size());
    return "has no use for " + iam::listed(extra) + "; usage: credsim " + std::string(help.name) +
           joined(help.arguments) + " [options]";
  }
  return std::nullopt;
}

std::string explained(const po::error& error, const po::options_description& options) {
  if (const auto* unknown = dynamic_cast<const po::unknown_option*>(&error)) {
    const std::string& name = unknown->get_option_name();
    return "there is no option " + name + "; " + similar_option(name, options);
  }
  if (const auto* repeated = dynamic_cast<const po::multiple_occurrences*>(&error))
    return repeated->get_option_name() + " was given more than once; give it once";
  if (const auto* syntax = dynamic_cast<const po::invalid_command_line_syntax*>(&error)) {
    const std::string name = syntax->get_option_name();
    switch (syntax->kind()) {
      case po::invalid_syntax::extra_parameter:
        return name + " takes no value";
      case po::invalid_syntax::missing_parameter:
      case po::invalid_syntax::empty_adjacent_parameter:
        return name + " needs a value; --help shows which";
      default:
        break;
    }
  }
  return error.what();
}

}  // namespace

std::optional<CommandLine> read_command_line(const CommandHelp& help, po::options_description options,
                                             std::span<const std::string> arguments, ExitCode& end) {
  options.add_options()("help,h", "shows this");
  CommandLine line;
  try {
    // Abbreviations would make every new option a possible break of someone's script.
    const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    const po::parsed_options parsed =
        po::command_line_parser(std::vector(arguments.begin(), arguments.end())).options(options).style(style).run();
    po::store(parsed, line.options);
    for (const po::option& option : parsed.options) {
      // Boost takes the next option for a value that was forgotten, and an empty word for a value.
      const bool empty = !option.string_key.empty() && option.value.size() == 1 && option.value[0].empty();
      if (empty || (option.original_tokens.size() > 1 && option.original_tokens[1].starts_with("--"))) {
        say_error(help.name, "--" + option.string_key + " needs a value; --help shows which");
        end = ExitCode::usage;
        return std::nullopt;
      }
      if (option.string_key.empty())
        line.arguments.insert(line.arguments.end(), option.value.begin(), option.value.end());
    }
  } catch (const po::error& error) {
    say_error(help.name, explained(error, options));
    end = ExitCode::usage;
    return std::nullopt;
  }
  if (line.has("help")) {
    print_help(help, options);
    end = ExitCode::done;
    return std::nullopt;
  }
  if (const auto fault = miscounted(help, line.arguments)) {
    say_error(help.name, *fault);
    end = ExitCode::usage;
    return std::nullopt;
  }
  return line;
}

void say_error(std::string_view command, std::string_view message) {
  std::cerr << "credsim" << (command.empty() ? "" : " ") << command << ": error: " << message << std::endl;
}

std::optional<std::uint64_t> whole_number(std::string_view text, std::uint64_t low, std::uint64_t high) {
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size() || value < low || value > high) return std::nullopt;
  return value;
}

void say_out_of_range(std::string_view command, std::string_view option, std::string_view text, std::uint64_t low,
                      std::uint64_t high) {
  say_error(command, "--" + std::string(option) + " " + std::string(text) +
                         " is out of range; it must be a whole number from " + std::to_string(low) + " to " +
                         std::to_string(high));
}

}  // namespace credsim
