#include "report/summary_values.hpp"

#include <algorithm>
#include <map>

namespace credsim::report {

std::optional<Estimate> SummaryValues::total(std::string_view metric) const {
  for (const SummaryEstimate& row : estimates_) {
    if (row.metric != metric || !row.labels.empty()) continue;
    return Estimate{row.mean, row.ci_high ? std::optional(*row.ci_high - row.mean) : std::nullopt};
  }
  return std::nullopt;
}

Estimate SummaryValues::count(std::string_view metric) const {
  return total(metric).value_or(Estimate{});
}

std::vector<SummaryValues::Group> SummaryValues::grouped(std::string_view metric,
                                                         std::span<const std::string_view> names) const {
  std::map<std::vector<std::string>, double> sums;
  for (const SummaryEstimate& row : estimates_) {
    if (row.metric != metric || row.labels.empty() || row.mean == 0) continue;
    std::vector<std::string> key;
    for (const std::string_view name : names) {
      const auto label =
          std::find_if(row.labels.begin(), row.labels.end(), [&](const auto& l) { return l.first == name; });
      key.push_back(label != row.labels.end() ? label->second : "");
    }
    sums[key] += row.mean;
  }
  std::vector<Group> groups(sums.begin(), sums.end());
  std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) { return a.second > b.second; });
  return groups;
}

}  // namespace credsim::report
