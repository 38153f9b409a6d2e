#include "program/standard_streams.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "credsim/report.hpp"

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

std::size_t output_columns() {
  constexpr std::size_t kFewest = 40;
  constexpr std::size_t kEnough = 120;  // for all but the longest lines
  const char* wanted = std::getenv("COLUMNS");
  std::size_t columns = wanted != nullptr ? whole_number(wanted, 1, kEndlessColumns).value_or(0) : 0;
  if (columns == 0) {
    if (isatty(STDOUT_FILENO) != 1) return kEndlessColumns;
    winsize size{};
    const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    columns = known ? size.ws_col : 80;
  }
  return columns >= kEnough ? kEndlessColumns : std::max(columns, kFewest);
}

}  // namespace credsim
