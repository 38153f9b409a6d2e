#include "program/run_command.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "credsim/audit_store.hpp"
#include "credsim/finding.hpp"
#include "credsim/live_run.hpp"
#include "credsim/replications.hpp"
#include "credsim/report.hpp"
#include "credsim/scenario_reader.hpp"

#include "iam/spelling.hpp"
#include "program/command_files.hpp"
#include "program/command_line.hpp"
#include "program/live_options.hpp"
#include "program/live_watch.hpp"
#include "program/output_file.hpp"
#include "program/pace_control.hpp"
#include "program/progress.hpp"
#include "program/signals.hpp"
#include "program/standard_streams.hpp"

namespace credsim {
namespace {

namespace po = boost::program_options;

const CommandHelp kHelp{"run",
                        "Simulates a scenario, keeps what happened in an audit database, and prints\n"
                        "which limit breaks first. A terminal's width decides that of the summary.\n"
                        "Exit status: 0 done; 1 could not; 2 wrong usage or scenario; 3 a threshold was\n"
                        "missed, or a finding counts; 130 or 143 interrupted.",
                        {"SCENARIO"},
                        "credsim run scenarios/quickstart.yaml\n"
                        "credsim run storm.yaml --set fleets.eng.instances=20000 --db storm-20000.db\n"
                        "credsim run storm.yaml --replications 20 --audit aggregate --json storm.json\n"
                        "credsim run storm.yaml --until 2h --seed 7 --force\n"
                        "credsim run storm.yaml --speed 60 --metrics-address 127.0.0.1:9464\n"
                        "sqlite3 storm.db 'select * from limit_headroom'"};

/// What the command line asks for.
struct RunOptions {
  std::string scenario_path;
  ReadOptions read;
  std::optional<std::string> database;
  bool force = false;
  bool quiet = false;
  bool fail_on_findings = false;
  std::optional<std::string> json;
  ReplicationsOptions replications;
  LiveOptions live;
};

po::options_description declared_options() {
  po::options_description options("options", kHelpColumns);
  auto add = options.add_options();
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  add("db", text("FILE"), "the audit database; by default the scenario's name with .db, here");
  add("force", po::bool_switch(), "replaces a credsim database of that name");
  add("seed", text("N"), "instead of the scenario's seed");
  add("replications", text("N"), "runs with draws of their own; the summary gives means and 95 % intervals (1)");
  add("threads", text("N"), "that simulate side by side; results do not depend on it (one for each processor)");
  add("until", text("DURATION"), "ends the run earlier: 90s, 2h");
  add("warm-up", text("DURATION"), "what happens before is simulated and recorded, not counted; instead of warm_up");
  add("set", po::value<std::vector<std::string>>()->value_name("KEY=VALUE"),
      "changes a value of the scenario, list items by their name; repeatable");
  add("audit", text("LEVEL"), "what is kept row by row: full, failures or aggregate (full)");
  declare_live_options(options);
  add("json", text("FILE"), "writes the summary there too, as JSON; - is standard output, without the text");
  add("quiet", po::bool_switch(), "no progress bar and no summary; a missed threshold is said on standard error");
  add("fail-on-findings", po::bool_switch(), "exit status 3 if credsim check finds an error in the scenario");
  return options;
}

/// Reads the whole number that `option` holds, if it was given. False: said what is wrong.
template <typename Number>
bool read_number(const CommandLine& line, const char* option, std::uint64_t low, std::uint64_t high, Number& number) {
  if (!line.has(option)) return true;
  const auto value = whole_number(line.text(option), low, high);
  if (value)
    number = static_cast<typename std::remove_reference_t<decltype(number)>>(*value);
  else
    say_out_of_range("run", option, line.text(option), low, high);
  return value.has_value();
}

bool read_level(const CommandLine& line, AuditLevel& level) {
  if (!line.has("audit")) return true;
  constexpr std::array<std::string_view, 3> kNames{"full", "failures", "aggregate"};
  const auto found = std::find(kNames.begin(), kNames.end(), line.text("audit"));
  if (found == kNames.end()) {
    say_error("run",
              "there is no audit level " + line.text("audit") + "; " + iam::suggestion(line.text("audit"), kNames));
    return false;
  }
  level = static_cast<AuditLevel>(found - kNames.begin());
  return true;
}

/// Everything that was asked for, or nothing with `end` set.
std::optional<RunOptions> read_options(std::span<const std::string> arguments, ExitCode& end) {
  const auto line = read_command_line(kHelp, declared_options(), arguments, end);
  if (!line) return std::nullopt;
  constexpr std::uint64_t kMostReplications = 1'000'000;
  constexpr std::uint64_t kMostThreads = 1'024;

  RunOptions options;
  options.scenario_path = line->arguments.front();
  options.force = line->options["force"].as<bool>();
  options.quiet = line->options["quiet"].as<bool>();
  options.fail_on_findings = line->options["fail-on-findings"].as<bool>();
  if (line->has("db")) options.database = line->text("db");
  if (line->has("json")) options.json = is_standard_output(line->text("json")) ? "-" : line->text("json");
  if (line->has("until")) options.read.until = line->text("until");
  if (line->has("warm-up")) options.read.warm_up = line->text("warm-up");
  if (line->has("set")) options.read.set = line->options["set"].as<std::vector<std::string>>();
  options.replications.threads = std::max(1U, std::thread::hardware_concurrency());
  if (read_number(*line, "seed", 0, kLargestSeed, options.read.seed) &&
      read_number(*line, "replications", 1, kMostReplications, options.replications.replications) &&
      read_number(*line, "threads", 1, kMostThreads, options.replications.threads) &&
      read_level(*line, options.replications.audit_level) && read_live_options(*line, options.live)) {
    if (!options.live.wanted() || options.replications.replications == 1) return options;
    say_error("run", "--speed and --metrics-address follow one run; leave --replications out, or them");
  }
  end = ExitCode::usage;
  return std::nullopt;
}

std::optional<Scenario> read_or_explain(const RunOptions& options) {
  ReadResult read = read_scenario(options.scenario_path, options.read);
  for (const Diagnostic& diagnostic : read.diagnostics) std::cerr << diagnostic.text() << "\n";
  return std::move(read.scenario);
}

std::string database_path(const Scenario& scenario, const RunOptions& options) {
  return options.database.value_or(scenario.name + ".db");
}

/// All that the run reads and writes.
std::vector<CommandFile> files_of(const Scenario& scenario, const RunOptions& options) {
  const std::string database = database_path(scenario, options);
  std::vector<CommandFile> files{{scenario.path, "the scenario", ""}};
  for (const std::string& file : scenario.files) files.push_back({file, "the scenario's file", ""});
  add_database(files, database, (options.database ? "--db " : "the audit database ") + database);
  files.push_back({"-", "the file of standard output", "standard output"});
  if (options.json && options.json != "-") files.push_back({*options.json, "the summary", "--json " + *options.json});
  return files;
}

/// Says why nothing should be simulated for what is to be written, if so.
std::optional<ExitCode> refuse_outputs(const Scenario& scenario, const RunOptions& options) {
  if (const auto fault = would_overwrite(files_of(scenario, options))) {
    say_error("run", *fault);
    return ExitCode::usage;
  }
  if (!options.json || options.json == "-") return std::nullopt;
  auto fault = why_not_writable(*options.json);
  if (!fault && holds_something_else(*options.json, "{"))
    fault = *options.json + " exists and is not JSON, so it is never overwritten; choose another name";
  if (!fault) return std::nullopt;
  say_error("run", *fault);
  return ExitCode::could_not;
}

ExitCode exit_code(const Report& report, const RunOptions& options, const StopSignals& signals) {
  const ReplicationsResult& result = report.result;
  if (result.status == RunStatus::interrupted) return signals.received().value_or(ExitCode::interrupted);
  const bool missed = std::any_of(result.thresholds.begin(), result.thresholds.end(),
                                  [](const ThresholdOverview& threshold) { return threshold.missed_in > 0; });
  const bool wrong = options.fail_on_findings &&
                     std::any_of(report.findings.begin(), report.findings.end(),
                                 [](const Finding& finding) { return finding.severity == Severity::error; });
  return missed || wrong ? ExitCode::threshold_missed : ExitCode::done;
}

/// Prints the summary and writes the JSON one.
bool publish(const Report& report, const RunOptions& options) {
  const bool json_to_output = options.json == "-";
  if (json_to_output)
    std::cout << summary_json(report);
  else if (!options.quiet)
    std::cout << summary_text(report, colour_wanted(), output_columns());
  if (const std::string verdict = verdict_line(report, options.fail_on_findings); options.quiet && !verdict.empty())
    std::cerr << "credsim run: " << verdict << "\n";
  if (!options.json || json_to_output) return true;
  const auto fault = write_whole_file(*options.json, summary_json(report));
  if (fault) say_error("run", *fault);
  return !fault;
}

/// The simulation itself, as fast as it can or watched.
ReplicationsResult run(const Scenario& scenario, const RunOptions& options, AuditStore& store, std::atomic<bool>& stop,
                       MetricsServer* server) {
  ReplicationsProgress progress(scenario, options.replications);
  std::optional<ProgressBar> bar;
  if (!options.quiet) bar.emplace(scenario, options.replications, progress);
  if (!options.live.wanted()) return run_replications(scenario, options.replications, store, stop, progress);
  Pace pace(options.live.speed);
  std::optional<PaceControl> control;
  if (options.live.paced) control.emplace(pace);
  LiveWatch watch(server);
  return run_live(scenario, options.replications, store, stop, progress, pace, watch);
}

ExitCode simulate(const Scenario& scenario, const RunOptions& options) {
  StopSignals signals;
  const std::string database = database_path(scenario, options);
  std::string fault;
  std::unique_ptr<MetricsServer> server;
  if (options.live.metrics) {
    server = MetricsServer::listen(*options.live.metrics, fault);
    if (!server) {
      say_error("run", fault);
      return ExitCode::could_not;
    }
    say_where(*server);
  }
  const auto store = AuditStore::create(database, options.force, scenario, fault);
  if (!store) {
    say_error("run", fault);
    return ExitCode::could_not;
  }

  const ReplicationsResult result = run(scenario, options, *store, signals.stop(), server.get());
  const std::uint64_t rows = store->progress().rows();
  if (!store->close() || !result.fault.empty()) {
    say_error("run", result.fault.empty() ? store->error() : result.fault);
    return ExitCode::could_not;
  }

  const Report report{scenario,
                      result,
                      options.replications.findings,
                      options.replications.replications,
                      options.replications.audit_level,
                      database,
                      rows};
  return publish(report, options) ? exit_code(report, options, signals) : ExitCode::could_not;
}

}  // namespace

int run_command(std::span<const std::string> arguments) {
  ExitCode end = ExitCode::done;
  auto options = read_options(arguments, end);
  if (!options) return exit_status(end);
  const auto scenario = read_or_explain(*options);
  if (!scenario) return exit_status(ExitCode::usage);
  if (const auto refused = refuse_outputs(*scenario, *options)) return exit_status(*refused);
  options->replications.findings = audit_configuration(*scenario);
  return exit_status(simulate(*scenario, *options));
}

}  // namespace credsim
