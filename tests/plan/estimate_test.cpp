#include "credsim/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "test_support/catch.hpp"

namespace credsim {
namespace {

constexpr std::uint64_t kSeed = 42;

Estimate mean_of_counts(const std::vector<double>& samples) {
  return Estimator(kSeed).mean(samples, Quantity::count);
}

/// `ones` runs with `value`, the others with 0.
std::vector<double> zeros_and(std::size_t runs, std::size_t ones, double value = 1) {
  std::vector<double> samples(runs, 0.0);
  std::fill_n(samples.begin(), ones, value);
  return samples;
}

/// Samples with mean 100 and a standard error of exactly 1, so that the half-width is the t quantile itself: `count`
/// values of 100 ± a, with a 100 in the middle if `count` is odd.
std::vector<double> samples_with_unit_error(int count) {
  const int pairs = count / 2;
  const double amplitude = std::sqrt(static_cast<double>(count) * (count - 1) / (2.0 * pairs));
  std::vector<double> samples;
  for (int i = 0; i < pairs; ++i) samples.insert(samples.end(), {100 + amplitude, 100 - amplitude});
  if (count % 2 == 1) samples.push_back(100);
  return samples;
}

TEST_CASE("below ten runs the interval is that of the printed table of Student's t at 95 %") {
  struct Row {
    int degrees_of_freedom;
    double quantile;
  };
  const std::vector<Row> table{{1, 12.706}, {2, 4.303}, {3, 3.182}, {4, 2.776}, {8, 2.306}};
  for (const Row& row : table) {
    CAPTURE(row.degrees_of_freedom);
    const Estimate estimate = mean_of_counts(samples_with_unit_error(row.degrees_of_freedom + 1));
    CHECK(estimate.mean == Approx(100));
    CHECK(estimate.interval->low == Approx(100 - row.quantile).margin(0.0006));
    CHECK(estimate.interval->high == Approx(100 + row.quantile).margin(0.0006));
  }
}

TEST_CASE("the shares of runs are those of the printed table of Clopper and Pearson") {
  struct Row {
    std::uint32_t happened_in, runs;
    double low, high;
  };
  // One-sided for none and all, as the "rule of three" has it.
  const std::vector<Row> table{{0, 50, 0, 0.0582},     {0, 30, 0, 0.0950},      {0, 10, 0, 0.2589},
                               {10, 10, 0.7411, 1},    {1, 10, .0025, 0.4450},  {3, 10, 0.0667, 0.6525},
                               {1, 50, .0005, 0.1065}, {25, 50, 0.3553, 0.6447}};
  for (const Row& row : table) {
    CAPTURE(row.happened_in, row.runs);
    const Interval share = share_of_runs(row.happened_in, row.runs);
    CHECK(share.low == Approx(row.low).margin(0.00006));
    CHECK(share.high == Approx(row.high).margin(0.00006));
  }
}

TEST_CASE("an event of none of 50 runs has the upper bound of Clopper and Pearson, and no width of 0") {
  const Estimate gaps = mean_of_counts(zeros_and(50, 0));
  CHECK(gaps.mean == 0);
  CHECK(gaps.nonzero_in == 0);
  REQUIRE(gaps.interval);
  CHECK(gaps.interval->low == 0);
  CHECK(gaps.interval->high == Approx(0.0582).margin(0.0001));
}

TEST_CASE("a share of 1 in every run is bounded from below as one of 0 from above") {
  const Estimate share = Estimator(kSeed).mean(std::vector<double>(50, 1.0), Quantity::share);
  CHECK(share.mean == 1);
  CHECK(share.interval->low == Approx(1 - 0.0582).margin(0.0001));
  CHECK(share.interval->high == 1);
}

TEST_CASE("seconds that are 0 in every run have no interval, since nothing tells their size") {
  CHECK_FALSE(Estimator(kSeed).mean(zeros_and(50, 0), Quantity::amount).interval);
}

TEST_CASE(
    "a rare event that comes once in a run, or always in equal numbers, has the high end of Clopper and Pearson") {
  for (const auto& [ones, runs] : {std::pair{1U, 50U}, {3U, 10U}, {5U, 30U}, {2U, 400U}}) {
    CAPTURE(ones, runs);
    const Interval exact = share_of_runs(ones, runs);
    for (const double size : {1.0, 40.0}) {
      const Estimate estimate = mean_of_counts(zeros_and(runs, ones, size));
      CHECK(estimate.nonzero_in == ones);
      CHECK(estimate.interval->low / size < exact.low);
      CHECK(estimate.interval->high / size == Approx(exact.high).epsilon(0.04));
    }
  }
}

TEST_CASE("a run with most of the events makes the interval longer above than below, and it stays above 0") {
  for (const std::size_t runs : {3U, 30U}) {
    CAPTURE(runs);
    std::vector<double> samples(runs, 2.0);
    samples.back() = 100;
    const Estimate estimate = mean_of_counts(samples);
    CHECK(estimate.interval->low >= 0);
    CHECK(estimate.interval->high - estimate.mean > estimate.mean - estimate.interval->low);
  }
}

TEST_CASE("no share is above 1 and none below 0") {
  for (const std::size_t runs : {2U, 5U, 30U}) {
    CAPTURE(runs);
    std::vector<double> samples(runs, 1.0);
    samples.front() = 0.5;
    CHECK(Estimator(kSeed).mean(samples, Quantity::share).interval->high <= 1);
    for (double& sample : samples) sample = 1 - sample;
    CHECK(Estimator(kSeed).mean(samples, Quantity::share).interval->low >= 0);
  }
}

TEST_CASE("of many runs that vary little the bootstrap is hardly wider than Student's t") {
  const Estimate estimate = mean_of_counts(samples_with_unit_error(400));
  CHECK(estimate.interval->low == Approx(100 - 1.966).margin(0.2));
  CHECK(estimate.interval->high == Approx(100 + 1.966).margin(0.2));
}

TEST_CASE("thousands of runs are bootstrapped in groups, with nearly the interval that they have one by one") {
  std::vector<double> samples(5'000, 0.0);
  for (std::size_t i = 0; i < samples.size(); i += 250) samples[i] = 3;
  const Interval exact = share_of_runs(20, 5'000);
  const Estimate estimate = mean_of_counts(samples);
  CHECK(estimate.mean == Approx(0.012));
  CHECK(estimate.interval->low / 3 < exact.low);
  CHECK(estimate.interval->high / 3 == Approx(exact.high).epsilon(0.1));
}

TEST_CASE("equal samples in any order, and beside any others, have equal intervals") {
  std::vector<double> samples = samples_with_unit_error(40);
  const Estimate there = mean_of_counts(samples);
  std::reverse(samples.begin(), samples.end());
  Estimator used(kSeed);
  (void)used.mean(zeros_and(200, 7), Quantity::count);
  const Estimate back = used.mean(samples, Quantity::count);
  CHECK(back.interval->low == there.interval->low);
  CHECK(back.interval->high == there.interval->high);
}

TEST_CASE("one sample has a mean and no interval") {
  const Estimate estimate = mean_of_counts({7.5});
  CHECK(estimate.mean == 7.5);
  CHECK_FALSE(estimate.interval);
  CHECK_FALSE(mean_of_counts({0}).interval);
}

TEST_CASE("equal samples have exactly their value as mean and a width of 0, however they round") {
  const Estimate estimate = mean_of_counts(std::vector<double>(10, 330.1));
  CHECK(estimate.mean == 330.1);
  REQUIRE(estimate.interval);
  CHECK(estimate.interval->low == 330.1);
  CHECK(estimate.interval->high == 330.1);
}

}  // namespace
}  // namespace credsim
