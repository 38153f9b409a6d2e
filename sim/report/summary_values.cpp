#include "report/summary_values.hpp"

#include <algorithm>
#include <map>

namespace credsim::report {

std::optional<Estimate> SummaryValues::total(std::string_view metric) const {
  for (const SummaryEstimate& row : estimates_)
    if (row.metric == metric && row.labels.empty()) return row.estimate;
  return std::nullopt;
}

Estimate SummaryValues::count(std::string_view metric) const {
  return total(metric).value_or(Estimate{});
}

std::vector<SummaryValues::Group> SummaryValues::grouped(std::string_view metric,
                                                         std::span<const std::string_view> names) const {
  std::map<std::vector<std::string>, double> sums;
  for (const SummaryEstimate& row : estimates_) {
    if (row.metric != metric || row.labels.empty() || row.estimate.mean == 0) continue;
    std::vector<std::string> key;
    for (const std::string_view name : names) {
      const auto label =
          std::find_if(row.labels.begin(), row.labels.end(), [&](const auto& l) { return l.first == name; });
      key.push_back(label != row.labels.end() ? label->second : "");
    }
    sums[key] += row.estimate.mean;
  }
  std::vector<Group> groups(sums.begin(), sums.end());
  std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) { return a.second > b.second; });
  return groups;
}

std::vector<const SummaryEstimate*> SummaryValues::with(std::string_view metric, const Labels& labels) const {
  std::vector<const SummaryEstimate*> rows;
  for (const SummaryEstimate& row : estimates_)
    if (row.metric == metric && std::includes(row.labels.begin(), row.labels.end(), labels.begin(), labels.end()))
      rows.push_back(&row);
  std::stable_sort(rows.begin(), rows.end(), [](const SummaryEstimate* a, const SummaryEstimate* b) {
    return a->estimate.mean > b->estimate.mean;
  });
  return rows;
}

}  // namespace credsim::report
