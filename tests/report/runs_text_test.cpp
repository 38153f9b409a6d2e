#include "report/runs_text.hpp"

#include "test_support/catch.hpp"

namespace credsim::report {
namespace {

TEST_CASE("what happened in no run is said with the most runs in which it can happen") {
  CHECK(in_none_of(50) == "in none of 50 runs; in at most 5.82 % of such runs (95 %)");
  CHECK(in_runs(0, 50) == in_none_of(50));
  CHECK(at_most_of(30) == "at most 9.5 % of such runs");
}

TEST_CASE("what happened in some runs is said with their number and the interval of their share") {
  CHECK(in_runs(37, 50) == "in 37 of 50 runs (59.7 to 85.4 %)");
  CHECK(in_runs(50, 50) == "in all 50 runs");
}

}  // namespace
}  // namespace credsim::report
