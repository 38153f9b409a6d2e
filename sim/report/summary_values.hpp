#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "credsim/audit_store.hpp"
#include "credsim/estimate.hpp"

namespace credsim::report {

/// A view of a summary's values that is asked for totals and for shares by label. Counters that are not there are 0.
class SummaryValues {
 public:
  /// `runs` is the number of replications that the estimates are over.
  SummaryValues(std::span<const SummaryEstimate> estimates, std::uint32_t runs) : estimates_(estimates), runs_(runs) {}

  [[nodiscard]] std::uint32_t runs() const { return runs_; }

  /// Over all labels; nothing if there are no samples. `metric` has its statistic: "credential_gap_seconds.max".
  [[nodiscard]] std::optional<Estimate> total(std::string_view metric) const;
  /// The same for a counter.
  [[nodiscard]] Estimate count(std::string_view metric) const;

  /// A counter's means added up by the values of the labels `names`, largest first, without zeros. (Means of sums are
  /// sums of means; intervals do not add up, so there are none.)
  using Group = std::pair<std::vector<std::string>, double>;
  [[nodiscard]] std::vector<Group> grouped(std::string_view metric, std::span<const std::string_view> names) const;

  /// The estimates at the label sets that have all of `labels`, largest first.
  [[nodiscard]] std::vector<const SummaryEstimate*> with(std::string_view metric, const Labels& labels) const;

 private:
  std::span<const SummaryEstimate> estimates_;
  std::uint32_t runs_;
};

}  // namespace credsim::report
