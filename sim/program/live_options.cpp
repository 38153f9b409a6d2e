#include "program/live_options.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

#include <boost/asio/ip/address.hpp>

namespace credsim {
namespace {

constexpr double kSlowest = 0.001;
constexpr double kFastest = 1e9;

/// HOST:PORT, :PORT or PORT; without a host, this machine alone can connect.
std::optional<MetricsAddress> parse_address(const std::string& text) {
  MetricsAddress address;
  const std::size_t colon = text.rfind(':');
  std::string host = colon == std::string::npos ? "" : text.substr(0, colon);
  const auto port = whole_number(text.substr(colon == std::string::npos ? 0 : colon + 1), 0,
                                 std::numeric_limits<std::uint16_t>::max());
  if (!port) return std::nullopt;
  address.port = static_cast<std::uint16_t>(*port);
  if (host.empty() || host == "localhost") return address;
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto numeric = boost::asio::ip::make_address(host, error);
  if (error || (numeric.is_v6() && text.front() != '[')) return std::nullopt;
  address.host = numeric.to_string();
  return address;
}

}  // namespace

void declare_live_options(boost::program_options::options_description& options) {
  namespace po = boost::program_options;
  auto add = options.add_options();
  add("speed", po::value<std::string>()->value_name("max|N"),
      "N simulated seconds a second; then the lines pause, resume and speed max|N on standard input change it (max)");
  add("metrics-address", po::value<std::string>()->value_name("HOST:PORT"),
      "serves the run to Prometheus there while it goes on; without a host, to this machine only; port 0: a free one");
}

std::optional<Pace::Speed> parse_speed(const std::string& text) {
  if (text == "max") return Pace::Speed{};
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{} || stopped != end || !(number >= kSlowest && number <= kFastest)) return std::nullopt;
  return Pace::Speed{number};
}

bool read_live_options(const CommandLine& line, LiveOptions& options) {
  if (line.has("speed")) {
    const auto speed = parse_speed(line.text("speed"));
    if (!speed) {
      say_error("run",
                "--speed " + line.text("speed") +
                    " is not possible; give max, or the simulated seconds in a second, from 0.001 to 1000000000");
      return false;
    }
    options.paced = true;
    options.speed = *speed;
  }
  if (line.has("metrics-address")) {
    options.metrics = parse_address(line.text("metrics-address"));
    if (!options.metrics) {
      say_error("run", "--metrics-address " + line.text("metrics-address") +
                           " is no address; give one such as 127.0.0.1:9464, :9464 or, for IPv6, [::1]:9464");
      return false;
    }
  }
  return true;
}

}  // namespace credsim
