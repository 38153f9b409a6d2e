#include "credsim/distribution.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <vector>

#include "credsim/random.hpp"

#include "test_support/catch.hpp"

using namespace credsim;
using namespace std::chrono_literals;

namespace {

const RandomStream kStream = RandomStream::root(99, 0).child("distribution");

struct Case {
  const char* name;
  Distribution distribution;
  double mean_us;       // closed form
  double deviation_us;  // closed form
};

std::vector<Case> cases() {
  const double sigma = std::log(7.5) / 2.3263478740408408;
  const double lognormal_mean = 20e6 * std::exp(sigma * sigma / 2);
  const double weibull_mean = 3e6 * std::tgamma(1 + 1 / 1.5);
  return {
      {"constant", Distribution::constant(5s), 5e6, 0},
      {"uniform", Distribution::uniform(10min, 20min), 900e6, 600e6 / std::sqrt(12)},
      {"exponential", Distribution::exponential(1h), 3600e6, 3600e6},
      {"lognormal", Distribution::lognormal(20s, 150s), lognormal_mean,
       lognormal_mean * std::sqrt(std::exp(sigma * sigma) - 1)},
      {"normal", Distribution::normal(60s, 5s), 60e6, 5e6},
      {"weibull", Distribution::weibull(1.5, 3s), weibull_mean,
       std::sqrt(9e12 * std::tgamma(1 + 2 / 1.5) - weibull_mean * weibull_mean)},
      {"empirical", Distribution::empirical({3s, 1s, 2s, 10s}), 4e6, std::sqrt(12.5) * 1e6},
  };
}

/// What an instance of each kind is asked for in the table of known samples.
std::vector<Distribution> one_of_each_kind() {
  return {Distribution::constant(5s),
          Distribution::uniform(10min, 20min),
          Distribution::exponential(1h),
          Distribution::lognormal(20s, 150s),
          Distribution::normal(60s, 20s),
          Distribution::weibull(0.7, 3h),
          Distribution::empirical({3s, 1s, 2s, 10s, 7s})};
}

}  // namespace

TEST_CASE("the mean of many samples is the closed form's, within five standard errors") {
  constexpr std::uint64_t kSamples = 100'000;
  for (const Case& c : cases()) {
    double sum = 0;
    for (std::uint64_t n = 0; n < kSamples; ++n) {
      sum += static_cast<double>(c.distribution.sample(kStream, n).count());
    }
    const double standard_error = c.deviation_us / std::sqrt(static_cast<double>(kSamples));
    INFO(c.name);
    CHECK(std::abs(sum / kSamples - c.mean_us) <= 5 * standard_error);
  }
}

TEST_CASE("mean() is the closed form's, to the microsecond") {
  for (const Case& c : cases()) {
    INFO(c.name);
    CHECK(std::abs(static_cast<double>(c.distribution.mean().count()) - c.mean_us) <= 1);
  }
}

TEST_CASE("the share of samples below each quantile is that quantile's, within five standard errors") {
  constexpr std::uint64_t kSamples = 50'000;
  for (const Distribution& distribution :
       {Distribution::uniform(0s, 1h), Distribution::exponential(30s), Distribution::lognormal(60ms, 400ms),
        Distribution::normal(60s, 5s), Distribution::weibull(3, 1min)}) {
    for (const double q : {0.01, 0.25, 0.5, 0.9, 0.99}) {
      const Duration bound = distribution.quantile(q);
      int below = 0;
      for (std::uint64_t n = 0; n < kSamples; ++n) {
        below += distribution.sample(kStream, n) <= bound ? 1 : 0;
      }
      CHECK(std::abs(below - q * kSamples) <= 5 * std::sqrt(kSamples * q * (1 - q)));
    }
  }
}

TEST_CASE("quantiles are the closed forms', to the microsecond or the thirteenth digit") {
  for (const double u : {1e-9, 0.001, 0.1, 0.5, 0.75, 0.99, 1 - 1e-9}) {
    const auto check = [u](const Distribution& distribution, double expected_us) {
      INFO("u = " << u);
      CHECK(std::abs(static_cast<double>(distribution.quantile(u).count()) - expected_us) <=
            0.51 + 1e-13 * expected_us);
    };
    check(Distribution::uniform(1s, 3s), 1e6 + 2e6 * u);
    check(Distribution::exponential(24h), -86400e6 * std::log1p(-u));
    check(Distribution::weibull(0.5, 1h), 3600e6 * std::pow(-std::log1p(-u), 2));
    check(Distribution::weibull(4, 1h), 3600e6 * std::pow(-std::log1p(-u), 0.25));
  }
}

TEST_CASE("a lognormal has the two quantiles that it was given") {
  const Distribution eni = Distribution::lognormal(20s, 150s);
  CHECK(eni.quantile(0.5) == 20s);
  CHECK(eni.quantile(0.99) == 150s);
  // Symmetric in the logarithm: the first percentile is as far below.
  CHECK(eni.quantile(0.01) == Duration{2'666'667});
}

TEST_CASE("a normal is cut at zero") {
  const Distribution distribution = Distribution::normal(1s, 1s);
  CHECK(distribution.quantile(0.1) == 0s);
  CHECK(distribution.quantile(0.5) == 1s);
  CHECK(distribution.minimum() == 0s);
  CHECK(distribution.mean() == 1s);
}

TEST_CASE("an empirical's quantile is the least value that so large a share of the values does not exceed") {
  const Distribution distribution = Distribution::empirical({4s, 1s, 2s, 3s});
  CHECK(distribution.quantile(0.01) == 1s);
  CHECK(distribution.quantile(0.25) == 1s);
  CHECK(distribution.quantile(0.26) == 2s);
  CHECK(distribution.quantile(0.5) == 2s);
  CHECK(distribution.quantile(0.75) == 3s);
  CHECK(distribution.quantile(0.76) == 4s);
  CHECK(distribution.quantile(RandomStream::kUniformMax) == 4s);
  CHECK(distribution.minimum() == 1s);
}

TEST_CASE("a larger draw is never a shorter time") {
  for (const Distribution& distribution : one_of_each_kind()) {
    Duration before{0};
    for (int step = 1; step < 20'000; ++step) {
      const Duration now = distribution.quantile(step / 20'000.0);
      REQUIRE(now >= before);
      before = now;
    }
  }
}

TEST_CASE("neighbouring draws are in order, even where the last digit of a double shows") {
  // The longest medians and means are some 2^58 us; neighbouring draws lie 2^-52 apart.
  constexpr Duration kLong = 24h * 365 * 9'000;
  for (const Distribution& distribution :
       {Distribution::uniform(0s, kLong), Distribution::exponential(kLong), Distribution::lognormal(kLong, kLong + 1h),
        Distribution::lognormal(kLong / 2, kLong), Distribution::lognormal(kLong / 100, kLong),
        Distribution::normal(kLong, kLong / 3), Distribution::normal(kLong, kLong / 1000),
        Distribution::weibull(0.7, kLong / 10), Distribution::weibull(5, kLong)}) {
    for (std::uint64_t n = 0; n < 100'000; ++n) {
      const double share = kStream.uniform(2 * n);
      const double u = n % 2 == 0 ? share : std::max(share * std::exp2(-50 * kStream.uniform(2 * n + 1)), 0x1p-52);
      for (const double low : {u, 1 - u - 0x1p-52}) {
        REQUIRE(distribution.quantile(low) <= distribution.quantile(low + 0x1p-52));
      }
    }
  }
}

TEST_CASE("a sample is the quantile of the stream's uniform number") {
  for (const Distribution& distribution : one_of_each_kind()) {
    for (std::uint64_t n = 0; n < 100; ++n) {
      REQUIRE(distribution.sample(kStream, n) == distribution.quantile(kStream.uniform(n)));
    }
  }
}

TEST_CASE("minimum() is the sample of the least draw") {
  CHECK(Distribution{}.minimum() == 0s);
  CHECK(Distribution::constant(5s).minimum() == 5s);
  CHECK(Distribution::uniform(10min, 20min).minimum() == 10min);
  CHECK(Distribution::uniform(0s, 1s).minimum() == 0s);
  CHECK(Distribution::exponential(1h).minimum() == 0s);
  CHECK(Distribution::weibull(0.7, 1h).minimum() == 0s);
  // A normal 60 deviations above zero has no draw that reaches it.
  CHECK(Distribution::normal(60s, 1s).minimum() > 51s);
}

TEST_CASE("is_constant tells the distributions with one sample from the others") {
  CHECK(Distribution{}.is_constant());
  CHECK(Distribution::constant(5s).is_constant());
  CHECK(Distribution::uniform(3s, 3s).is_constant());
  CHECK(Distribution::lognormal(3s, 3s).is_constant());
  CHECK(Distribution::normal(3s, 0s).is_constant());
  CHECK(Distribution::empirical({2s, 2s, 2s}).is_constant());
  CHECK_FALSE(Distribution::uniform(3s, 3s + 1us).is_constant());
  CHECK_FALSE(Distribution::exponential(1us).is_constant());
  CHECK_FALSE(Distribution::lognormal(3s, 4s).is_constant());
  CHECK_FALSE(Distribution::normal(3s, 1s).is_constant());
  CHECK_FALSE(Distribution::weibull(2, 3s).is_constant());
  CHECK_FALSE(Distribution::empirical({2s, 2s, 3s}).is_constant());
}

TEST_CASE("the largest parameters saturate at the longest sample instead of overflowing") {
  constexpr Duration kMost = Duration::max();
  constexpr Duration kLongest = Distribution::kLongest;
  CHECK(kNever + kLongest < SimTime::max());
  CHECK(Distribution::constant(kMost).quantile(0.5) == kLongest);
  CHECK(Distribution::uniform(0s, kMost).quantile(0.5) == Duration{kLongest.count() / 2 + 1});
  CHECK(Distribution::uniform(kMost, kMost).quantile(0.5) == kLongest);
  CHECK(Distribution::exponential(kMost).quantile(0.5) == kLongest);
  CHECK(Distribution::exponential(kMost).mean() == kLongest);
  CHECK(Distribution::lognormal(1us, kMost).quantile(RandomStream::kUniformMax) == kLongest);
  CHECK(Distribution::lognormal(1us, kMost).mean() == kLongest);
  CHECK(Distribution::normal(kMost, kMost).quantile(0.9) == kLongest);
  CHECK(Distribution::normal(kMost, kMost).quantile(RandomStream::kUniformMin) == 0s);
  CHECK(Distribution::weibull(1e-300, 1h).quantile(0.9) == kLongest);
  CHECK(Distribution::weibull(1e-300, 1h).quantile(0.1) == 0s);
  CHECK(Distribution::weibull(1e-300, 1h).mean() == kLongest);
  CHECK(Distribution::weibull(1e300, 1h).quantile(0.1) == 1h);
  CHECK(Distribution::empirical({kMost, 1s}).quantile(0.9) == kLongest);
}

TEST_CASE("uniform samples never leave their bounds, however far apart these are") {
  for (const Duration high : {Duration{1}, Duration{3}, Duration{1h}, Duration::max()}) {
    const Distribution distribution = Distribution::uniform(Duration{1}, high);
    for (std::uint64_t n = 0; n < 1000; ++n) {
      const Duration sample = distribution.sample(kStream, n);
      REQUIRE(sample >= Duration{1});
      REQUIRE(sample <= std::min(high, Distribution::kLongest));
    }
  }
}

TEST_CASE("the extreme draws give a uniform's bounds themselves") {
  for (const Duration high : {Duration{1}, Duration{3}, Duration{1h}, Duration{24h * 36500}}) {
    const Distribution distribution = Distribution::uniform(Duration{1}, high);
    CHECK(distribution.minimum() == Duration{1});
    CHECK(distribution.quantile(RandomStream::kUniformMax) == high);
  }
}

// What makes an audit of last year comparable with today's. If this test fails, the algorithm has changed, or a
// compiler has contracted or reordered floating-point operations: do not mend it by pasting in the new numbers without
// saying so.
TEST_CASE("known samples: every compiler and platform gives these very numbers") {
  const RandomStream stream = RandomStream::root(42, 7).child("fleet-eu").child(1234);
  constexpr std::array<std::uint64_t, 4> kBits = {0x674E5E77DC079818, 0x7DFFC39908E015C3, 0xEA062EBF3C837222,
                                                  0xB134C7C90DCE3127};
  for (std::size_t n = 0; n < kBits.size(); ++n) {
    CHECK(stream.bits(n) == kBits[n]);
  }

  constexpr std::array<std::array<std::int64_t, 4>, 7> kSamples = {{{5000000, 5000000, 5000000, 5000000},
                                                                    {842123740, 895310340, 1148494103, 1015326969},
                                                                    {1860272533, 2439489256, 8838840088, 4242034060},
                                                                    {16187327, 19663459, 65336681, 30896339},
                                                                    {55116083, 59608134, 87336107, 70042580},
                                                                    {4205477255, 6194268890, 38967195441, 13653386957},
                                                                    {3000000, 3000000, 10000000, 7000000}}};
  const std::vector<Distribution> distributions = one_of_each_kind();
  for (std::size_t kind = 0; kind < kSamples.size(); ++kind) {
    for (std::size_t n = 0; n < 4; ++n) {
      INFO("kind " << kind << ", draw " << n);
      CHECK(distributions[kind].sample(stream, n).count() == kSamples[kind][n]);
    }
  }

  // Every bit of a million samples, of durations long enough for the last digits of a double to show.
  std::uint64_t digest = 0;
  for (const Distribution& distribution :
       {Distribution::exponential(24h * 3650), Distribution::lognormal(24h * 365, 24h * 36500),
        Distribution::normal(24h * 3650, 24h * 1000), Distribution::weibull(0.8, 24h * 3650)}) {
    for (std::uint64_t n = 0; n < 250'000; ++n) {
      digest = (digest ^ static_cast<std::uint64_t>(distribution.sample(stream, n).count())) * 0x9E3779B97F4A7C15;
      digest ^= digest >> 32;
    }
  }
  CHECK(digest == 0xD10439305773A340);
}
