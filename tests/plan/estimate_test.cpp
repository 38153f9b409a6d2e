#include "credsim/estimate.hpp"

#include <cmath>
#include <vector>

#include "test_support/catch.hpp"

namespace credsim {
namespace {

/// Samples with mean 0 and a standard error of exactly 1, so that the half-width is the t quantile itself: `count`
/// values of ±a, with a 0 in the middle if `count` is odd.
std::vector<double> samples_with_unit_error(int count) {
  const int pairs = count / 2;
  const double amplitude = std::sqrt(static_cast<double>(count) * (count - 1) / (2.0 * pairs));
  std::vector<double> samples;
  for (int i = 0; i < pairs; ++i) samples.insert(samples.end(), {amplitude, -amplitude});
  if (count % 2 == 1) samples.push_back(0);
  return samples;
}

TEST_CASE("the half-width is that of the printed table of Student's t at 95 %") {
  struct Row {
    int degrees_of_freedom;
    double quantile;
  };
  const std::vector<Row> table{{1, 12.706}, {2, 4.303},  {3, 3.182},  {4, 2.776},   {9, 2.262},
                               {19, 2.093}, {29, 2.045}, {60, 2.000}, {120, 1.980}, {1000, 1.962}};
  for (const Row& row : table) {
    CAPTURE(row.degrees_of_freedom);
    const Estimate estimate = estimate_mean(samples_with_unit_error(row.degrees_of_freedom + 1));
    CHECK(estimate.mean == Approx(0).margin(1e-9));
    CHECK(*estimate.half_width == Approx(row.quantile).margin(0.0006));
  }
}

TEST_CASE("the mean of 1 to 5 is 3 ± 1.963") {
  const Estimate estimate = estimate_mean(std::vector<double>{1, 2, 3, 4, 5});
  CHECK(estimate.mean == 3);
  CHECK(*estimate.half_width == Approx(1.9632).margin(0.0001));
}

TEST_CASE("one sample has a mean and no interval") {
  const Estimate estimate = estimate_mean(std::vector<double>{7.5});
  CHECK(estimate.mean == 7.5);
  CHECK_FALSE(estimate.half_width);
}

TEST_CASE("equal samples have exactly their value as mean and a width of 0, however they round") {
  const Estimate estimate = estimate_mean(std::vector<double>(10, 330.1));
  CHECK(estimate.mean == 330.1);
  REQUIRE(estimate.half_width);
  CHECK(*estimate.half_width == 0);
}

}  // namespace
}  // namespace credsim
