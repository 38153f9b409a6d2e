#pragma once

#include <atomic>
#include <chrono>
#include <optional>

#include <boost/asio/signal_set.hpp>

#include "program/background.hpp"
#include "program/command_line.hpp"

namespace credsim {

/// Sets SIGINT and SIGTERM back to what they are by default, blocked and ignored ones (a shell's `&`) included, so that
/// credsim always stops when asked to; and ignores SIGPIPE, so that a reader of our output who goes costs no audit.
void restore_signals();

/// While it exists, SIGINT and SIGTERM set a flag instead of ending the program. A second one ends it at once, as
/// SIGKILL would, unless it comes within a second of the first: terminals, `timeout` and service managers often send
/// two.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals() { background_.stop(); }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  [[nodiscard]] std::atomic<bool>& stop() { return stop_; }
  /// ExitCode::interrupted or ExitCode::terminated, if a signal came.
  [[nodiscard]] std::optional<ExitCode> received() const;

 private:
  void wait();

  Background background_;
  boost::asio::signal_set signals_;
  std::atomic<bool> stop_{false};
  std::atomic<int> first_{0};
  std::chrono::steady_clock::time_point first_at_;
};

}  // namespace credsim
