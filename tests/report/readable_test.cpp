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

TEST_CASE("estimates show the half-width of an interval that is nearly symmetric") {
  CHECK(number(Estimate{65012.4, Interval{64988.3, 65036.52}, 10}) == "65,012 ± 24.1");
  CHECK(number(Estimate{100, Interval{92, 110}, 10}) == "100 ± 10");
  CHECK(duration(Estimate{411, Interval{408, 414}, 10}) == "6 m 51 s ± 3 s");
  CHECK(percent(Estimate{0.0119, Interval{0.0115, 0.0123}, 10}) == "1.19 ± 0.04 %");
}

TEST_CASE("estimates show both ends of an interval that is not symmetric") {
  CHECK(number(Estimate{1480, Interval{1420, 1655}, 10}) == "1,480 (1,420 to 1,655)");
  CHECK(duration(Estimate{411, Interval{409, 420}, 10}) == "6 m 51 s −2 s +9 s");
  CHECK(percent(Estimate{0.0119, Interval{0.0115, 0.0133}, 10}) == "1.19 % (1.15 to 1.33 %)");
}

TEST_CASE("estimates without a width are their mean alone") {
  CHECK(number(Estimate{65012.4, std::nullopt, 1}) == "65,012");
  CHECK(number(Estimate{5000, Interval{5000, 5000}, 10}) == "5,000");
  CHECK(percent(Estimate{0, Interval{0, 0.0582}, 0}) == "0 %");
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
