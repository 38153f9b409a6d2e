#include "scenario/threshold_reader.hpp"

#include <map>
#include <set>

#include "scenario/account_reader.hpp"

namespace credsim {

namespace {

using Names = std::set<std::string_view>;

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

}  // namespace

void read_thresholds(const FieldReader& scenario, ReadContext& context) {
  std::map<std::string, Names> values;
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
    check_selector(*threshold, node, values, context);
    context.scenario.thresholds.push_back(std::move(*threshold));
  }
}

}  // namespace credsim
