#include "credsim/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace credsim {
namespace {

constexpr double kMiss = 0.05;  // of 95 %
constexpr std::size_t kMostGroups = 500;
constexpr std::size_t kResamples = 2'000;

double mean_of(std::span<const double> samples) {
  return std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
}

/// Source: any text on simulation output analysis, e.g. Law, "Simulation Modeling and Analysis", section 9.4.1.
Interval students_t(std::span<const double> samples, double mean) {
  const auto count = static_cast<double>(samples.size());
  double squares = 0;
  for (const double sample : samples) squares += (sample - mean) * (sample - mean);
  const boost::math::students_t distribution(count - 1);
  const double half_width = boost::math::quantile(boost::math::complement(distribution, kMiss / 2)) *
                            std::sqrt(squares / (count - 1) / count);
  return {mean - half_width, mean + half_width};
}

std::optional<Interval> interval_of_equals(double value, std::uint32_t runs, Quantity quantity) {
  if (value == 0 && quantity == Quantity::amount) return std::nullopt;
  if (value == 0) return share_of_runs(0, runs);
  if (value == 1 && quantity == Quantity::share) return share_of_runs(runs, runs);
  return Interval{value, value};
}

/// Means of at most kMostGroups groups of neighbours, ascending.
std::vector<double> sorted_groups(std::span<const double> samples) {
  const std::size_t groups = std::min(samples.size(), kMostGroups);
  std::vector<double> means;
  means.reserve(groups);
  for (std::size_t i = 0; i < groups; ++i) {
    const std::size_t begin = i * samples.size() / groups;
    means.push_back(mean_of(samples.subspan(begin, (i + 1) * samples.size() / groups - begin)));
  }
  std::sort(means.begin(), means.end());
  return means;
}

double at_rank(std::vector<double>& values, std::size_t rank) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

}  // namespace

Interval share_of_runs(std::uint32_t happened_in, std::uint32_t runs) {
  using Binomial = boost::math::binomial_distribution<>;
  const double miss = happened_in == 0 || happened_in == runs ? kMiss : kMiss / 2;
  return {Binomial::find_lower_bound_on_p(runs, happened_in, miss),
          Binomial::find_upper_bound_on_p(runs, happened_in, miss)};
}

Estimator::Estimator(std::uint64_t seed) : stream_(RandomStream::root(seed, 0).child("weights of runs")) {}

Estimate Estimator::mean(std::span<const double> samples, Quantity quantity) {
  const auto nonzero = samples.size() - static_cast<std::size_t>(std::count(samples.begin(), samples.end(), 0.0));
  Estimate estimate{mean_of(samples), std::nullopt, static_cast<std::uint32_t>(nonzero)};
  if (samples.size() < 2) return estimate;
  const auto [least, most] = std::minmax_element(samples.begin(), samples.end());
  if (*least == *most) {
    // Their sum, divided, may differ from them by a rounding.
    estimate.mean = *least;
    estimate.interval = interval_of_equals(*least, static_cast<std::uint32_t>(samples.size()), quantity);
    return estimate;
  }
  const Interval symmetric = students_t(samples, estimate.mean);
  const Interval skewed = bootstrap(samples);
  Interval interval{std::min(symmetric.low, skewed.low), std::max(symmetric.high, skewed.high)};
  if (*least >= 0) interval.low = std::max(interval.low, 0.0);
  if (quantity == Quantity::share) interval.high = std::min(interval.high, 1.0);
  estimate.interval = interval;
  return estimate;
}

Interval Estimator::bootstrap(std::span<const double> samples) {
  const std::vector<double> runs = sorted_groups(samples);
  draw_weights(runs.size());
  const double least = runs.front();
  const double range = runs.back() - least;
  std::vector<double> low(kResamples);
  std::vector<double> high(kResamples);
  for (std::size_t i = 0; i < kResamples; ++i) {
    const auto weights = std::span(weights_).subspan(i * columns_, runs.size() + 1);
    double total = weights.front();
    double sum = 0;
    for (std::size_t run = 0; run < runs.size(); ++run) {
      total += weights[run + 1];
      sum += weights[run + 1] * (runs[run] - least);
    }
    low[i] = least + sum / total;
    high[i] = least + (sum + weights.front() * range) / total;
  }
  constexpr auto kOutside = static_cast<std::size_t>(kResamples * kMiss / 2);
  return {at_rank(low, kOutside), at_rank(high, kResamples - 1 - kOutside)};
}

/// Exponential, so that any of them, divided by their sum, are uniform over all ways to share out a weight of 1.
void Estimator::draw_weights(std::size_t runs) {
  if (runs < columns_) return;
  columns_ = runs + 1;
  weights_.resize(kResamples * columns_);
  for (std::size_t i = 0; i < kResamples; ++i) {
    const RandomStream resample = stream_.child(i);
    for (std::size_t j = 0; j < columns_; ++j) weights_[i * columns_ + j] = -std::log(resample.uniform(j));
  }
}

}  // namespace credsim
