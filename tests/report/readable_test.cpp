#include "report/readable.hpp"

#include <chrono>

#include "test_support/catch.hpp"

namespace credsim::report {
namespace {

using namespace std::chrono_literals;

TEST_CASE("numbers have thousands separators from a thousand on and three digits below") {
  CHECK(number(0.0) == "0");
  CHECK(number(7.0) == "7");
  CHECK(number(0.00041) == "0.00041");
  CHECK(number(0.3333333) == "0.333");
  CHECK(number(12.34) == "12.3");
  CHECK(number(999.4) == "999");
  CHECK(number(999.6) == "1,000");
  CHECK(number(1204118.0) == "1,204,118");
  CHECK(number(-65000.0) == "-65,000");
}

TEST_CASE("durations show their two largest units") {
  CHECK(duration(0.0) == "0 s");
  CHECK(duration(0.00025) == "250 µs");
  CHECK(duration(0.0604) == "60.4 ms");
  CHECK(duration(0.9999) == "1 s");
  CHECK(duration(51.26) == "51.3 s");
  CHECK(duration(59.96) == "1 m");
  CHECK(duration(411.0) == "6 m 51 s");
  CHECK(duration(3599.6) == "1 h");
  CHECK(duration(3.0 * 3600 + 12) == "3 h");
  CHECK(duration(86399.0) == "1 d");
  CHECK(duration(86400.0 * 2 + 3600 * 4) == "2 d 4 h");
}

TEST_CASE("shares are per cent") {
  CHECK(percent(0.0845) == "8.45 %");
  CHECK(percent(0.00041) == "0.041 %");
  CHECK(percent(2.066) == "207 %");
}

TEST_CASE("magnitudes have a unit of a thousand") {
  CHECK(magnitude(812'345) == "812,345");
  CHECK(magnitude(1'234'567) == "1.23 M");
  CHECK(magnitude(2.5e9) == "2.5 G");
}

TEST_CASE("estimates show their half-width if they have one") {
  CHECK(number(Estimate{65012.4, 24.12}) == "65,012 ± 24.1");
  CHECK(number(Estimate{65012.4, std::nullopt}) == "65,012");
  CHECK(duration(Estimate{411, 3}) == "6 m 51 s ± 3 s");
}

TEST_CASE("a date is written in UTC, to the second") {
  const auto day = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5};
  CHECK(utc(day + 8h + 30min + 999ms) == "2026-01-05 08:30:00 UTC");
  CHECK(utc(day - 1us) == "2026-01-04 23:59:59 UTC");
}

TEST_CASE("a moment is the time into the run and the UTC of the scenario") {
  Scenario scenario;
  scenario.start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 8h + 30min;
  CHECK(moment(scenario, SimTime{3h + 12s + 250ms}) == "3 h 12 s into the run (2026-01-05 11:30:12 UTC)");
  CHECK(moment(scenario, SimTime{26h}) == "1 d 2 h into the run (2026-01-06 10:30:00 UTC)");
  CHECK(elapsed(SimTime{0s}) == "0 s");
}

}  // namespace
}  // namespace credsim::report
