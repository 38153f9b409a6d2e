#include "program/signals.hpp"

#include <csignal>
#include <cstdlib>

namespace credsim {

void restore_signals() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

StopSignals::StopSignals() : signals_(background_.context(), SIGINT, SIGTERM) {
  wait();
  background_.start();
}

std::optional<ExitCode> StopSignals::received() const {
  switch (first_.load()) {
    case 0:
      return std::nullopt;
    case SIGTERM:
      return ExitCode::terminated;
    default:
      return ExitCode::interrupted;
  }
}

void StopSignals::wait() {
  signals_.async_wait([this](const boost::system::error_code& cancelled, int signal) {
    if (cancelled) return;
    const auto now = std::chrono::steady_clock::now();
    if (first_ == 0) {
      first_ = signal;
      first_at_ = now;
      stop_ = true;
    } else if (now - first_at_ > std::chrono::seconds{1}) {
      std::_Exit(128 + signal);
    }
    wait();
  });
}

}  // namespace credsim
