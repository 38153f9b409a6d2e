#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <boost/asio/steady_timer.hpp>

#include "credsim/replications.hpp"
#include "credsim/scenario.hpp"

#include "program/background.hpp"

namespace credsim {

/// While it exists, one line on standard error follows the run: simulated time, speed, events, time left. Shows nothing
/// unless standard error is a terminal, and leaves nothing there.
class ProgressBar {
 public:
  ProgressBar(const Scenario& scenario, const ReplicationsOptions& options, const ReplicationsProgress& progress);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

 private:
  void tick();
  [[nodiscard]] std::string line() const;

  Background background_;
  boost::asio::steady_timer timer_;
  const ReplicationsProgress& progress_;
  std::uint32_t replications_;
  double length_seconds_;  ///< of simulated time, of a replication
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  bool shown_ = false;
};

}  // namespace credsim
