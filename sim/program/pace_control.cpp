#include "program/pace_control.hpp"

#include <array>
#include <csignal>
#include <cstdint>
#include <iostream>
#include <system_error>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "program/live_options.hpp"

namespace credsim {
namespace {

constexpr std::size_t kLongestLine = 64;

void say(const std::string& what) {
  std::cerr << "credsim run: " + what + "\n" << std::flush;
}

std::string trimmed(const std::string& line) {
  constexpr const char* kBlanks = " \t\r";
  const std::size_t first = line.find_first_not_of(kBlanks);
  return first == std::string::npos ? "" : line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

PaceControl::PaceControl(Pace& pace) : pace_(pace), stop_(::eventfd(0, EFD_CLOEXEC)) {
  if (stop_ < 0) throw std::system_error(errno, std::generic_category(), "cannot listen to standard input");
  // In the background, reading a terminal is to fail instead of stopping the program.
  std::signal(SIGTTIN, SIG_IGN);
  thread_ = std::thread([this] { listen(); });
}

PaceControl::~PaceControl() {
  const std::uint64_t one = 1;
  if (::write(stop_, &one, sizeof one) == sizeof one) thread_.join();
  ::close(stop_);
}

void PaceControl::listen() {
  std::array<pollfd, 2> watched{
      {{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0}, {.fd = stop_, .events = POLLIN, .revents = 0}}};
  // Plain reads: making standard input non-blocking would make it so for the shell, too.
  for (;;) {
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return;
    if (watched[1].revents != 0) return;
    if (watched[0].revents == 0) continue;
    std::array<char, 256> text{};
    const ssize_t size = ::read(STDIN_FILENO, text.data(), text.size());
    if (size == 0 || (size < 0 && errno != EINTR)) return;
    if (size > 0) take(text.data(), static_cast<std::size_t>(size));
  }
}

void PaceControl::take(const char* text, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    if (text[i] == '\n') {
      obey(trimmed(line_));
      line_.clear();
    } else if (line_.size() <= kLongestLine) {
      line_ += text[i];
    }
  }
}

void PaceControl::obey(const std::string& line) {
  constexpr const char* kSpeed = "speed ";
  if (line.empty()) return;
  if (line == "pause") {
    pace_.pause();
    return say("paused");
  }
  if (line == "resume") {
    pace_.resume();
    return say("goes on");
  }
  if (line.starts_with(kSpeed)) {
    const std::string text = trimmed(line.substr(std::char_traits<char>::length(kSpeed)));
    if (const auto speed = parse_speed(text)) {
      pace_.set_speed(*speed);
      return say("speed " + text);
    }
  }
  say("\"" + line.substr(0, kLongestLine) + "\" changes nothing; write pause, resume, speed max or speed 120");
}

}  // namespace credsim
