#include "program/progress.hpp"

#include <iostream>

#include <unistd.h>

#include "report/readable.hpp"
#include "report/text_page.hpp"

namespace credsim {
namespace {

constexpr std::chrono::milliseconds kInterval{250};
constexpr std::size_t kWidestBar = 24;
constexpr std::size_t kNarrowestBar = 6;
constexpr const char* kEraseLine = "\r\x1b[K";

std::string bar(double share, std::size_t columns) {
  const auto full = static_cast<std::size_t>(share * static_cast<double>(columns));
  std::string text;
  for (std::size_t i = 0; i < columns; ++i) text += i < full ? "━" : i == full ? "╸" : "─";
  return text;
}

std::size_t terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// As many of `parts` as fit, the first ones first, behind a bar if there is room for one: a line that wrapped could
/// not be erased.
std::string fitted(const std::vector<std::string>& parts, double share) {
  const std::size_t columns = terminal_columns() - 1;
  std::string text;
  for (const std::string& part : parts) {
    if (report::width(text) + 3 + report::width(part) > columns) break;
    text += (text.empty() ? "" : "   ") + part;
  }
  const std::size_t room = columns - std::min(columns, report::width(text) + 1);
  return room < kNarrowestBar ? text : bar(share, std::min(room, kWidestBar)) + " " + text;
}

}  // namespace

ProgressBar::ProgressBar(const Scenario& scenario, const ReplicationsOptions& options,
                         const ReplicationsProgress& progress)
    : timer_(background_.context()),
      progress_(progress),
      replications_(options.replications),
      length_seconds_(std::chrono::duration<double>(scenario.duration).count()) {
  if (isatty(STDERR_FILENO) != 1) return;
  tick();
  background_.start();
}

ProgressBar::~ProgressBar() {
  background_.stop();
  if (shown_) std::cerr << kEraseLine << std::flush;
}

void ProgressBar::tick() {
  timer_.expires_after(kInterval);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    std::cerr << kEraseLine << line() << std::flush;
    shown_ = true;
    tick();
  });
}

std::string ProgressBar::line() const {
  const double share = progress_.share();
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  const std::string where = replications_ == 1
                                ? report::duration(share * length_seconds_) + " of " + report::duration(length_seconds_)
                                : report::number(static_cast<int>(share * replications_)) + " of " +
                                      report::number(replications_) + " replications";
  std::vector<std::string> parts{report::number(static_cast<int>(share * 100)) + " %", where};
  if (share > 0.01)
    parts.push_back(report::duration(static_cast<double>(static_cast<int>(wall * (1 - share) / share))) + " left");
  parts.push_back(report::magnitude(share * length_seconds_ * replications_ / wall) + " ×");
  parts.push_back(report::magnitude(static_cast<double>(progress_.events()) / wall) + " events/s");
  return fitted(parts, share);
}

}  // namespace credsim
