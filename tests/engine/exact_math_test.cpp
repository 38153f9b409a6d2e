#include "engine/exact_math.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "credsim/random.hpp"

#include "test_support/catch.hpp"

using namespace credsim;

namespace {

const RandomStream kDraws = RandomStream::root(2026, 0).child("exact math");

double relative_error(double value, long double reference) {
  return static_cast<double>(std::abs((static_cast<long double>(value) - reference) / reference));
}

/// The next double above.
double above(double x) {
  return std::nextafter(x, std::numeric_limits<double>::infinity());
}

/// Over the sixteen doubles about `seam`.
void check_never_falls_next_to(double seam, double (*function)(double) noexcept) {
  double x = seam;
  for (int step = 0; step < 8; ++step) {
    x = -above(-x);
  }
  double before = function(x);
  for (int step = 0; step < 16; ++step) {
    x = above(x);
    const double now = function(x);
    INFO("seam " << seam);
    REQUIRE(now >= before);
    before = now;
  }
}

/// The standard normal quantile in long double: Newton's method on the error function, from the lower tail.
long double reference_inverse_normal(long double p, long double start) {
  long double z = start;
  for (int i = 0; i < 4; ++i) {
    const long double below = std::erfc(-z / std::sqrt(2.0L)) / 2;
    const long double density = std::exp(-z * z / 2) / std::sqrt(2 * 3.14159265358979323846264338327950288L);
    z -= (below - p) / density;
  }
  return z;
}

}  // namespace

TEST_CASE("exact_log agrees with the C library to its last bits over all magnitudes") {
  double worst = 0;
  for (std::uint64_t n = 0; n < 200'000; ++n) {
    const double x = kDraws.uniform(2 * n) * std::exp2(2000 * kDraws.uniform(2 * n + 1) - 1000);
    worst = std::max(worst, relative_error(exact_log(x), std::log(static_cast<long double>(x))));
  }
  CHECK(worst < 1.2e-16);
}

TEST_CASE("exact_log keeps its relative accuracy next to 1, where its result nears 0") {
  double worst = 0;
  for (std::uint64_t n = 0; n < 100'000; ++n) {
    const double magnitude = std::exp2(-51 * kDraws.uniform(n));
    const double inner_cells = kDraws.uniform(n + 1'000'000) / 64;
    for (const double x : {1 + magnitude, 1 - magnitude / 2, 1 + inner_cells, 1 - inner_cells}) {
      worst = std::max(worst, relative_error(exact_log(x), std::log(static_cast<long double>(x))));
    }
  }
  CHECK(worst < 3e-16);
  CHECK(exact_log(1) == 0);
}

TEST_CASE("exact_log never falls, between neighbours anywhere and across every seam of its table") {
  for (std::uint64_t n = 0; n < 500'000; ++n) {
    const double x = kDraws.uniform(2 * n) * std::exp2(n % 2 == 0 ? -52 * kDraws.uniform(2 * n + 1) : 1.0);
    REQUIRE(exact_log(above(x)) >= exact_log(x));
  }
  for (int exponent = -60; exponent <= 60; ++exponent) {
    for (int half_cell = 0; half_cell < 256; ++half_cell) {
      check_never_falls_next_to(std::ldexp(1 + half_cell / 256.0, exponent), exact_log);
    }
  }
}

TEST_CASE("exact_exp agrees with the C library to its last bits over all magnitudes") {
  double worst = 0;
  for (std::uint64_t n = 0; n < 200'000; ++n) {
    const double x = 1416 * (kDraws.uniform(n) - 0.5);
    const double small = x * std::exp2(-60 * kDraws.uniform(n + 1'000'000));
    worst = std::max(worst, relative_error(exact_exp(x), std::exp(static_cast<long double>(x))));
    worst = std::max(worst, relative_error(exact_exp(small), std::exp(static_cast<long double>(small))));
  }
  CHECK(worst < 2e-16);
  CHECK(exact_exp(0) == 1);
}

TEST_CASE("exact_exp never falls, between neighbours anywhere and across every seam of its table") {
  for (std::uint64_t n = 0; n < 500'000; ++n) {
    const double x = 100 * (kDraws.uniform(2 * n) - 0.5) * std::exp2(-60 * kDraws.uniform(2 * n + 1));
    REQUIRE(exact_exp(above(x)) >= exact_exp(x));
  }
  constexpr double kCellWidth = 0.69314718055994530942 / 128;
  for (int half_cell = -40'000; half_cell <= 40'000; ++half_cell) {
    check_never_falls_next_to(half_cell * kCellWidth / 2, exact_exp);
  }
}

TEST_CASE("exact_exp is infinite above its range and 0 below it") {
  CHECK(exact_exp(708.5) == std::numeric_limits<double>::infinity());
  CHECK(exact_exp(std::numeric_limits<double>::infinity()) == std::numeric_limits<double>::infinity());
  CHECK(exact_exp(-708.5) == 0);
  CHECK(exact_exp(-std::numeric_limits<double>::infinity()) == 0);
}

TEST_CASE("exact_inverse_normal inverts the normal distribution function from 2^-53 to the centre") {
  double worst = 0;
  double worst_central = 0;
  for (std::uint64_t n = 0; n < 20'000; ++n) {
    const double p = 0.5 * std::exp2(-52 * kDraws.uniform(n));
    const double z = exact_inverse_normal(p);
    worst = std::max(worst, relative_error(z, reference_inverse_normal(p, z)));
    const double central = 0.5 - 0.48 * kDraws.uniform(n + 1'000'000);
    const double central_z = exact_inverse_normal(central);
    worst_central = std::max(worst_central, relative_error(central_z, reference_inverse_normal(central, central_z)));
  }
  CHECK(worst < 1e-15);
  CHECK(worst_central < 6e-16);
}

TEST_CASE("exact_inverse_normal is odd about one half and knows its common quantiles") {
  for (std::uint64_t n = 0; n < 10'000; ++n) {
    const double p = kDraws.uniform(n);
    REQUIRE(exact_inverse_normal(p) == -exact_inverse_normal(1 - p));
  }
  CHECK(exact_inverse_normal(0.5) == 0);
  CHECK(exact_inverse_normal(0.975) == Approx(1.959963984540054).epsilon(1e-15));
  CHECK(exact_inverse_normal(0.99) == Approx(2.3263478740408408).epsilon(1e-15));
}

TEST_CASE("exact_inverse_normal never falls from one draw to the next, anywhere and across every seam") {
  // Draws are 2^-52 apart.
  const auto check = [](double p, int draws) {
    INFO("p = " << p);
    double before = exact_inverse_normal(p);
    for (int step = 1; step <= draws; ++step) {
      const double z = exact_inverse_normal(p + step * 0x1p-52);
      REQUIRE(z >= before);
      before = z;
    }
  };
  for (std::uint64_t n = 0; n < 500'000; ++n) {
    check(kDraws.uniform(n), 1);
  }
  const auto check_about = [&check](double seam) {
    check(seam - 8.5 * 0x1p-52, 16);
    check(1 - seam - 8.5 * 0x1p-52, 16);
  };
  for (int octave = 2; octave <= 7; ++octave) {
    for (int half_cell = 0; half_cell < 64; ++half_cell) {
      check_about(std::ldexp(1 + half_cell / 64.0, -octave));
    }
  }
  check_about(0.5);
  // Where the two approximations of the tail meet: the square root of −ln p is 5.
  check_about(std::floor(1.3887943864964021e-11 * 0x1p52) * 0x1p-52);
}

TEST_CASE("exact_inverse_normal errs by less than half of what lies between neighbouring draws") {
  // So it can't fall from one to the next. Further out than 0.01 that is far more than its relative error.
  double worst = 0;
  for (std::uint64_t n = 0; n < 50'000; ++n) {
    const double p = 0.01 + 0.49 * kDraws.uniform(n);
    const double z = exact_inverse_normal(p);
    const double between = 0x1p-52 * std::sqrt(2 * 3.14159265358979) * std::exp(z * z / 2);
    worst = std::max(worst, relative_error(z, reference_inverse_normal(p, z)) * std::abs(z) / between);
  }
  CHECK(worst < 0.4);
}

TEST_CASE("exact_gamma agrees with the C library from 1 to where a double overflows") {
  double worst = 0;
  double worst_small = 0;
  for (std::uint64_t n = 0; n < 20'000; ++n) {
    const double x = 1 + 169 * kDraws.uniform(n);
    worst = std::max(worst, relative_error(exact_gamma(x), std::tgamma(static_cast<long double>(x))));
    const double small = 1 + 19 * kDraws.uniform(n);
    worst_small =
        std::max(worst_small, relative_error(exact_gamma(small), std::tgamma(static_cast<long double>(small))));
  }
  CHECK(worst < 3e-13);
  CHECK(worst_small < 2e-14);
  CHECK(exact_gamma(1) == Approx(1).epsilon(1e-14));
  CHECK(exact_gamma(1.5) == Approx(0.88622692545275801).epsilon(1e-14));
  CHECK(exact_gamma(5) == Approx(24).epsilon(1e-14));
  CHECK(exact_gamma(172) == std::numeric_limits<double>::infinity());
}
