#pragma once

#include <cstddef>

namespace credsim {

/// Opens /dev/null for those of standard input, output and error that are closed, so that no file of ours takes their
/// place and gets what is printed. Call it first.
void open_standard_streams();

/// Flushes standard output. If it could not take everything (its disk is full), says so and makes of the exit status 0
/// that of ExitCode::could_not; otherwise returns `status`. A reader who went away, as `head` does, is no error.
[[nodiscard]] int close_standard_output(int status);

/// Whether to colour standard output: a terminal, and neither NO_COLOR nor TERM=dumb.
[[nodiscard]] bool colour_wanted();

/// How many columns lines of standard output may have: COLUMNS, else those of its terminal. kEndlessColumns where that
/// is 120 or more, and without a terminal: what reads a pipe wraps lines itself, or wants them whole.
[[nodiscard]] std::size_t output_columns();

}  // namespace credsim
