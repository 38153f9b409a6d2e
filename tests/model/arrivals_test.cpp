#include "model/arrivals.hpp"

#include "test_support/catch.hpp"
#include "test_support/small_scenario.hpp"

namespace {

using namespace credsim;
using namespace credsim::test;
using model::next_arrival;

Arrivals by_hour(std::vector<double> per_hour, bool daily = false) {
  Arrivals arrivals;
  arrivals.kind = Arrivals::Kind::per_hour;
  arrivals.per_hour = std::move(per_hour);
  arrivals.daily = daily;
  return arrivals;
}

}  // namespace

TEST_CASE("an arrival comes when the expected arrivals since the one before reach its draw") {
  const model::ArrivalSpan day{.into_day = {}, .end = at(24h)};
  const Arrivals rush = by_hour({2, 60});
  CHECK(next_arrival(rush, day, at(0s), 1h) == at(30min));
  CHECK(next_arrival(rush, day, at(30min), 1h) == at(1h));
  CHECK(next_arrival(rush, day, at(30min), 2h) == at(1h + 1min));
  CHECK(next_arrival(rush, day, at(1h), 61h) == kNever);  // hours beyond the list have none
}

TEST_CASE("in an hour without arrivals none comes, however small the draw") {
  const model::ArrivalSpan day{.into_day = 8h, .end = at(24h)};
  for (const Duration draw : {0us, 1us}) {
    CAPTURE(draw.count());
    CHECK(next_arrival(by_hour({0, 0, 60}), day, at(0s), draw) == at(2h));
    CHECK(next_arrival(by_hour({60, 0}), day, at(1h), draw) == kNever);
    CHECK(next_arrival(by_hour({0, 60}, true), day, at(90min), draw) == at(17h));  // 1 o'clock of the next day
  }
}
