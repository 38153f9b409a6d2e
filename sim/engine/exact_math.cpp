#include "engine/exact_math.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

// The tables of the logarithm and of the exponential are computed by the compiler, in integers: no constant is taken on
// trust, and no compiler can round one differently.

namespace credsim {
namespace {

// --- Polynomials -----------------------------------------------------------------------------------------------------

/// c[0] + c[1] x + c[2] x² + … by Estrin's scheme: in pairs, which do not wait for one another.
template <std::size_t N>
constexpr double polynomial(const std::array<double, N>& c, double x) noexcept {
  if constexpr (N == 1) {
    return c[0];
  } else {
    const auto pairs = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return std::array{(2 * I + 1 < N ? c[2 * I] + c[(2 * I + 1) % N] * x : c[2 * I])...};
    }
    (std::make_index_sequence<(N + 1) / 2>());
    return polynomial(pairs, x * x);
  }
}

// --- Tables ----------------------------------------------------------------------------------------------------------

__extension__ using Wide = __int128;  // as a fixed-point number: a multiple of 2⁻¹¹²

constexpr int kFixedBits = 112;
constexpr double kFixedUnit = 0x1p-112;
constexpr int kCells = 128;  // of each table

/// ln(n/d) in fixed point, within 2⁻¹⁰⁵: 2 artanh((n − d)/(n + d)) by its Taylor series. Takes ½ ≤ n/d ≤ 2, n, d <
/// 1000.
constexpr Wide fixed_log(int n, int d) {
  const Wide a = n - d;
  const Wide b = n + d;
  Wide sum = 0;
  Wide power = a * (Wide{1} << kFixedBits) / b;
  for (int odd = 1; power != 0; odd += 2) {
    sum += power / odd;
    power = power * a / b * a / b;
  }
  return 2 * sum;
}

/// a·x of an x below 4, given as a multiple of 2⁻⁶², and an `a` in fixed point from 0 to below 16.
constexpr Wide times(Wide a, std::uint64_t x) {
  constexpr Wide kOne = Wide{1} << 62;
  return a / kOne * x + a % kOne * x / kOne;
}

/// e^x in fixed point, of such an x below 2.5.
constexpr Wide fixed_exp(std::uint64_t x) {
  Wide sum = 0;
  Wide term = Wide{1} << kFixedBits;
  for (int n = 1; term != 0; ++n) {
    sum += term;
    term = times(term, x) / n;
  }
  return sum;
}

/// The integral of e^(−t²/2) from 0 to z in fixed point, by its Taylor series, given z < 2.2 and x = z²/2 < 2.5.
constexpr Wide fixed_bell(Wide z, std::uint64_t x) {
  Wide sum = 0;
  Wide term = z;
  for (int n = 1; term != 0; ++n) {
    sum += (n % 2 == 1 ? term : -term) / (2 * n - 1);
    term = times(term, x) / n;
  }
  return sum;
}

/// A number as a sum. The first part is a multiple of 2⁻⁴²: a sum of such parts and their product with a whole number
/// are exact while below 2¹⁰.
struct Split {
  double high;
  double low;
};

constexpr Split split(Wide fixed) {
  constexpr int kDropped = kFixedBits - 42;
  const Wide high = (fixed + (Wide{1} << (kDropped - 1))) >> kDropped;
  return {static_cast<double>(high) * 0x1p-42, static_cast<double>(fixed - high * (Wide{1} << kDropped)) * kFixedUnit};
}

constexpr Wide kFixedLn2 = fixed_log(2, 1);
constexpr Split kLn2 = split(kFixedLn2);
constexpr Split kLn2OfCell = split(kFixedLn2 / kCells);

// The logarithm's cells are the numbers that agree in sign, exponent and seven bits when these are rounded to nearest,
// from a cell near √½ to one near √2. One is the middle of a cell, so a result near 0 needs no case of its own.
constexpr int kCellShift = 52 - 7;
constexpr std::uint64_t kHalfCell = std::uint64_t{1} << (kCellShift - 1);
constexpr auto kFirstCell = std::bit_cast<std::uint64_t>(181.0 / 256);

struct LogCell {
  double middle;
  double inverse;  // 1 / middle
  Split log;       // ln middle
};

constexpr std::array<LogCell, kCells> kLogCells = [] {
  std::array<LogCell, kCells> cells{};
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto middle = std::bit_cast<double>(kFirstCell + (std::uint64_t{i} << kCellShift));
    cells[i] = {middle, 1 / middle, split(fixed_log(static_cast<int>(middle * 256), 256))};
  }
  return cells;
}();

struct ExpCell {
  std::uint64_t bits;  // of the double nearest to the power 2^(i/128)
  double tail;         // what that lacks, as a share of it
};

constexpr std::array<ExpCell, kCells> kExpCells = [] {
  std::array<ExpCell, kCells> cells{};
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Wide power = fixed_exp(static_cast<std::uint64_t>((kFixedLn2 * static_cast<Wide>(i) / kCells) >> 50));
    const auto nearest = static_cast<double>(power);
    cells[i] = {std::bit_cast<std::uint64_t>(nearest * kFixedUnit),
                static_cast<double>(power - static_cast<Wide>(nearest)) / nearest};
  }
  return cells;
}();

// The normal quantile's cells divide each octave of probabilities from 2⁻⁶ to ½ into 32, in the manner of the
// logarithm's. Within a cell about p₀ it is the Taylor series with the coefficients wⁿ·Pₙ(z₀)/n!, where w is its
// derivative √2π·e^(z₀²/2), P₁ = 1 and Pₙ₊₁ = n·z₀·Pₙ + Pₙ′.
constexpr std::size_t kNormalCells = 5 * 32 + 1;
constexpr int kNormalShift = 52 - 5;
constexpr std::uint64_t kHalfNormalCell = std::uint64_t{1} << (kNormalShift - 1);
constexpr auto kFirstNormalCell = std::bit_cast<std::uint64_t>(0x1p-6);
constexpr Wide kFixedRootTwoPi = Wide{0x281B263FEC4E0} << 64 | Wide{0xB2CAF9483F5CE45A};  // √2π, from its digits

struct NormalCell {
  double middle;
  double z;
  double slope;
  std::array<double, 7> curve;  // coefficients from the second power on

  [[nodiscard]] constexpr double at(double p) const noexcept {
    const double d = p - middle;
    return z + (d * slope + d * d * polynomial(curve, d));
  }
};

/// The cell about p₀, with z₀ by a step of Newton's method from an approximation.
constexpr NormalCell normal_cell(double middle, double approximate) {
  const auto units = static_cast<std::int64_t>(approximate * -0x1p52);
  const Wide z = Wide{units} << (kFixedBits - 52);
  const auto x = static_cast<std::uint64_t>(Wide{units} * units >> (2 * 52 + 1 - 62));
  const double power = static_cast<double>(fixed_exp(x)) * kFixedUnit;
  const Wide missing = kFixedRootTwoPi / 2048 * static_cast<Wide>((0.5 - middle) * 2048) - fixed_bell(z, x);

  NormalCell cell{};
  cell.middle = middle;
  cell.z = -(static_cast<double>(units) * 0x1p-52 + static_cast<double>(missing) * kFixedUnit * power);
  cell.slope = static_cast<double>(kFixedRootTwoPi) * kFixedUnit * power;
  std::array<double, 8> polynomial_in_z = {1};
  double factor = cell.slope;
  for (std::size_t n = 1; n <= cell.curve.size(); ++n) {
    std::array<double, 8> next{};
    for (std::size_t i = 0; i + 1 < next.size(); ++i) {
      next[i] += static_cast<double>(i + 1) * polynomial_in_z[i + 1];
      next[i + 1] += static_cast<double>(n) * polynomial_in_z[i];
    }
    polynomial_in_z = next;
    factor *= cell.slope / static_cast<double>(n + 1);
    cell.curve[n - 1] = factor * polynomial(polynomial_in_z, cell.z);
  }
  return cell;
}

constexpr std::array<NormalCell, kNormalCells> kNormalTable = [] {
  std::array<NormalCell, kNormalCells> cells{};
  cells.back() = normal_cell(0.5, 0);
  for (std::size_t i = cells.size() - 1; i-- > 0;) {
    const auto middle = std::bit_cast<double>(kFirstNormalCell + (std::uint64_t{i} << kNormalShift));
    cells[i] = normal_cell(middle, cells[i + 1].at(middle));
  }
  return cells;
}();

}  // namespace

double exact_log(double x) noexcept {
  // x = z·2^k with z in the cell around m, so ln x = k ln 2 + ln m + ln(1 + r) with r = (z − m)/m, |r| ≤ 2⁻⁸, and z − m
  // exact. Rounding errors before the last addition are about 2⁻⁶⁰, and the sum of the two leading parts has none.
  // Neighbours' logarithms differ by some 2⁻⁵³ at least: hence monotone, within cells and across their seams.
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t offset = bits + kHalfCell - kFirstCell;
  const LogCell& cell = kLogCells[(offset >> kCellShift) % kCells];
  const std::uint64_t exponent = offset >> 52;
  const double k = static_cast<double>(static_cast<std::int64_t>(offset) >> 52);
  const double z = std::bit_cast<double>(bits - (exponent << 52));
  const double r = (z - cell.middle) * cell.inverse;

  constexpr std::array<double, 6> kTaylor = {-1.0 / 2, 1.0 / 3, -1.0 / 4, 1.0 / 5, -1.0 / 6, 1.0 / 7};
  const double tail = r * r * polynomial(kTaylor, r) + (k * kLn2.low + cell.log.low);
  return (k * kLn2.high + cell.log.high) + (r + tail);
}

double exact_exp(double x) noexcept {
  constexpr double kLargest = 708;
  if (x > kLargest) {
    return std::numeric_limits<double>::infinity();
  }
  if (x < -kLargest) {
    return 0;
  }
  // x = k·(ln 2)/128 + r with |r| ≤ (ln 2)/256, so e^x = 2^(k/128)·e^r: a power of two, a cell of the table and a short
  // series. Adding kToInteger leaves k, rounded to nearest, in the low bits. Rounding errors before the last addition
  // are below 2⁻⁶⁰ of the result: all but correctly rounded, and monotone.
  constexpr double kToInteger = 0x1.8p52;
  constexpr double kCellsPerOne = 0x1.71547652b82fep+0 * kCells;
  const double shifted = x * kCellsPerOne + kToInteger;
  const auto bits = std::bit_cast<std::uint64_t>(shifted);
  const double k = shifted - kToInteger;
  const double r = (x - k * kLn2OfCell.high) - k * kLn2OfCell.low;

  const ExpCell& cell = kExpCells[bits % kCells];
  const double power = std::bit_cast<double>(cell.bits + (bits / kCells << 52));
  constexpr std::array<double, 4> kTaylor = {1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120};
  return power + power * (r + (r * r * polynomial(kTaylor, r) + cell.tail));
}

// Neighbouring draws are 2⁻⁵² apart, so their quantiles differ by 2⁻⁵²·√2π·e^(z²/2). That is more than two errors: the
// least of it for the size of z, at z = 1, is 9·10⁻¹⁶, and there an error is 2·10⁻¹⁶.
// Coefficients of the tail: M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution",
// Applied Statistics 37 (1988), routine PPND16.
double exact_inverse_normal(double p) noexcept {
  const double lower = std::min(p, 1 - p);
  const std::uint64_t cell = (std::bit_cast<std::uint64_t>(lower) + kHalfNormalCell - kFirstNormalCell) >> kNormalShift;
  if (cell < kNormalCells) [[likely]] {
    return std::copysign(kNormalTable[cell].at(lower), p - 0.5);
  }
  constexpr std::array<double, 8> kMiddleAbove = {
      1.42343711074968357734, 4.63033784615654529590,    5.76949722146069140550,    3.64784832476320460504,
      1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr std::array<double, 8> kMiddleBelow = {1.0,
                                                  2.05319162663775882187,
                                                  1.67638483018380384940,
                                                  6.89767334985100004550e-1,
                                                  1.48103976427480074590e-1,
                                                  1.51986665636164571966e-2,
                                                  5.47593808499534494600e-4,
                                                  1.05075007164441684324e-9};
  constexpr std::array<double, 8> kTailAbove = {
      6.65790464350110377720,    5.46378491116411436990,    1.78482653991729133580,    2.96560571828504891230e-1,
      2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr std::array<double, 8> kTailBelow = {1.0,
                                                5.99832206555887937690e-1,
                                                1.36929880922735805310e-1,
                                                1.48753612908506148525e-2,
                                                7.86869131145613259100e-4,
                                                1.84631831751005468180e-5,
                                                1.42151175831644588870e-7,
                                                2.04426310338993978564e-15};

  const double r = std::sqrt(-exact_log(lower));
  const double z = r <= 5 ? polynomial(kMiddleAbove, r - 1.6) / polynomial(kMiddleBelow, r - 1.6)
                          : polynomial(kTailAbove, r - 5) / polynomial(kTailBelow, r - 5);
  return std::copysign(z, p - 0.5);
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
  constexpr std::array<double, 6> kStirling = {1.0 / 12,    -1.0 / 360, 1.0 / 1260,
                                               -1.0 / 1680, 1.0 / 1188, -691.0 / 360360};
  constexpr double kHalfLogTwoPi = 0x1.d67f1c864beb5p-1;
  const double series = polynomial(kStirling, 1 / (x * x)) / x;
  return exact_exp((x - 0.5) * exact_log(x) - x + kHalfLogTwoPi + series) / divisor;
}

}  // namespace credsim
