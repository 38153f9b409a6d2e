// How often intervals of 95 % cover the truth, over many made experiments of known truth. Seeds are fixed.
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "credsim/estimate.hpp"
#include "credsim/random.hpp"

#include "test_support/catch.hpp"
#include "test_support/sanitized.hpp"

namespace credsim::test {
namespace {

constexpr std::uint64_t kSeed = 20261130;
constexpr std::uint64_t kExperiments = kSanitized ? 100 : 1'000;

double normal(RandomStream run, std::uint64_t index) {
  return std::sqrt(-2 * std::log(run.uniform(index))) * std::cos(2 * std::numbers::pi * run.uniform(index + 1));
}

/// Of mean 1.
double lognormal(RandomStream run, double sigma) {
  return std::exp(sigma * normal(run, 10) - sigma * sigma / 2);
}

double poisson(RandomStream run, double mean) {
  double left = run.uniform(0);
  double count = 0;
  for (double probability = std::exp(-mean); left > probability; probability *= mean / ++count) left -= probability;
  return count;
}

double happens(RandomStream run, double share) {
  return run.uniform(1) < share ? 1 : 0;
}

struct Law {
  std::string name;
  double mean;
  Quantity quantity;
  std::function<double(RandomStream)> run;
};

/// The share of experiments, each of `runs` runs, whose interval covers the law's mean.
double coverage(const Law& law, std::uint64_t runs) {
  Estimator estimator(kSeed);
  int covered = 0;
  std::vector<double> samples(runs);
  for (std::uint64_t experiment = 0; experiment < kExperiments; ++experiment) {
    const RandomStream stream = RandomStream::root(kSeed, experiment).child(law.name).child(runs);
    for (std::uint64_t i = 0; i < runs; ++i) samples[i] = law.run(stream.child(i));
    const auto interval = estimator.mean(samples, law.quantity).interval;
    if (interval && interval->low <= law.mean && law.mean <= interval->high) ++covered;
  }
  return covered / static_cast<double>(kExperiments);
}

/// Claims that intervals over 10, 30 and 50 runs cover `law` at least so often, less what so few experiments may miss.
void covers(const Law& law, double over_10, double over_30, double over_50) {
  const double noise = kSanitized ? 0.06 : 0.01;
  UNSCOPED_INFO(law.name << ", seed " << kSeed);
  const double of_10 = coverage(law, 10);
  const double of_30 = coverage(law, 30);
  const double of_50 = coverage(law, 50);
  CHECK(of_10 >= over_10 - noise);
  CHECK(of_30 >= over_30 - noise);
  CHECK(of_50 >= over_50 - noise);
}

TEST_CASE("95 % of intervals cover an event that comes in one run of 50, and of 10") {
  covers({"a gap in one run of 50", 0.02, Quantity::count, [](RandomStream run) { return happens(run, 0.02); }}, 0.93,
         0.93, 0.93);
  covers({"a gap in one run of 10", 0.1, Quantity::count, [](RandomStream run) { return happens(run, 0.1); }}, 0.93,
         0.93, 0.93);
}

TEST_CASE("95 % of intervals cover counts of independent events, few and many") {
  for (const double mean : {0.05, 0.5, 3.0, 30.0})
    covers({"Poisson of " + std::to_string(mean), mean, Quantity::count,
            [mean](RandomStream run) { return poisson(run, mean); }},
           0.93, 0.93, 0.93);
}

TEST_CASE("95 % of intervals cover a share that is 0 in most runs, and one that is 1 in most") {
  const auto rare = [](RandomStream run) { return happens(run, 0.1) * (0.2 + 0.4 * run.uniform(2)); };
  covers({"a share of 0.2 to 0.6 in one run of 10", 0.04, Quantity::share, rare}, 0.93, 0.93, 0.93);
  covers({"the rest of that share", 0.96, Quantity::share, [&](RandomStream run) { return 1 - rare(run); }}, 0.93, 0.93,
         0.93);
}

TEST_CASE("95 % of intervals cover an ordinary number") {
  covers({"normal", 1'000, Quantity::amount, [](RandomStream run) { return 1'000 + 20 * normal(run, 0); }}, 0.93, 0.93,
         0.93);
}

// Nobody knows the sizes that were not seen.
TEST_CASE("intervals cover clusters of very different sizes the better the more of them were seen") {
  covers({"lognormal of sigma 0.5", 1, Quantity::amount, [](RandomStream run) { return lognormal(run, 0.5); }}, 0.92,
         0.95, 0.95);
  covers({"lognormal of sigma 1", 1, Quantity::amount, [](RandomStream run) { return lognormal(run, 1); }}, 0.86, 0.92,
         0.94);
  covers({"lognormal of sigma 1 in half of the runs", 0.5, Quantity::count,
          [](RandomStream run) { return happens(run, 0.5) * lognormal(run, 1); }},
         0.86, 0.91, 0.94);
  covers({"lognormal of sigma 1 in a fifth of the runs", 0.2, Quantity::count,
          [](RandomStream run) { return happens(run, 0.2) * lognormal(run, 1); }},
         0.85, 0.88, 0.92);
  covers({"a squared share in one run of 10", 0.1 / 3, Quantity::share,
          [](RandomStream run) { return happens(run, 0.1) * std::pow(run.uniform(2), 2); }},
         0.87, 0.86, 0.91);
}

TEST_CASE("at least 93 % of the intervals of a share of runs cover it, whatever the share") {
  for (const std::uint32_t runs : {2U, 10U, 30U, 50U}) {
    for (int i = 1; i < 200; ++i) {
      const double share = i / 200.0;
      double covered = 0;
      double probability = std::pow(1 - share, runs);  // of `happened_in`
      for (std::uint32_t happened_in = 0; happened_in <= runs; ++happened_in) {
        const Interval interval = share_of_runs(happened_in, runs);
        if (interval.low <= share && share <= interval.high) covered += probability;
        probability *= (runs - happened_in) / (happened_in + 1.0) * share / (1 - share);
      }
      CAPTURE(runs, share);
      CHECK(covered >= 0.925);
    }
  }
}

}  // namespace
}  // namespace credsim::test
