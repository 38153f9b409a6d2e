#pragma once

#include <string>
#include <thread>

#include "credsim/pace.hpp"

namespace credsim {

/// While it exists, lines of standard input change a run's pace: `pause`, `resume`, `speed max` and `speed N`. What was
/// done, or what is wrong with a line, is said on standard error. At the end of the input, and where a terminal belongs
/// to another program in the foreground, it stops listening and the run goes on.
class PaceControl {
 public:
  explicit PaceControl(Pace& pace);
  ~PaceControl();
  PaceControl(const PaceControl&) = delete;
  PaceControl& operator=(const PaceControl&) = delete;

 private:
  void listen();
  /// Takes what was read, and obeys the lines that are complete.
  void take(const char* text, std::size_t size);
  void obey(const std::string& line);

  Pace& pace_;
  int stop_;          // an eventfd
  std::string line_;  // so far
  std::thread thread_;
};

}  // namespace credsim
