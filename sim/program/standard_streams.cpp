#include "program/standard_streams.hpp"

#include <cstdlib>
#include <iostream>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "program/command_line.hpp"

namespace credsim {
namespace {

bool reader_went_away() {
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

}  // namespace

void open_standard_streams() {
  // open() takes the lowest free number, which is the one that is being looked at.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) == -1 && open("/dev/null", O_RDWR) != stream) std::abort();
}

int close_standard_output(int status) {
  if (std::cout.flush() || reader_went_away()) return status;
  say_error("", "standard output did not take everything; is its disk full?");
  return status == exit_status(ExitCode::done) ? exit_status(ExitCode::could_not) : status;
}

bool colour_wanted() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0') &&
         (terminal == nullptr || std::string_view(terminal) != "dumb");
}

}  // namespace credsim
