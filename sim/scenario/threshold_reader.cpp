#include "scenario/threshold_reader.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "credsim/limit.hpp"
#include "credsim/metric.hpp"

#include "scenario/account_reader.hpp"

namespace credsim {

namespace {

using Names = std::set<std::string_view>;
using Selector = std::span<const std::pair<std::string, std::string>>;

constexpr std::string_view kLimitsAreListed = "the summary of a run lists them";
constexpr std::string_view kNoSuchLabel = "no limit of this scenario has that label";

/// The values that a label can have in this scenario; none for a label whose values are the model's.
Names values_of_label(std::string_view label, const Scenario& scenario) {
  Names names;
  if (label == "bucket")
    for (const auto& [name, kind] : bucket_words()) names.insert(name);
  if (label == "account" || label == "region")
    for (const Account& account : scenario.accounts) {
      if (label == "account") names.insert(account.id);
      if (label == "region")
        for (const Region& region : account.regions) names.insert(region.name);
    }
  if (label == "resource" || label == "workload")
    for (const Resource& resource : scenario.resources) {
      if (label == "resource") names.insert(resource.name);
      if (label == "workload")
        for (const Workload& workload : resource.workloads) names.insert(workload.name);
    }
  if (label == "kind" || label == "name")
    for (const Fault& fault : scenario.faults) names.insert(label == "kind" ? fault_kind_name(fault.kind) : fault.name);
  return names;
}

/// A selector that selects nothing would miss without saying why. `values` keeps what labels can have.
void check_selector(const Threshold& threshold, const YamlNode& node, std::map<std::string, Names>& values,
                    ReadContext& context) {
  for (const auto& [label, value] : threshold.selector) {
    const auto [entry, is_new] = values.try_emplace(label);
    if (is_new) entry->second = values_of_label(label, context.scenario);
    const Names& names = entry->second;
    if (names.empty() || names.contains(value)) continue;
    const std::vector<std::string_view> known(names.begin(), names.end());
    context.diagnostics.add(node.origin, "threshold: there is no " + label + " " + quoted_text(value) + "; " +
                                             name_suggestion(value, known, "name one that the scenario declares"));
  }
}

/// Whether `name` ends as the limit's name does, in its account and Region.
bool has_place(std::string_view name, const Limit& limit) {
  return name.ends_with(std::string_view(limit.name).substr(limit.short_name().size()));
}

/// The same of limits, as the scenario has them. Capacity metrics speak of fleets that have sessions.
void check_limit_selector(const Threshold& threshold, const YamlNode& node, std::span<const Limit> all,
                          ReadContext& context) {
  std::vector<Limit> limits(all.begin(), all.end());
  if (threshold.metric.starts_with("capacity_"))
    std::erase_if(limits, [](const Limit& limit) { return limit.kind != Limit::Kind::capacity; });
  const auto any_matches = [&](Selector selector) {
    return std::any_of(limits.begin(), limits.end(), [&](const Limit& limit) { return limit.matches(selector); });
  };
  for (const auto& pair : threshold.selector) {
    if (any_matches({&pair, 1})) continue;
    Names names;
    for (const Limit& limit : limits) {
      if (pair.first == "limit") names.insert(has_place(pair.second, limit) ? limit.name : limit.short_name());
      for (const auto& [label, value] : limit.labels)
        if (label == pair.first) names.insert(value);
    }
    const std::vector<std::string_view> known(names.begin(), names.end());
    const std::string what = pair.first == "limit" ? "limit " : "limit with " + pair.first + " ";
    context.diagnostics.add(node.origin,
                            "threshold: there is no " + what + quoted_text(pair.second) + "; " +
                                name_suggestion(pair.second, known, known.empty() ? kNoSuchLabel : kLimitsAreListed));
    return;
  }
  if (any_matches(threshold.selector)) return;
  context.diagnostics.add(node.origin, threshold.selector.empty()
                                           ? "threshold: no fleet has sessions; leave " + threshold.metric + " out"
                                           : "threshold: no limit has all of these labels; leave some of them out");
}

}  // namespace

void read_thresholds(const FieldReader& scenario, ReadContext& context) {
  std::map<std::string, Names> values;
  const bool is_sound = context.diagnostics.empty();  // else a limit may be missing for another mistake
  const std::vector<Limit> limits = is_sound ? limits_of(context.scenario) : std::vector<Limit>{};
  for (const YamlNode& node : scenario.list("thresholds")) {
    const auto text = read_text(node, "a threshold", context.diagnostics);
    if (!text) continue;
    std::string fault;
    auto threshold = parse_threshold(*text, fault);
    if (!threshold) {
      context.diagnostics.add(node.origin, "threshold: " + fault);
      continue;
    }
    threshold->place = scenario_place(node);
    if (find_metric(threshold->metric)->kind != MetricKind::limit)
      check_selector(*threshold, node, values, context);
    else if (is_sound)
      check_limit_selector(*threshold, node, limits, context);
    context.scenario.thresholds.push_back(std::move(*threshold));
  }
}

}  // namespace credsim
