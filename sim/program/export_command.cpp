#include "program/export_command.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string_view>
#include <utility>

#include "iam/spelling.hpp"
#include "program/command_files.hpp"
#include "program/command_line.hpp"
#include "program/output_file.hpp"
#include "program/signals.hpp"
#include "record/recorded_run.hpp"
#include "report/openmetrics_export.hpp"
#include "report/readable.hpp"

namespace credsim {
namespace {

namespace po = boost::program_options;

const CommandHelp kHelp{"export",
                        "Writes the series of a run that is over as a file for Prometheus, with its\n"
                        "simulated times.",
                        {"DATABASE"},
                        "credsim export quickstart.db --format openmetrics -o quickstart.om\n"
                        "promtool tsdb create-blocks-from --max-block-duration=744h openmetrics \\\n"
                        "    quickstart.om data\n"
                        "prometheus --storage.tsdb.path=data --storage.tsdb.retention.time=100y \\\n"
                        "    --config.file=prometheus.yml\n"
                        "\n"
                        "credsim export storm.db --format openmetrics --run 7 --shift-to-now -o - \\\n"
                        "    | gzip > storm.om.gz\n"
                        "\n"
                        "exit status: 0 done; 1 could not; 2 wrong usage; 130 or 143 interrupted"};

constexpr std::array<std::string_view, 1> kFormats{"openmetrics"};
constexpr std::string_view kStandardOutput = "-";
constexpr std::string_view kBeginning = "# HELP credsim_";  // of every export

struct ExportOptions {
  std::string database;
  std::string output;
  std::int64_t run = 1;
  bool shift_to_now = false;
  bool force = false;
};

po::options_description declared_options() {
  po::options_description options("options", kHelpColumns);
  auto add = options.add_options();
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  add("format", text("FORMAT"), "openmetrics: the text that promtool makes blocks for Prometheus from");
  add("output,o", text("FILE"), "where to; - is standard output");
  add("run", text("N"), "of several replications: which (1)");
  add("shift-to-now", po::bool_switch(),
      "moves all times so that the last sample is now, for a dashboard's last hours");
  add("force", po::bool_switch(), "replaces an export of that name");
  return options;
}

/// What is wrong with what was asked for, if anything is.
std::optional<std::string> misuse(const CommandLine& line) {
  if (!line.has("format")) return "needs --format; known are openmetrics";
  const std::string& format = line.text("format");
  if (format != kFormats.front()) return "there is no --format " + format + "; " + iam::suggestion(format, kFormats);
  if (!line.has("output")) return "needs --output FILE, or --output - for standard output";
  if (line.has("run") && !whole_number(line.text("run"), 1, INT64_MAX))
    return "--run " + line.text("run") + " is not possible; give a whole number from 1 on";
  return std::nullopt;
}

std::optional<ExportOptions> read_options(std::span<const std::string> arguments, ExitCode& end) {
  const auto line = read_command_line(kHelp, declared_options(), arguments, end);
  if (!line) return std::nullopt;
  if (const auto fault = misuse(*line)) {
    say_error("export", *fault);
    end = ExitCode::usage;
    return std::nullopt;
  }
  ExportOptions options;
  options.database = line->arguments.front();
  options.output = is_standard_output(line->text("output")) ? kStandardOutput : line->text("output");
  options.shift_to_now = line->options["shift-to-now"].as<bool>();
  options.force = line->options["force"].as<bool>();
  if (line->has("run")) options.run = static_cast<std::int64_t>(*whole_number(line->text("run"), 1, INT64_MAX));
  return options;
}

/// All that the export reads and writes.
std::vector<CommandFile> files_of(const ExportOptions& options) {
  std::vector<CommandFile> files;
  add_database(files, options.database, "");
  files.push_back({"-", "the file of standard output", "standard output"});
  if (options.output != kStandardOutput) files.push_back({options.output, "the export", "--output " + options.output});
  return files;
}

/// Why `path` may not be written to, if so. Nobody loses a database by naming it twice: only an export is replaced.
std::optional<std::string> refusal(const std::string& path, bool force) {
  if (auto fault = why_not_writable(path)) return fault;
  std::error_code code;
  if (!std::filesystem::exists(path, code) || is_written_directly(path)) return std::nullopt;
  if (holds_something_else(path, kBeginning))
    return path + " exists and is not an export of credsim, so it is never overwritten; choose another name";
  if (!force) return path + " exists; choose another name, or --force replaces it";
  return std::nullopt;
}

void print_what_was_written(const ExportOptions& options, const record::RecordedRun& run,
                            const report::OpenMetricsExport& written) {
  // Not among the samples.
  const bool to_output = options.output == kStandardOutput;
  std::ostream& stream = to_output || is_written_directly(options.output) ? std::cerr : std::cout;
  stream << (to_output ? "standard output" : options.output) << ": "
         << report::counted(static_cast<double>(written.samples), "sample") << " of "
         << report::number(static_cast<double>(written.series)) << " series, " << report::utc(written.first) << " to "
         << report::utc(written.last);
  if (options.shift_to_now) {
    const std::chrono::duration<double> moved = written.moved;
    stream << ", moved by " << report::number(moved.count()) << " s";
  }
  if (run.status == RunStatus::interrupted) stream << "; the run was interrupted";
  stream << "\n";
}

std::optional<report::OpenMetricsText::Time> wanted_end(const ExportOptions& options) {
  if (!options.shift_to_now) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

/// False: failed and said so, unless it was the sink.
bool write_export(const ExportOptions& options, record::RecordedRun& run, const report::TextSink& sink,
                  std::optional<report::OpenMetricsExport>& written) {
  std::string fault;
  written = report::export_openmetrics(run, wanted_end(options), sink, fault);
  if (!fault.empty()) say_error("export", options.database + ": " + fault);
  return fault.empty();
}

ExitCode export_to_output(const ExportOptions& options, record::RecordedRun& run) {
  std::optional<report::OpenMetricsExport> written;
  const auto sink = [](std::string_view piece) { return static_cast<bool>(std::cout << piece); };
  if (!write_export(options, run, sink, written)) return ExitCode::could_not;
  // What standard output did not take is said, or known to be no error, at the end of the program.
  if (written) print_what_was_written(options, run, *written);
  return ExitCode::done;
}

ExitCode export_to_file(const ExportOptions& options, record::RecordedRun& run) {
  // A pipe that nobody reads blocks: there a signal has to end the program as it always does.
  std::optional<StopSignals> signals;
  if (!is_written_directly(options.output)) signals.emplace();
  OutputFile file(options.output);
  std::optional<report::OpenMetricsExport> written;
  const auto sink = [&](std::string_view piece) { return !(signals && signals->stop()) && file.write(piece); };
  if (!write_export(options, run, sink, written)) return ExitCode::could_not;
  if (signals && signals->received()) return *signals->received();
  if (const auto fault = file.finish()) {
    say_error("export", *fault);
    return ExitCode::could_not;
  }
  print_what_was_written(options, run, *written);
  return ExitCode::done;
}

ExitCode export_run(const ExportOptions& options) {
  const bool to_output = options.output == kStandardOutput;
  if (auto fault = would_overwrite(files_of(options))) {
    say_error("export", *fault);
    return ExitCode::usage;
  }
  std::optional<std::string> fault;
  if (!to_output) fault = refusal(options.output, options.force);
  std::string reason;
  std::optional<record::RecordedRun> run;
  if (!fault) {
    run = record::open_recorded_run(options.database, options.run, reason);
    if (!run) fault = reason;
  }
  if (fault) {
    say_error("export", *fault);
    return ExitCode::could_not;
  }
  return to_output ? export_to_output(options, *run) : export_to_file(options, *run);
}

}  // namespace

int export_command(std::span<const std::string> arguments) {
  ExitCode end = ExitCode::done;
  const auto options = read_options(arguments, end);
  return exit_status(options ? export_run(*options) : end);
}

}  // namespace credsim
