#include "credsim/log_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>

#include "engine/contract.hpp"

namespace credsim {
namespace {

// An octave [2^k, 2^(k+1)) has 128 buckets of equal width. Values below 256 have a bucket each: index and value agree
// there, and each further octave doubles the width: value = significand << scale with a significand in [128, 256).
constexpr std::uint64_t kBucketsPerOctave = 128;
constexpr int kSignificandBits = 8;
constexpr double kMicrosecondsPerSecond = 1e6;

std::size_t bucket_of(Duration value) {
  const auto number = static_cast<std::uint64_t>(value.count());
  const int scale = std::max(0, static_cast<int>(std::bit_width(number)) - kSignificandBits);
  return static_cast<std::size_t>(scale) * kBucketsPerOctave + static_cast<std::size_t>(number >> scale);
}

struct Bucket {
  std::int64_t first;
  std::int64_t last;
};

Bucket bounds_of(std::size_t index) {
  const std::uint64_t scale = index < 2 * kBucketsPerOctave ? 0 : index / kBucketsPerOctave - 1;
  const std::uint64_t first = (index - scale * kBucketsPerOctave) << scale;
  return {static_cast<std::int64_t>(first), static_cast<std::int64_t>(first + ((std::uint64_t{1} << scale) - 1))};
}

}  // namespace

void LogHistogram::record(Duration value, std::uint64_t times) {
  expect(value >= Duration{0}, "a histogram's samples are not negative");
  if (times == 0) {
    return;
  }
  const std::size_t index = bucket_of(value);
  if (index >= buckets_.size()) {
    buckets_.resize((index / kBucketsPerOctave + 1) * kBucketsPerOctave);
  }
  buckets_[index] += times;
  minimum_ = count_ == 0 ? value : std::min(minimum_, value);
  maximum_ = count_ == 0 ? value : std::max(maximum_, value);
  count_ += times;
  sum_ += static_cast<decltype(sum_)>(value.count()) * static_cast<decltype(sum_)>(times);
}

void LogHistogram::merge(const LogHistogram& other) {
  if (other.count_ == 0) {
    return;
  }
  buckets_.resize(std::max(buckets_.size(), other.buckets_.size()));
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) {
    buckets_[i] += other.buckets_[i];
  }
  minimum_ = count_ == 0 ? other.minimum_ : std::min(minimum_, other.minimum_);
  maximum_ = count_ == 0 ? other.maximum_ : std::max(maximum_, other.maximum_);
  count_ += other.count_;
  sum_ += other.sum_;
}

double LogHistogram::sum_seconds() const {
  return static_cast<double>(sum_) / kMicrosecondsPerSecond;
}

Duration LogHistogram::minimum() const {
  expect(count_ > 0, "an empty histogram has no minimum");
  return minimum_;
}

Duration LogHistogram::maximum() const {
  expect(count_ > 0, "an empty histogram has no maximum");
  return maximum_;
}

double LogHistogram::mean_seconds() const {
  expect(count_ > 0, "an empty histogram has no mean");
  return sum_seconds() / static_cast<double>(count_);
}

Duration LogHistogram::quantile(double q) const {
  expect(count_ > 0, "an empty histogram has no quantiles");
  expect(q > 0 && q <= 1, "a quantile is asked for a share in (0, 1]");
  const auto rank = std::min(count_, static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  std::size_t index = 0;
  while ((seen += buckets_[index]) < rank) {
    ++index;
  }
  const Bucket bucket = bounds_of(index);
  return std::clamp(Duration{bucket.first + (bucket.last - bucket.first) / 2}, minimum_, maximum_);
}

std::uint64_t LogHistogram::count_at_most(Duration bound) const {
  if (count_ == 0 || bound < minimum_) {
    return 0;
  }
  if (bound >= maximum_) {
    return count_;
  }
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size() && bounds_of(i).last <= bound.count(); ++i) {
    seen += buckets_[i];
  }
  return seen;
}

}  // namespace credsim
