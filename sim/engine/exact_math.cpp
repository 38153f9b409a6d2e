#include "engine/exact_math.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace credsim {
namespace {

// ln 2 as a sum: the first part ends in zeros, so that its product with an exponent is exact.
constexpr double kLn2High = 0x1.62e42fefa3800p-1;
constexpr double kLn2Low = 0x1.ef35793c76730p-45;

constexpr std::uint64_t kFractionBits = 52;
constexpr std::uint64_t kExponentOfOne = 1023;

/// 2 to the power of `exponent`, for exponents of normal numbers.
double power_of_two(std::int64_t exponent) noexcept {
  return std::bit_cast<double>((kExponentOfOne + static_cast<std::uint64_t>(exponent)) << kFractionBits);
}

/// The polynomial with the given coefficients, that of the highest power first.
template <std::size_t N>
double polynomial(const std::array<double, N>& coefficients, double x) noexcept {
  double sum = coefficients[0];
  for (std::size_t i = 1; i < N; ++i) {
    sum = sum * x + coefficients[i];
  }
  return sum;
}

}  // namespace

double exact_log(double x) noexcept {
  // x = m·2^e with m in [√½, √2), so that the series below is short and a result near 0 keeps its digits.
  const auto representation = std::bit_cast<std::uint64_t>(x);
  auto exponent =
      static_cast<std::int64_t>(representation >> kFractionBits) - static_cast<std::int64_t>(kExponentOfOne);
  const std::uint64_t fraction = representation & ((std::uint64_t{1} << kFractionBits) - 1);
  double m = std::bit_cast<double>(fraction | (kExponentOfOne << kFractionBits));
  if (m > 0x1.6a09e667f3bcdp+0) {
    m *= 0.5;
    ++exponent;
  }

  // ln m = 2 artanh s, s = (m − 1)/(m + 1), by its Taylor series. With f = m − 1 (exact), 2s = f − s·f: the leading
  // term is free of error and only corrections carry the rounding of the division.
  const double f = m - 1;
  const double s = f / (m + 1);
  constexpr std::array<double, 10> kTwoOverOdd = {2.0 / 21, 2.0 / 19, 2.0 / 17, 2.0 / 15, 2.0 / 13,
                                                  2.0 / 11, 2.0 / 9,  2.0 / 7,  2.0 / 5,  2.0 / 3};
  const double s2 = s * s;
  const double tail = s2 * polynomial(kTwoOverOdd, s2);
  const double e = static_cast<double>(exponent);
  return e * kLn2High + (f - (s * (f - tail) - e * kLn2Low));
}

double exact_exp(double x) noexcept {
  constexpr double kLargest = 708;
  if (x > kLargest) {
    return std::numeric_limits<double>::infinity();
  }
  if (x < -kLargest) {
    return 0;
  }
  // x = k·ln 2 + r with |r| ≤ ½ ln 2, then the Taylor series of e^r.
  constexpr double kLog2E = 0x1.71547652b82fep+0;
  const auto k = static_cast<std::int64_t>(x * kLog2E + (x < 0 ? -0.5 : 0.5));
  const double r = (x - static_cast<double>(k) * kLn2High) - static_cast<double>(k) * kLn2Low;
  constexpr std::array<double, 12> kInverseFactorials = {
      1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
      1.0 / 5040,       1.0 / 720,       1.0 / 120,      1.0 / 24,      1.0 / 6,      1.0 / 2};
  return (1 + (r + r * r * polynomial(kInverseFactorials, r))) * power_of_two(k);
}

// Coefficients: M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied Statistics
// 37 (1988), routine PPND16; highest power first.
double exact_inverse_normal(double p) noexcept {
  constexpr std::array<double, 8> kCentreAbove = {2509.0809287301226727, 33430.575583588128105, 67265.770927008700853,
                                                  45921.953931549871457, 13731.693765509461125, 1971.5909503065514427,
                                                  133.14166789178437745, 3.3871328727963666080};
  constexpr std::array<double, 8> kCentreBelow = {
      5226.4952788528545610, 28729.085735721942674, 39307.895800092710610, 21213.794301586595867,
      5394.1960214247511077, 687.18700749205790830, 42.313330701600911252, 1.0};
  constexpr std::array<double, 8> kMiddleAbove = {
      7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258,
      3.64784832476320460504,    5.76949722146069140550,    4.63033784615654529590,    1.42343711074968357734};
  constexpr std::array<double, 8> kMiddleBelow = {
      1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
      6.89767334985100004550e-1, 1.67638483018380384940,    2.05319162663775882187,    1.0};
  constexpr std::array<double, 8> kTailAbove = {
      2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
      2.96560571828504891230e-1, 1.78482653991729133580,    5.46378491116411436990,    6.65790464350110377720};
  constexpr std::array<double, 8> kTailBelow = {
      2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
      1.48753612908506148525e-2,  1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0};

  const double q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(kCentreAbove, r) / polynomial(kCentreBelow, r);
  }
  const double r = std::sqrt(-exact_log(q < 0 ? p : 1 - p));
  const double z = r <= 5 ? polynomial(kMiddleAbove, r - 1.6) / polynomial(kMiddleBelow, r - 1.6)
                          : polynomial(kTailAbove, r - 5) / polynomial(kTailBelow, r - 5);
  return q < 0 ? -z : z;
}

double exact_gamma(double x) noexcept {
  if (x > 171.5) {
    return std::numeric_limits<double>::infinity();
  }
  // Γ(x) = Γ(x + n) / (x (x + 1) … (x + n − 1)), with x + n large enough for Stirling's series.
  double divisor = 1;
  while (x < 20) {
    divisor *= x;
    x += 1;
  }
  constexpr std::array<double, 6> kStirling = {-691.0 / 360360, 1.0 / 1188, -1.0 / 1680,
                                               1.0 / 1260,      -1.0 / 360, 1.0 / 12};
  constexpr double kHalfLogTwoPi = 0x1.d67f1c864beb5p-1;
  const double series = polynomial(kStirling, 1 / (x * x)) / x;
  return exact_exp((x - 0.5) * exact_log(x) - x + kHalfLogTwoPi + series) / divisor;
}

}  // namespace credsim
