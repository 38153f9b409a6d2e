#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "credsim/record.hpp"
#include "credsim/scenario.hpp"
#include "credsim/threshold.hpp"

namespace credsim {

/// One number of a summary. `metric` has its statistic behind a dot: "credential_gap_seconds.p99".
struct SummaryValue {
  std::string metric;
  Labels labels;
  double value = 0;
};

/// What one replication measured, under the names of metric.hpp: the counters of its cells, ready to be asked.
class Measurements {
 public:
  /// Precondition: one result for each of the scenario's cells.
  Measurements(const Scenario& scenario, std::span<const CellResult> cells);

  /// The value over every label set that matches `selector`: counts are added up, histograms merged, ratios divided
  /// after adding up, and of limits the worst is taken. Nothing if there are no samples (a histogram's quantile, a
  /// ratio over nothing); `.count` and `.sum` and plain counters are 0 then, and so is every statistic of what need not
  /// happen (Metric::possible_with). Infinite for the first refusal of a limit that never refused. Precondition: metric
  /// and statistic exist (the scenario reader has checked them).
  [[nodiscard]] std::optional<double> value(std::string_view metric, std::string_view statistic,
                                            std::span<const std::pair<std::string, std::string>> selector) const;

  /// Every value at its finest labels, then over all labels (no labels) for each metric and statistic with samples. In
  /// the order of kMetrics; deterministic. A reason that never occurred has no value at its labels: it counts as 0.
  [[nodiscard]] std::vector<SummaryValue> summary() const;

  /// Every limit of every cell, in the order of LimitUsage::comes_before().
  [[nodiscard]] const std::vector<LimitUsage>& limits() const { return limits_; }

  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  struct Counter {
    std::string_view metric;
    Labels labels;
    double value;
  };
  struct Histogram {
    std::string_view metric;
    Labels labels;
    LogHistogram samples;
  };
  struct Ratio {
    std::string_view metric;
    Labels labels;
    double numerator;
    double denominator;
  };

  void add_resource(const Scenario& scenario, std::size_t index, std::span<const CellResult> cells);
  void add_workload(const Workload& workload, const Labels& of_resource, const WorkloadCounters& counters);
  void add_gauge(const GaugeSummary& gauge);
  [[nodiscard]] LogHistogram merged(std::string_view metric,
                                    std::span<const std::pair<std::string, std::string>> selector) const;

  std::vector<Counter> counters_;
  std::vector<Histogram> histograms_;
  std::vector<Ratio> ratios_;
  std::vector<GaugeSummary> gauges_;
  std::vector<LimitUsage> limits_;
  std::uint64_t events_ = 0;
};

/// A threshold, judged. One without samples misses; a limit that never refused did so later than any time.
struct ThresholdResult {
  const Threshold* threshold;
  std::optional<double> observed;  ///< nothing: no samples, or never
  bool passed;
};
[[nodiscard]] std::vector<ThresholdResult> judge(std::span<const Threshold> thresholds,
                                                 const Measurements& measurements);

}  // namespace credsim
