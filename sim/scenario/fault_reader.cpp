#include "scenario/fault_reader.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "scenario/account_reader.hpp"
#include "scenario/distribution_reader.hpp"
#include "scenario/fault_parameters.hpp"
#include "scenario/policy_reader.hpp"
#include "scenario/references.hpp"

namespace credsim {

namespace {

std::array<Word<FaultKind>, kFaultKinds> kind_words() {
  std::array<Word<FaultKind>, kFaultKinds> words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto kind = static_cast<FaultKind>(i);
    words[i] = {fault_kind_name(kind), kind};
  }
  return words;
}

void check_parameters(const FieldReader& fields, FaultKind kind, Diagnostics& diagnostics) {
  const std::vector<Key> has = fault_parameters(kind);
  std::string list;
  for (const Key& parameter : has) {
    list += (list.empty() ? "" : ", ") + std::string(parameter.name);
    if (parameter.required && !fields.has(parameter.name))
      diagnostics.add(fields.node().origin, "a fault of kind " + std::string(fault_kind_name(kind)) + " needs " +
                                                quoted_text(parameter.name) + "; add it");
  }
  for (const std::string_view key : kFaultParameters) {
    const bool is_known =
        std::any_of(has.begin(), has.end(), [key](const Key& parameter) { return parameter.name == key; });
    if (fields.find(key) != nullptr && !is_known)
      diagnostics.add(fields.origin_of(key),
                      "a fault of kind " + std::string(fault_kind_name(kind)) + " has no " + quoted_text(key) + "; " +
                          (list.empty() ? "it has no parameters" : "its parameters are " + list));
  }
}

/// True if `resource` is in the account and Region that the scope gives.
bool is_within(const FaultScope& scope, const Resource& resource, const Scenario& scenario) {
  if (scope.account && resource.account != *scope.account) return false;
  if (!scope.region) return true;
  // What a resource with an account or Region that is wrong lies in is not known.
  if (resource.account >= scenario.accounts.size()) return false;
  const std::vector<Region>& regions = scenario.accounts[resource.account].regions;
  return resource.region < regions.size() && regions[resource.region].name == *scope.region;
}

/// The resource that `resource` names, within the account and Region that the scope gives.
std::optional<std::size_t> read_resource_reference(const YamlNode& node, const FaultScope& scope,
                                                   ReadContext& context) {
  if (!read_text(node, "resource", context.diagnostics)) return std::nullopt;
  const auto [first, last] = context.resources.equal_range(node.text);
  std::vector<std::size_t> matches;
  for (auto match = first; match != last; ++match)
    if (is_within(scope, context.scenario.resources[match->second], context.scenario)) matches.push_back(match->second);
  if (matches.size() == 1) return matches.front();
  if (matches.size() > 1) {
    add_value_fault(node, "resource", "names several; give the account and the region too", context.diagnostics);
    return std::nullopt;
  }
  if (first != last) {
    add_value_fault(node, "resource", "is in another account or Region than this fault; leave those out",
                    context.diagnostics);
    return std::nullopt;
  }
  std::vector<std::string_view> names;
  if (!context.diagnostics.full())
    for (const auto& [name, index] : context.resources) names.push_back(name);
  context.diagnostics.add(node.origin, "there is no fleet or image builder " + quoted_text(node.text) + "; " +
                                           name_suggestion(node.text, names, "declare it under fleets"));
  return std::nullopt;
}

void read_region(const YamlNode& node, FaultScope& scope, ReadContext& context) {
  if (!read_text(node, "region", context.diagnostics)) return;
  std::set<std::string, std::less<>> of_account;
  if (scope.account)
    for (const Region& region : context.scenario.accounts[*scope.account].regions) of_account.insert(region.name);
  const auto& known = scope.account ? of_account : context.regions;
  if (known.contains(node.text)) {
    scope.region = node.text;
    return;
  }
  const std::vector<std::string_view> names(known.begin(), known.end());
  context.diagnostics.add(node.origin, "there is no Region " + quoted_text(node.text) + "; " +
                                           name_suggestion(node.text, names, "declare it under an account's regions"));
}

/// A share in (0, 1].
void read_positive_share(const FieldReader& fields, std::string_view key, double& target, Diagnostics& diagnostics) {
  fields.share(key, target);
  if (target <= 0) add_value_fault(*fields.find(key), key, "is nothing; write more, up to 1", diagnostics);
}

void read_scope(const FieldReader& fields, FaultScope& scope, ReadContext& context) {
  scope.account = read_account_reference(fields, "account", context);
  if (const YamlNode* region = fields.find("region")) read_region(*region, scope, context);
  if (const YamlNode* resource = fields.find("resource"))
    scope.resource = read_resource_reference(*resource, scope, context);
  scope.role = read_role_reference(fields, "role", scope.account, context);
  if (fields.find("instances") != nullptr) {
    double share = 1;
    read_positive_share(fields, "instances", share, context.diagnostics);
    scope.instances = share;
  }
}

void read_factor(const FieldReader& fields, Fault& fault, Diagnostics& diagnostics) {
  constexpr double kGreatest = 1e6;
  const auto factor = fields.scalar<double>("factor", parse_number);
  if (!factor) return;
  fault.factor = *factor;
  if (*factor <= 0 || *factor > kGreatest)
    add_value_fault(*fields.find("factor"), "factor", "is out of range; it must be more than 0, and at most 1e6",
                    diagnostics);
}

void read_offset(const FieldReader& fields, Fault& fault, Diagnostics& diagnostics) {
  const auto offset = fields.scalar<Duration>("offset", parse_signed_duration);
  if (!offset) return;
  fault.offset = *offset;
  if (*offset == Duration::zero() || *offset > kLongestDuration || *offset < -kLongestDuration)
    add_value_fault(*fields.find("offset"), "offset", "is nothing or beyond ten years; write it as 5m or -5m",
                    diagnostics);
}

void read_parameters(const FieldReader& fields, Fault& fault, ReadContext& context) {
  read_positive_share(fields, "share", fault.share, context.diagnostics);
  read_factor(fields, fault, context.diagnostics);
  const auto buckets = bucket_words();
  fields.word<BucketKind>("bucket", fault.bucket, buckets);
  fault.rate = fields.scalar<Rate>("rate", parse_rate);
  if (fields.find("burst") != nullptr) {
    std::int64_t burst = 1;
    fields.integer("burst", burst, 1, kLargestBurst);
    fault.burst = burst;
  }
  fields.name("service", fault.service);
  read_offset(fields, fault, context.diagnostics);
  fault.trust_policy = read_policy(fields, "trust_policy", iam::PolicyKind::trust, context);
  if (fields.find("policies") != nullptr) {
    std::vector<SourcePlace> places;
    read_policies(fields, "policies", iam::PolicyKind::identity, fault.policies, places, context);
  }
  read_distribution(fields, "propagation", fault.propagation, context);
}

Fault read_fault(const YamlNode& node, ReadContext& context) {
  const FieldReader fields(node, "a fault", keys::kFault, context.diagnostics);
  Fault fault;
  fault.place = scenario_place(node);
  fields.name("name", fault.name);
  const auto words = kind_words();
  fields.word<FaultKind>("kind", fault.kind, words);
  fields.moment("at", context.start, fault.at);
  Duration length{};
  fields.positive_duration("for", length);
  // What was revoked stays so.
  if (length > Duration::zero() && fault.kind != FaultKind::sessions_revoked) fault.until = fault.at + length;

  const YamlNode* kind = fields.find("kind");
  if (kind != nullptr && kind->text == fault_kind_name(fault.kind))
    check_parameters(fields, fault.kind, context.diagnostics);
  read_scope(fields, fault.scope, context);
  read_parameters(fields, fault, context);
  if (fault.kind == FaultKind::instance_loss && !fields.has("share") && !fields.has("instances"))
    context.diagnostics.add(node.origin, "a fault of kind instance_loss needs \"share\" or \"instances\"; add one");
  return fault;
}

}  // namespace

void read_faults(const FieldReader& scenario, ReadContext& context) {
  std::set<std::string> names;
  for (const YamlNode& node : scenario.list("faults")) {
    Fault fault = read_fault(node, context);
    if (!fault.name.empty() && !names.insert(fault.name).second)
      context.diagnostics.add(node.origin,
                              "fault " + quoted_text(fault.name) + " is there already; give each its own name");
    context.scenario.faults.push_back(std::move(fault));
  }
}

}  // namespace credsim
