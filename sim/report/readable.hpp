#pragma once

#include <chrono>
#include <string>

#include "credsim/estimate.hpp"
#include "credsim/scenario.hpp"
#include "credsim/time.hpp"

namespace credsim::report {

/// Numbers as people read them.

/// "65,000", "0.00041", "12.3": whole from a thousand on, else three significant digits.
std::string number(double value);
/// "6 m 51 s", "3 h 5 m", "2 d 4 h", "412 ms": the two largest units. Precondition: `seconds` ≥ 0.
std::string duration(double seconds);
/// "8.45 %", "100 %".
std::string percent(double share);
/// "1.2 M": three digits and a unit of a thousand.
std::string magnitude(double value);

/// "65,000 ± 24", or "1,480 (1,320 to 1,655)" where the interval is not nearly symmetric; the mean alone if there is no
/// interval, if it has no width, or if the event never happened (runs_text.hpp has the words for that).
std::string number(const Estimate& estimate);
/// "6 m 51 s ± 3 s", "6 m 51 s −2 s +9 s".
std::string duration(const Estimate& seconds);
/// "1.19 ± 0.04 %", "0.772 % (0.6 to 1.1 %)".
std::string percent(const Estimate& share);

/// "2026-01-05 11:30:12 UTC".
std::string utc(std::chrono::sys_time<std::chrono::microseconds> time);
/// "3 h 0 m 12 s into the run (2026-01-05 11:30:12 UTC)".
std::string moment(const Scenario& scenario, SimTime at);
/// "3 h 0 m 12 s".
std::string elapsed(SimTime at);

/// "1 error", "2 errors".
std::string counted(double count, const std::string& noun);

}  // namespace credsim::report
