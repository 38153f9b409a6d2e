#include "credsim/log_histogram.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "credsim/random.hpp"

#include "test_support/catch.hpp"

using namespace credsim;
using namespace std::chrono_literals;

namespace {

/// Durations over all magnitudes, from a microsecond to a century.
std::vector<Duration> drawn_samples(std::uint64_t seed, std::size_t count) {
  const RandomStream draws = RandomStream::root(seed, 0);
  std::vector<Duration> samples;
  for (std::uint64_t n = 0; n < count; ++n) {
    samples.emplace_back(static_cast<std::int64_t>(std::exp2(51 * draws.uniform(n))));
  }
  return samples;
}

LogHistogram histogram_of(const std::vector<Duration>& samples) {
  LogHistogram histogram;
  for (const Duration sample : samples) {
    histogram.record(sample);
  }
  return histogram;
}

void check_equal(const LogHistogram& a, const LogHistogram& b) {
  CHECK(a.count() == b.count());
  CHECK(a.sum_seconds() == b.sum_seconds());
  CHECK(a.minimum() == b.minimum());
  CHECK(a.maximum() == b.maximum());
  for (const double q : {0.001, 0.1, 0.5, 0.9, 0.99, 1.0}) {
    CHECK(a.quantile(q) == b.quantile(q));
  }
}

}  // namespace

TEST_CASE("every quantile is within 0.4 % of the sample it stands for") {
  std::vector<Duration> samples = drawn_samples(3, 100'000);
  const LogHistogram histogram = histogram_of(samples);
  std::sort(samples.begin(), samples.end());
  for (std::size_t rank = 1; rank <= samples.size(); rank += 37) {
    // Half a rank down, so that rounding of the product does not decide.
    const double q = (static_cast<double>(rank) - 0.5) / static_cast<double>(samples.size());
    const double exact = static_cast<double>(samples[rank - 1].count());
    REQUIRE(std::abs(static_cast<double>(histogram.quantile(q).count()) - exact) <= 0.004 * exact);
  }
}

TEST_CASE("durations below 256 microseconds are kept exactly") {
  LogHistogram histogram;
  for (std::int64_t value = 0; value < 256; ++value) {
    histogram.record(Duration{value});
  }
  for (std::int64_t value = 0; value < 256; ++value) {
    CHECK(histogram.quantile(static_cast<double>(value + 1) / 256) == Duration{value});
    CHECK(histogram.count_at_most(Duration{value}) == static_cast<std::uint64_t>(value + 1));
  }
}

TEST_CASE("each value's midpoint is within 0.4 % at both sides of every power of two") {
  for (int power = 7; power < 63; ++power) {
    for (const std::int64_t offset : {-1, 0, 1}) {
      const Duration value{(std::int64_t{1} << power) + offset};
      LogHistogram histogram;
      // Neighbours on both sides keep the midpoint from being cut to the extremes.
      histogram.record(Duration{0});
      histogram.record(value, 3);
      histogram.record(Duration::max());
      INFO("2^" << power << " + " << offset);
      const double exact = static_cast<double>(value.count());
      CHECK(std::abs(static_cast<double>(histogram.quantile(0.5).count()) - exact) <= 0.004 * exact);
    }
  }
}

TEST_CASE("count, sum, minimum and maximum are exact") {
  LogHistogram histogram;
  CHECK(histogram.count() == 0);
  CHECK(histogram.sum_seconds() == 0);
  histogram.record(1h + 1us);
  histogram.record(3s);
  histogram.record(20min, 4);
  CHECK(histogram.count() == 6);
  CHECK(histogram.minimum() == 3s);
  CHECK(histogram.maximum() == 1h + 1us);
  CHECK(histogram.sum_seconds() == Approx(3600.000001 + 3 + 4800).epsilon(1e-15));
  CHECK(histogram.mean_seconds() == Approx(8403.000001 / 6).epsilon(1e-15));
}

TEST_CASE("recording a sample no times is not recording it") {
  LogHistogram histogram;
  histogram.record(5s, 0);
  CHECK(histogram.count() == 0);
  histogram.record(7s);
  histogram.record(1us, 0);
  CHECK(histogram.minimum() == 7s);
}

TEST_CASE("a sum beyond 64 bits of microseconds is kept") {
  LogHistogram histogram;
  histogram.record(Duration::max(), 1000);
  CHECK(histogram.sum_seconds() == Approx(9.223372036854775807e15));
  CHECK(histogram.quantile(1) <= Duration::max());
}

TEST_CASE("quantiles stay within the extremes, so a single sample is its own quantile") {
  LogHistogram histogram;
  histogram.record(123456789us);
  CHECK(histogram.quantile(0.01) == 123456789us);
  CHECK(histogram.quantile(1) == 123456789us);
}

TEST_CASE("merging histograms in any order is recording all samples in one") {
  const std::vector<Duration> first = drawn_samples(1, 1000);
  const std::vector<Duration> second = drawn_samples(2, 10);
  std::vector<Duration> all = first;
  all.insert(all.end(), second.begin(), second.end());
  const LogHistogram expected = histogram_of(all);

  LogHistogram forwards = histogram_of(first);
  forwards.merge(histogram_of(second));
  check_equal(forwards, expected);
  LogHistogram backwards;
  backwards.merge(LogHistogram{});
  backwards.merge(histogram_of(second));
  backwards.merge(histogram_of(first));
  backwards.merge(LogHistogram{});
  check_equal(backwards, expected);
}

TEST_CASE("count_at_most leaves out the bucket that straddles its bound, and never counts too many") {
  std::vector<Duration> samples = drawn_samples(4, 20'000);
  const LogHistogram histogram = histogram_of(samples);
  std::sort(samples.begin(), samples.end());
  const auto exact = [&](Duration bound) {
    return static_cast<std::uint64_t>(std::upper_bound(samples.begin(), samples.end(), bound) - samples.begin());
  };
  for (std::size_t i = 0; i < samples.size(); i += 13) {
    const Duration bound = samples[i];
    REQUIRE(histogram.count_at_most(bound) <= exact(bound));
    REQUIRE(histogram.count_at_most(bound) >= exact(Duration{bound.count() - bound.count() / 127}));
  }
  CHECK(histogram.count_at_most(samples.back()) == samples.size());
  CHECK(histogram.count_at_most(samples.front() - 1us) == 0);
  CHECK(LogHistogram{}.count_at_most(1h) == 0);
}
