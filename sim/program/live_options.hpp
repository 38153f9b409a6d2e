#pragma once

#include <optional>
#include <string>

#include "credsim/metrics_server.hpp"
#include "credsim/pace.hpp"

#include "program/command_line.hpp"

namespace credsim {

/// How a run is to be watched while it goes on.
struct LiveOptions {
  bool paced = false;  ///< --speed was given: commands on standard input may change it
  Pace::Speed speed;
  std::optional<MetricsAddress> metrics;

  [[nodiscard]] bool wanted() const { return paced || metrics; }
};

/// Declares --speed and --metrics-address.
void declare_live_options(boost::program_options::options_description& options);

/// Reads them. False: said what is wrong.
[[nodiscard]] bool read_live_options(const CommandLine& line, LiveOptions& options);

/// "max", or simulated seconds in a second. Outer nothing: neither.
[[nodiscard]] std::optional<Pace::Speed> parse_speed(const std::string& text);

}  // namespace credsim
