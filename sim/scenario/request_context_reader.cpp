#include "scenario/request_context_reader.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "iam/global_keys.hpp"
#include "iam/policy_string.hpp"
#include "iam/wildcard.hpp"

namespace credsim {
namespace {

using Entry = iam::RequestContext::Entry;

constexpr std::string_view kAbsent = "absent";

/// Why the scenario cannot give `key`: the simulator knows what AWS sends. Empty if it can.
std::string_view why_not(std::string_view key) {
  const iam::GlobalKey* known = iam::find_global_key(key);
  if (known == nullptr) return {};
  if (known->name == "aws:SourceIp") return "is the address that AWS sees; leave it out, and give the fleet's egress";
  if (known->name == "aws:SourceVpce" || known->name == "aws:VpcSourceIp")
    return "comes from the VPC endpoint and the instance; leave it out, and give vpc_endpoint";
  if (known->name == "aws:PrincipalTag/") return "comes from the role's tags; leave it out, and give those";
  const bool sent = known->in_session == iam::Carried::always || known->in_service == iam::Carried::always;
  if (!sent || known->name == "aws:ResourceAccount") return {};
  return "is sent by AWS with a value that the simulator knows; leave it out";
}

bool is_key(const YamlNode& key, Diagnostics& diagnostics) {
  const auto refuse = [&](std::string_view fault) {
    add_value_fault(key, "condition key", fault, diagnostics);
    return false;
  };
  if (!iam::is_condition_key(key.text)) return refuse("has not the form of one; write service:key, such as s3:prefix");
  if (const std::string_view fault = why_not(key.text); !fault.empty()) return refuse(fault);
  if (iam::may_exist(key.text)) return true;
  std::vector<std::string_view> names;
  for (const iam::GlobalKey& known : iam::global_keys()) names.push_back(known.name);
  return refuse("does not exist; " + name_suggestion(key.text, names, "look it up in the IAM user guide"));
}

std::optional<Entry> read_value(const YamlNode& key, const YamlNode& value, Diagnostics& diagnostics) {
  Entry entry{.key = iam::ascii_lower(key.text), .values = {}, .multivalued = false};
  if (value.kind == YamlNode::Kind::scalar && value.plain && value.text == kAbsent) return entry;
  if (value.kind != YamlNode::Kind::list) {
    const auto text = read_text(value, key.text, diagnostics);
    if (!text) return std::nullopt;
    entry.values = {*text};
    return entry;
  }
  entry.multivalued = true;
  if (value.items.empty())
    diagnostics.add(value.origin, key.text + " has no values; write absent if requests do not carry it");
  for (const YamlNode& item : value.items)
    if (const auto text = read_text(item, key.text, diagnostics)) entry.values.push_back(*text);
  return entry;
}

}  // namespace

std::vector<Entry> read_request_context(const FieldReader& fields, const std::vector<Entry>& inherited,
                                        Diagnostics& diagnostics) {
  std::vector<Entry> entries;
  const auto has = [&entries](const std::string& key) {
    return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
  };
  const YamlNode* node = fields.find("request_context");
  if (node != nullptr && node->kind != YamlNode::Kind::mapping)
    diagnostics.add(node->origin, "request_context is " + described(*node) +
                                      "; it must be a mapping such as {aws:PrincipalOrgID: o-abc123}");
  else if (node != nullptr)
    for (std::size_t i = 0; i < node->keys.size(); ++i) {
      const YamlNode& key = node->keys[i];
      if (!is_key(key, diagnostics)) continue;
      if (has(iam::ascii_lower(key.text)))
        add_value_fault(key, "condition key", "is there twice but for its case; write it once", diagnostics);
      else if (auto entry = read_value(key, node->items[i], diagnostics))
        entries.push_back(std::move(*entry));
    }
  for (const Entry& entry : inherited)
    if (!has(entry.key)) entries.push_back(entry);
  return entries;
}

}  // namespace credsim
