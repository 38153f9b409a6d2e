#include "model/gap_window.hpp"

#include <algorithm>
#include <vector>

#include "credsim/random.hpp"

#include "test_support/catch.hpp"
#include "test_support/small_scenario.hpp"

using namespace credsim;
using namespace credsim::test;

TEST_CASE("a gap window counts who lived between the first gap and the last, as a list of all lives does") {
  struct Life {
    SimTime from;
    SimTime to;
  };
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    const RandomStream stream = RandomStream::root(seed, 0);
    model::GapWindow window;
    std::vector<Life> lives;
    std::vector<Life> gaps;
    for (std::uint64_t step = 0; step < 60; ++step) {
      const SimTime now = at(static_cast<int>(step / 2) * 1s);  // two things at a time
      switch (stream.bits(2 * step) % (step < 20 ? 2 : 3)) {
        case 0:
          window.first_credential(now);
          lives.push_back({now, kNever});
          break;
        case 1:
          if (const auto alive = std::ranges::find(lives, kNever, &Life::to); alive != lives.end()) {
            window.ends(now);
            alive->to = now;
          }
          break;
        default:
          if (stream.bits(2 * step) % 7 > 2) break;
          gaps.push_back({now - static_cast<int>(1 + stream.bits(2 * step + 1) % 12) * 500ms, now});
          window.gap(gaps.back().from, now);
      }
    }
    const SimTime first = gaps.empty() ? kSimulationStart - 1s : std::ranges::min(gaps, {}, &Life::from).from;
    const SimTime last = gaps.empty() ? kNever : gaps.back().to;
    const auto counted =
        std::ranges::count_if(lives, [&](const Life& life) { return life.from <= last && life.to > first; });
    CHECK(window.instances() == static_cast<std::uint64_t>(counted));
  }
}

TEST_CASE("the share of instances with a gap is of those that were there for the outage") {
  // Ten instances, replaced after each of their sessions: at 0, 1 h and 4 h. An outage takes the credentials of all ten
  // that are there in the second and third hour.
  Scenario scenario = small_scenario(10, 6h);
  Resource& fleet = scenario.resources[0];
  Arrivals arrivals;
  arrivals.kind = Arrivals::Kind::times;
  arrivals.times.assign(10, at(30min));
  arrivals.times.insert(arrivals.times.end(), 10, at(4h));
  fleet.sessions = Sessions{.arrivals = arrivals, .duration = Distribution::constant(30min), .wait = Duration{}};
  scenario.faults = {fault(FaultKind::sts_outage, 90min, 1h)};
  const FinishedRun finished = run(scenario);
  CHECK(finished.fleet().instances == 30);
  CHECK(finished.fleet().instances_with_gap == 10);
  CHECK(finished.fleet().instances_in_gap_window == 10);
}
