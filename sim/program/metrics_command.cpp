#include "program/metrics_command.hpp"

#include <array>
#include <iostream>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "credsim/metric.hpp"

#include "iam/spelling.hpp"
#include "program/command_line.hpp"

namespace credsim {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

const CommandHelp kHelp{"metrics",
                        "Lists every metric with its kind, unit, labels, statistics and help. A threshold\n"
                        "is written METRIC{LABEL=VALUE}.STATISTIC OP VALUE; labels and most statistics\n"
                        "may be left out.",
                        {},
                        "credsim metrics\n"
                        "credsim metrics --format json | jq -r '.[] | select(.thresholds) | .name'\n"
                        "\n"
                        "exit status: 0 done; 2 wrong usage"};

/// Metrics that can be used for the same.
struct Group {
  std::string_view title;
  bool thresholds;
  std::span<const Metric> metrics;
};
const std::array kGroups = {
    Group{"For thresholds, in the summary and its database, in the series, and in Prometheus", true, kMetrics},
    Group{"For thresholds only: what the view limit_headroom shows", true, kLimitMetrics},
    Group{"In the series and in Prometheus only", false, kRunMetrics},
};

std::string_view kind_name(MetricKind kind) {
  constexpr std::array<std::string_view, 6> kNames = {"counter", "tally", "gauge", "histogram", "ratio", "limit"};
  return kNames[static_cast<std::size_t>(kind)];
}

/// Prints words, which come after one another with a space between them, in lines of at most kHelpColumns.
void print_wrapped(const std::string& indentation, std::string_view words) {
  std::string line = indentation;
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(word.size() + 1, words.size()));
    if (line.size() + 1 + word.size() > kHelpColumns) {
      std::cout << line << "\n";
      line = indentation + "  ";
    }
    line += (line.find_first_not_of(' ') == std::string::npos ? "" : " ") + std::string(word);
  }
  std::cout << line << "\n";
}

/// Without the empty one.
std::vector<std::string_view> statistics_of(const Metric& metric) {
  std::vector<std::string_view> names;
  for (const std::string_view statistic : credsim::statistics_of(metric.kind))
    if (!statistic.empty()) names.push_back(statistic);
  return names;
}

std::string with_commas(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

void print_text() {
  std::cout << "In Prometheus each name has credsim_ before it. Units: ratio 1 is all.\n";
  for (const Group& group : kGroups) {
    std::cout << "\n";
    print_wrapped("", std::string(group.title) + ":");
    for (const Metric& metric : group.metrics) {
      std::cout << "\n" << metric.name << "  (" << kind_name(metric.kind) << ", " << unit_of(metric.name) << ")\n";
      print_wrapped("  ", metric.help);
      const auto labels = label_names(metric);
      if (!labels.empty()) print_wrapped("  ", "labels: " + with_commas(labels));
      const auto statistics = statistics_of(metric);
      if (group.thresholds && !statistics.empty()) print_wrapped("  ", "statistics: " + with_commas(statistics));
    }
  }
}

void print_json() {
  Json list = Json::array();
  for (const Group& group : kGroups)
    for (const Metric& metric : group.metrics) {
      Json bounds = Json::array();
      for (const Duration bound : metric.bounds) bounds.push_back(std::chrono::duration<double>(bound).count());
      list.push_back({{"name", metric.name},
                      {"prometheus",
                       metric.kind == MetricKind::limit ? Json(nullptr) : Json("credsim_" + std::string(metric.name))},
                      {"kind", kind_name(metric.kind)},
                      {"unit", unit_of(metric.name)},
                      {"labels", label_names(metric)},
                      {"statistics", group.thresholds ? statistics_of(metric) : std::vector<std::string_view>{}},
                      {"buckets", std::move(bounds)},
                      {"thresholds", group.thresholds},
                      {"help", metric.help}});
    }
  std::cout << list.dump(2) << "\n";
}

}  // namespace

int metrics_command(std::span<const std::string> arguments) {
  po::options_description options("options", kHelpColumns);
  options.add_options()("format", po::value<std::string>()->value_name("FORMAT"), "text or json (text)");
  ExitCode end = ExitCode::done;
  const auto line = read_command_line(kHelp, std::move(options), arguments, end);
  if (!line) return exit_status(end);
  const std::string format = line->has("format") ? line->text("format") : "text";
  if (format == "text") {
    print_text();
  } else if (format == "json") {
    print_json();
  } else {
    constexpr std::array<std::string_view, 2> kFormats = {"text", "json"};
    say_error("metrics", "there is no --format " + format + "; " + iam::suggestion(format, kFormats));
    return exit_status(ExitCode::usage);
  }
  return exit_status(ExitCode::done);
}

}  // namespace credsim
