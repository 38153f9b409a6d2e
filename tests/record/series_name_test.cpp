#include "credsim/series_name.hpp"

#include <set>

#include "test_support/catch.hpp"

using namespace credsim;

TEST_CASE("The name of every series says which metric it is of and which part", "[record]") {
  std::set<std::string> names;
  for (std::size_t place = 0; place < kAllMetrics.size(); ++place) {
    for (const SeriesPart part : series_parts(kAllMetrics[place].kind)) {
      const std::string name = series_name(kAllMetrics[place].name, part);
      CAPTURE(name);
      CHECK(names.insert(name).second);
      const auto parsed = parse_series_name(name);
      REQUIRE(parsed);
      CHECK(parsed->metric == place);
      CHECK(parsed->part == part);
    }
  }
  CHECK(names.contains("credential_gap_seconds_bucket"));
  CHECK(names.contains("instances_total"));
}

TEST_CASE("A histogram has no series of its own name, and other metrics have no parts", "[record]") {
  for (const char* name : {"credential_gap_seconds", "instances_count", "instances_total_sum",
                           "credential_gap_seconds_min", "instances_", "", "instance"}) {
    CAPTURE(name);
    CHECK_FALSE(parse_series_name(name));
  }
}
