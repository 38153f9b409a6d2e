#pragma once

#include <optional>
#include <span>

namespace credsim {

/// A mean over independent replications, with the half-width of its 95 % confidence interval (Student's t).
struct Estimate {
  double mean = 0;
  std::optional<double> half_width;  ///< none with fewer than two samples
};

/// Precondition: `samples` is not empty. Source: any text on simulation output analysis, e.g. Law, "Simulation Modeling
/// and Analysis", section 9.4.1.
[[nodiscard]] Estimate estimate_mean(std::span<const double> samples);

}  // namespace credsim
