#pragma once

#include "credsim/report.hpp"

#include "report/text_page.hpp"

namespace credsim::report {

/// The summary's first words: which limit breaks first, or how far the nearest is.
void write_first_limit(const Report& report, TextPage& page);

/// The limits that anything was asked of, with their peaks, headroom and first refusal.
void write_limits(const Report& report, TextPage& page);

}  // namespace credsim::report
