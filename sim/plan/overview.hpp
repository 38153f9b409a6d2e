#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "credsim/measurements.hpp"
#include "credsim/replications.hpp"

namespace credsim {

/// Folds replications into what a ReplicationsResult says of them, in any order and with the same result: one number is
/// kept for each replication and value, and no histograms. Not thread-safe.
class Overview {
 public:
  explicit Overview(const Scenario& scenario);

  void add(std::uint32_t replication, const Measurements& measurements, std::span<const ThresholdResult> judged,
           SimTime ended);

  [[nodiscard]] bool empty() const { return counted_ == 0; }

  /// Sets `counted`, `ended`, `estimates`, `limits` and `thresholds`.
  void write_to(ReplicationsResult& result) const;

 private:
  using Samples = std::map<std::uint32_t, double>;  ///< by replication
  struct Key {
    std::size_t metric;  ///< index in kMetrics
    Labels labels;
    std::string name;  ///< of the metric, with its statistic
    auto operator<=>(const Key&) const = default;
  };
  struct Judgement {
    Samples observed;
    std::uint32_t missed = 0;
  };

  [[nodiscard]] std::vector<double> values_of(const Samples& samples, bool missing_is_zero) const;

  const Scenario& scenario_;
  std::uint32_t counted_ = 0;
  SimTime ended_ = kNever;
  std::map<Key, Samples> values_;
  std::vector<Judgement> judgements_;
  std::map<std::string, LimitOverview> limits_;
};

}  // namespace credsim
