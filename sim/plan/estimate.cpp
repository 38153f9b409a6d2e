#include "credsim/estimate.hpp"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/students_t.hpp>

namespace credsim {

Estimate estimate_mean(std::span<const double> samples) {
  const auto count = static_cast<double>(samples.size());
  double sum = 0;
  for (const double sample : samples) sum += sample;
  Estimate estimate{sum / count, std::nullopt};
  if (samples.size() < 2) return estimate;
  // Equal samples have no spread; their sum, divided, may differ from them by a rounding.
  if (std::ranges::all_of(samples, [&](double sample) { return sample == samples.front(); }))
    return {samples.front(), 0};

  double squares = 0;
  for (const double sample : samples) squares += (sample - estimate.mean) * (sample - estimate.mean);
  const double standard_error = std::sqrt(squares / (count - 1) / count);
  const boost::math::students_t distribution(count - 1);
  estimate.half_width = boost::math::quantile(boost::math::complement(distribution, 0.025)) * standard_error;
  return estimate;
}

}  // namespace credsim
