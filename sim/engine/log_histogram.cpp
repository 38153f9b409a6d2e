#include "credsim/log_histogram.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "engine/contract.hpp"

namespace credsim {
namespace {

constexpr double kMicrosecondsPerSecond = 1e6;

}  // namespace

LogHistogram::Bounds LogHistogram::bounds_of(std::size_t index) {
  const std::uint64_t scale = index < 2 * kBucketsPerOctave ? 0 : index / kBucketsPerOctave - 1;
  const std::uint64_t first = (index - scale * kBucketsPerOctave) << scale;
  return {static_cast<std::int64_t>(first), static_cast<std::int64_t>(first + ((std::uint64_t{1} << scale) - 1))};
}

void LogHistogram::record(Duration value, std::uint64_t times) {
  if (times == 0) {
    return;
  }
  record(value);
  buckets_[bucket_of(value)] += times - 1;
  count_ += times - 1;
  sum_ += static_cast<decltype(sum_)>(value.count()) * static_cast<decltype(sum_)>(times - 1);
}

void LogHistogram::make_room(std::size_t index) {
  expect(index <= bucket_of(Duration::max()), "a histogram's samples are not negative");
  buckets_.resize((index / kBucketsPerOctave + 1) * kBucketsPerOctave);
}

void LogHistogram::merge(const LogHistogram& other) {
  if (other.count_ == 0) {
    return;
  }
  buckets_.resize(std::max(buckets_.size(), other.buckets_.size()));
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) {
    buckets_[i] += other.buckets_[i];
  }
  minimum_ = std::min(minimum_, other.minimum_);
  maximum_ = std::max(maximum_, other.maximum_);
  count_ += other.count_;
  sum_ += other.sum_;
}

LogHistogram LogHistogram::mark() {
  LogHistogram marked = *this;
  minimum_ = Duration::max();
  maximum_ = Duration{};
  return marked;
}

void LogHistogram::take_off(const LogHistogram& marked) {
  expect(marked.count_ <= count_ && marked.buckets_.size() <= buckets_.size(), "what is taken off was recorded before");
  for (std::size_t i = 0; i < marked.buckets_.size(); ++i) {
    buckets_[i] -= marked.buckets_[i];
  }
  count_ -= marked.count_;
  sum_ -= marked.sum_;
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
  const Bounds bucket = bounds_of(index);
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
