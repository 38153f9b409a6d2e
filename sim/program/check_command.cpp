#include "program/check_command.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "credsim/finding.hpp"
#include "credsim/scenario_reader.hpp"

#include "iam/spelling.hpp"
#include "program/command_line.hpp"
#include "program/findings_json.hpp"
#include "program/standard_streams.hpp"

namespace credsim {
namespace {

namespace po = boost::program_options;

const CommandHelp kHelp{"check",
                        "Validates a scenario and audits its configuration: what the AppStream API would\n"
                        "refuse, what the guide advises against, limits that cannot hold what is asked of\n"
                        "them, and clients that are bound to fail. Runs nothing.",
                        {"SCENARIO"},
                        "credsim check scenarios/quickstart.yaml\n"
                        "credsim check storm.yaml --fail-on warning\n"
                        "credsim check storm.yaml --set fleets.eng.instances=20000\n"
                        "credsim check storm.yaml --format sarif > storm.sarif\n"
                        "credsim check storm.yaml --format json | jq 'map(select(.line != null))'\n"
                        "\n"
                        "json and sarif hold the errors of a scenario that cannot be read, too, as\n"
                        "findings of the rule invalid-scenario.\n"
                        "exit status: 0 done; 2 wrong usage or scenario; 3 a finding at --fail-on"};

constexpr std::array<std::string_view, 3> kFormats{"text", "json", "sarif"};
constexpr std::array kSeverities{Severity::error, Severity::warning, Severity::note};

struct CheckOptions {
  std::string scenario_path;
  ReadOptions read;
  std::string_view format = kFormats.front();
  Severity fail_on = Severity::error;
};

po::options_description declared_options() {
  po::options_description options("options", kHelpColumns);
  auto add = options.add_options();
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  add("format", text("FORMAT"), "text, json, or sarif for code review tools (text)");
  add("fail-on", text("SEVERITY"), "the least severity that ends in exit status 3: error, warning or note (error)");
  add("seed", text("N"), "instead of the scenario's seed");
  add("until", text("DURATION"), "as if the run ended earlier: 90s, 2h");
  add("set", po::value<std::vector<std::string>>()->value_name("KEY=VALUE"),
      "changes a value of the scenario, list items by their name; repeatable");
  return options;
}

/// The place of the option's value among `names`, if it was given; nothing, and said why, if it is none of them.
template <std::size_t N>
std::optional<std::size_t> choice(const CommandLine& line, const char* option,
                                  const std::array<std::string_view, N>& names) {
  if (!line.has(option)) return 0;
  const auto found = std::find(names.begin(), names.end(), line.text(option));
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  say_error("check", "there is no --" + std::string(option) + " " + line.text(option) + "; " +
                         iam::suggestion(line.text(option), names));
  return std::nullopt;
}

std::optional<CheckOptions> read_options(std::span<const std::string> arguments, ExitCode& end) {
  const auto line = read_command_line(kHelp, declared_options(), arguments, end);
  if (!line) return std::nullopt;
  end = ExitCode::usage;
  CheckOptions options;
  options.scenario_path = line->arguments.front();
  if (line->has("until")) options.read.until = line->text("until");
  if (line->has("set")) options.read.set = line->options["set"].as<std::vector<std::string>>();
  if (line->has("seed")) {
    options.read.seed = whole_number(line->text("seed"), 0, kLargestSeed);
    if (!options.read.seed) {
      say_out_of_range("check", "seed", line->text("seed"), 0, kLargestSeed);
      return std::nullopt;
    }
  }
  const auto format = choice(*line, "format", kFormats);
  const std::array severities{severity_name(kSeverities[0]), severity_name(kSeverities[1]),
                              severity_name(kSeverities[2])};
  const auto severity = choice(*line, "fail-on", severities);
  if (!format || !severity) return std::nullopt;
  options.format = kFormats[*format];
  options.fail_on = kSeverities[*severity];
  return options;
}

std::string counted(std::ptrdiff_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string coloured(Severity severity) {
  std::string name(severity_name(severity));
  if (!colour_wanted()) return name;
  constexpr std::array<const char*, 3> kColours{"\x1b[36m", "\x1b[33m", "\x1b[31m"};
  return kColours[static_cast<std::size_t>(severity)] + name + "\x1b[0m";
}

void print_text(const std::string& path, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    std::cout << file_of(path, finding);
    if (finding.place.line > 0) std::cout << ":" << finding.place.line << ":" << finding.place.column;
    std::cout << ": " << coloured(finding.severity) << ": " << finding.subject << ": " << finding.message << " ["
              << finding.rule << "]\n";
  }
  std::cout << path << ": ";
  if (findings.empty()) {
    std::cout << "no findings\n";
    return;
  }
  for (const Severity severity : kSeverities) {
    const auto count = std::count_if(findings.begin(), findings.end(),
                                     [&](const Finding& finding) { return finding.severity == severity; });
    std::cout << (severity == kSeverities.front() ? "" : ", ") << counted(count, severity_name(severity));
  }
  std::cout << "\n";
}

/// What is wrong with a scenario that cannot be read, for tools that read findings.
std::vector<Finding> faults_of(const std::vector<Diagnostic>& diagnostics) {
  std::vector<Finding> faults;
  for (const Diagnostic& diagnostic : diagnostics)
    faults.push_back({.rule = std::string(kInvalidScenario),
                      .severity = Severity::error,
                      .subject = "scenario",
                      .message = diagnostic.message,
                      .place = diagnostic.place,
                      .file = diagnostic.file});
  return faults;
}

void print_findings(const CheckOptions& options, const std::vector<Finding>& findings) {
  const std::string& path = options.scenario_path;
  if (options.format == "text") return print_text(path, findings);
  const auto json = options.format == "json" ? findings_json(path, findings) : findings_sarif(path, findings);
  std::cout << json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
}

}  // namespace

int check_command(std::span<const std::string> arguments) {
  ExitCode end = ExitCode::done;
  const auto options = read_options(arguments, end);
  if (!options) return exit_status(end);
  const ReadResult read = read_scenario(options->scenario_path, options->read);
  for (const Diagnostic& diagnostic : read.diagnostics) std::cerr << diagnostic.text() << "\n";
  if (!read.scenario) {
    if (options->format != "text") print_findings(*options, faults_of(read.diagnostics));
    return exit_status(ExitCode::usage);
  }

  const std::vector<Finding> findings = audit_configuration(*read.scenario);
  print_findings(*options, findings);
  const bool failed = std::any_of(findings.begin(), findings.end(),
                                  [&](const Finding& finding) { return finding.severity >= options->fail_on; });
  return exit_status(failed ? ExitCode::threshold_missed : ExitCode::done);
}

}  // namespace credsim
