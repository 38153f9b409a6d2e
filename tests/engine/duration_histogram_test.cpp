#include "credsim/duration_histogram.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "credsim/random.hpp"

#include "test_support/catch.hpp"

using namespace credsim;
using namespace std::chrono_literals;

namespace {

constexpr std::array<Duration, 4> kBounds = {Duration{}, 1s, 5min, 1h};

}  // namespace

TEST_CASE("a sample belongs to the first bound that it does not exceed, and to none above the last") {
  DurationHistogram histogram(kBounds);
  for (const Duration sample : {Duration{}, Duration{1}, Duration{1s}, Duration{1s} + Duration{1}, Duration{5min},
                                Duration{1h}, Duration{1h} + Duration{1}})
    histogram.record(sample);
  CHECK(std::ranges::equal(histogram.counts(), std::vector<std::uint64_t>{1, 2, 2, 1}));
  CHECK(histogram.samples().count() == 7);
}

TEST_CASE("bounds of a duration histogram count as a list of all samples does, and merging adds them up") {
  constexpr std::uint64_t kSeed = 20261126;
  INFO("seed " << kSeed);
  const RandomStream draws = RandomStream::root(kSeed, 0);
  DurationHistogram one(kBounds);
  DurationHistogram other(kBounds);
  std::vector<Duration> samples;
  for (std::uint64_t n = 0; n < 10'000; ++n) {
    samples.emplace_back(static_cast<std::int64_t>(draws.bits(2 * n) >> (30 + draws.bits(2 * n + 1) % 34)));
    (n % 3 == 0 ? one : other).record(samples.back());
  }
  one.merge(other);
  std::uint64_t at_most = 0;
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    at_most += one.counts()[i];
    CHECK(at_most == static_cast<std::uint64_t>(
                         std::ranges::count_if(samples, [&](Duration sample) { return sample <= kBounds[i]; })));
  }
  CHECK(one.samples().count() == samples.size());
}

TEST_CASE("a histogram from which its mark is taken off is one of the later samples alone") {
  constexpr std::uint64_t kSeed = 20261201;
  INFO("seed " << kSeed);
  const RandomStream draws = RandomStream::root(kSeed, 0);
  const std::uint64_t before = GENERATE(0, 1, 500);
  const std::uint64_t after = GENERATE(0, 1, 500);
  const auto sample = [&](std::uint64_t n) {
    return Duration{static_cast<std::int64_t>(draws.bits(2 * n) >> (30 + draws.bits(2 * n + 1) % 34))};
  };
  DurationHistogram all(kBounds);
  DurationHistogram later(kBounds);
  for (std::uint64_t n = 0; n < before; ++n) all.record(sample(n));
  const DurationHistogram marked = all.mark();
  CHECK(marked.samples().count() == before);
  for (std::uint64_t n = before; n < before + after; ++n) {
    all.record(sample(n));
    later.record(sample(n));
  }
  CHECK(all.samples().count() == before + after);
  all.take_off(marked);
  CHECK(std::ranges::equal(all.counts(), later.counts()));
  REQUIRE(all.samples().count() == after);
  CHECK(all.samples().sum_seconds() == later.samples().sum_seconds());
  if (after == 0) return;
  CHECK(all.samples().minimum() == later.samples().minimum());
  CHECK(all.samples().maximum() == later.samples().maximum());
  for (const double q : {0.01, 0.5, 0.99, 1.0}) CHECK(all.samples().quantile(q) == later.samples().quantile(q));
}
