#include "credsim/random.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "test_support/catch.hpp"

using credsim::RandomStream;

namespace {

const RandomStream kRoot = RandomStream::root(42, 0);

/// Draws in the order that a test looks at them: along one stream, or across streams side by side.
using Draw = std::uint64_t (*)(std::uint64_t n);

std::uint64_t along_a_stream(std::uint64_t n) {
  return kRoot.bits(n);
}
std::uint64_t across_children(std::uint64_t n) {
  return kRoot.child(n).bits(0);
}
std::uint64_t across_seeds(std::uint64_t n) {
  return RandomStream::root(n, 0).bits(0);
}
std::uint64_t across_replications(std::uint64_t n) {
  return RandomStream::root(7, n).bits(3);
}
std::uint64_t across_purposes_of_instances(std::uint64_t n) {
  return kRoot.child(n / 8).child(n % 8).bits(0);
}
std::uint64_t across_names(std::uint64_t n) {
  return kRoot.child("instance-" + std::to_string(n)).bits(0);
}

struct Order {
  const char* name;
  Draw draw;
};
constexpr std::array<Order, 6> kOrders = {{{"along a stream", along_a_stream},
                                           {"across children", across_children},
                                           {"across seeds", across_seeds},
                                           {"across replications", across_replications},
                                           {"across purposes of instances", across_purposes_of_instances},
                                           {"across names", across_names}}};

/// A chi-square statistic as a number of standard deviations from its mean, by the Wilson-Hilferty transform.
double chi_square_deviations(const std::vector<std::uint32_t>& counts, double expected) {
  double chi_square = 0;
  for (const std::uint32_t count : counts) {
    chi_square += (count - expected) * (count - expected) / expected;
  }
  const double freedom = static_cast<double>(counts.size() - 1);
  const double spread = 2 / (9 * freedom);
  return (std::cbrt(chi_square / freedom) - (1 - spread)) / std::sqrt(spread);
}

// About 300 statistics are compared with it, all from fixed draws: one in ten million sets of fair draws would fail.
constexpr double kTooManyDeviations = 6;

}  // namespace

TEST_CASE("each byte of a draw is uniform, along a stream and across streams side by side") {
  constexpr std::uint64_t kDraws = 1 << 16;
  for (const Order& order : kOrders) {
    std::array<std::vector<std::uint32_t>, 8> counts;
    counts.fill(std::vector<std::uint32_t>(256));
    for (std::uint64_t n = 0; n < kDraws; ++n) {
      const std::uint64_t bits = order.draw(n);
      for (std::size_t byte = 0; byte < 8; ++byte) {
        ++counts[byte][bits >> (8 * byte) & 0xFF];
      }
    }
    for (std::size_t byte = 0; byte < 8; ++byte) {
      INFO(order.name << ", byte " << byte);
      CHECK(std::abs(chi_square_deviations(counts[byte], kDraws / 256.0)) < kTooManyDeviations);
    }
  }
}

TEST_CASE("neighbouring draws are independent: pairs of their low and of their high bits are uniform") {
  constexpr std::uint64_t kDraws = 1 << 18;
  for (const Order& order : kOrders) {
    std::vector<std::uint32_t> low(1 << 10);
    std::vector<std::uint32_t> high(1 << 10);
    std::uint64_t before = order.draw(0);
    for (std::uint64_t n = 1; n <= kDraws; ++n) {
      const std::uint64_t bits = order.draw(n);
      ++low[(before & 31) << 5 | (bits & 31)];
      ++high[before >> 59 << 5 | bits >> 59];
      before = bits;
    }
    INFO(order.name);
    CHECK(std::abs(chi_square_deviations(low, kDraws / 1024.0)) < kTooManyDeviations);
    CHECK(std::abs(chi_square_deviations(high, kDraws / 1024.0)) < kTooManyDeviations);
  }
}

TEST_CASE("uniform numbers of neighbouring keys and indices are not correlated at any lag up to 8") {
  constexpr std::uint64_t kDraws = 1 << 16;
  for (const Order& order : kOrders) {
    std::vector<double> centred;
    for (std::uint64_t n = 0; n < kDraws + 8; ++n) {
      centred.push_back(static_cast<double>(order.draw(n)) * 0x1p-64 - 0.5);
    }
    for (std::size_t lag = 1; lag <= 8; ++lag) {
      double sum = 0;
      for (std::size_t n = 0; n < kDraws; ++n) {
        sum += centred[n] * centred[n + lag];
      }
      // A product of two centred uniforms has mean 0 and deviation 1/12.
      INFO(order.name << ", lag " << lag);
      CHECK(std::abs(sum * 12 / std::sqrt(static_cast<double>(kDraws))) < kTooManyDeviations);
    }
  }
}

TEST_CASE("a changed bit of an index, a child's number or a seed changes each bit of the draw half of the time") {
  const std::array<Draw, 3> inputs = {along_a_stream, across_children, across_seeds};
  constexpr std::uint64_t kTrials = 2000;
  for (const Draw draw : inputs) {
    double worst = 0;
    for (int input_bit = 0; input_bit < 64; ++input_bit) {
      std::array<int, 64> flips{};
      for (std::uint64_t n = 0; n < kTrials; ++n) {
        const std::uint64_t difference = draw(n) ^ draw(n ^ std::uint64_t{1} << input_bit);
        for (std::size_t bit = 0; bit < 64; ++bit) {
          flips[bit] += static_cast<int>(difference >> bit & 1);
        }
      }
      for (const int flip : flips) {
        worst = std::max(worst, std::abs(flip - kTrials / 2.0) / std::sqrt(kTrials / 4.0));
      }
    }
    CHECK(worst < kTooManyDeviations);
  }
}

TEST_CASE("runs of equal low bits are as long as fair coins make them") {
  for (const Order& order : kOrders) {
    constexpr std::uint64_t kDraws = 1 << 16;
    for (int bit = 0; bit < 4; ++bit) {
      int changes = 0;
      for (std::uint64_t n = 0; n < kDraws; ++n) {
        changes += static_cast<int>((order.draw(n) ^ order.draw(n + 1)) >> bit & 1);
      }
      INFO(order.name << ", bit " << bit);
      CHECK(std::abs(changes - kDraws / 2.0) / std::sqrt(kDraws / 4.0) < kTooManyDeviations);
    }
  }
}

TEST_CASE("streams of one tree share no draw") {
  std::unordered_set<std::uint64_t> seen;
  std::size_t count = 0;
  for (std::uint64_t child = 0; child < 500; ++child) {
    const RandomStream stream = kRoot.child(child);
    for (std::uint64_t index = 0; index < 100; ++index) {
      seen.insert(stream.bits(index));
      seen.insert(stream.child(index).bits(0));
      count += 2;
    }
  }
  CHECK(seen.size() == count);
}

TEST_CASE("a draw, a numbered child and a named child of the same key are unrelated") {
  CHECK_FALSE(kRoot.child(5) == kRoot.child(6));
  CHECK_FALSE(kRoot.child(0x41) == kRoot.child("A"));
  CHECK(kRoot.child(5).bits(0) != kRoot.bits(5));
}

TEST_CASE("names differ by every byte, by their length and by their order in the tree") {
  using namespace std::string_view_literals;
  const std::vector<std::string_view> names = {""sv,          "\0"sv,       "\0\0"sv,     "a"sv,          "a\0"sv,
                                               "fleet-a"sv,   "fleet-b"sv,  "fleet-ab"sv, "fleet-ab\0"sv, "fleet-abc"sv,
                                               "fleet-ab1"sv, "Fleet-ab"sv, "\xC3\xA9"sv, "\xC3\xA8"sv};
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      INFO(i << " and " << j);
      CHECK_FALSE(kRoot.child(names[i]) == kRoot.child(names[j]));
    }
  }
  CHECK_FALSE(kRoot.child("a").child("b") == kRoot.child("b").child("a"));
  CHECK_FALSE(kRoot.child("fleet-ab").child("c") == kRoot.child("fleet-abc"));
  CHECK(kRoot.child("fleet-a") == kRoot.child(std::string("fleet-") + "a"));
}

TEST_CASE("uniform numbers stay inside the open interval and have the mean and variance of a uniform") {
  constexpr std::uint64_t kDraws = 200'000;
  double sum = 0;
  double squares = 0;
  for (std::uint64_t n = 0; n < kDraws; ++n) {
    const double u = kRoot.uniform(n);
    REQUIRE(u >= RandomStream::kUniformMin);
    REQUIRE(u <= RandomStream::kUniformMax);
    REQUIRE(1 - (1 - u) == u);
    sum += u - 0.5;
    squares += (u - 0.5) * (u - 0.5);
  }
  const double root = std::sqrt(static_cast<double>(kDraws));
  CHECK(std::abs(sum / root) < 5 * std::sqrt(1.0 / 12));
  CHECK(std::abs((squares - kDraws / 12.0) / root) < 5 * std::sqrt(1.0 / 180));
}

TEST_CASE("the bounds of the uniform numbers are open") {
  CHECK(RandomStream::kUniformMin > 0);
  CHECK(RandomStream::kUniformMax < 1);
  CHECK(RandomStream::kUniformMin == 1 - RandomStream::kUniformMax);
}
