#include "scenario/policy_reader.hpp"

#include "scenario/json_source.hpp"
#include "scenario/policy_wrapper.hpp"
#include "scenario/yaml_json.hpp"

namespace credsim {

std::optional<iam::PolicyDocument> parse_policy(const PlacedJson& document, iam::PolicyKind kind,
                                                Diagnostics& diagnostics) {
  std::vector<iam::PolicyFault> faults;
  auto policy = iam::PolicyDocument::parse(document.value, kind, faults);
  for (const iam::PolicyFault& fault : faults)
    diagnostics.add(document.origin_of(fault.pointer),
                    (fault.pointer.empty() ? "" : "policy " + fault.pointer + ": ") + fault.message);
  return policy;
}

PolicyPlaces places_of(const PlacedJson& document, const Diagnostics& diagnostics) {
  const Origin whole = document.origin_of("");
  PolicyPlaces places;
  if (whole.place.line == 0) return places;
  if (whole.source != 0) places.file = diagnostics.source_name(whole.source);
  for (const auto& [pointer, origin] : document.places)
    if (origin.source == whole.source) places.parts.emplace(pointer, origin.place);
  return places;
}

std::optional<PlacedJson> read_policy_json(const YamlNode& node, iam::PolicyKind kind, ReadContext& context) {
  if (node.find("file") == nullptr) return unwrap_policy(to_placed_json(node), kind, context.diagnostics);
  const FieldReader fields(node, "a policy file", keys::kPolicyFile, context.diagnostics);
  auto file = read_named_file(*fields.find("file"), context);
  if (!file) return std::nullopt;
  if (is_url_encoded_policy(file->text))
    return unwrap_policy({std::move(file->text), {{"", {file->source, {1, 1}}}}}, kind, context.diagnostics);
  auto document = parse_json(file->text, file->source, context.diagnostics);
  return document ? unwrap_policy(std::move(*document), kind, context.diagnostics) : std::nullopt;
}

std::optional<iam::PolicyDocument> read_policy(const YamlNode& node, iam::PolicyKind kind, ReadContext& context) {
  const auto document = read_policy_json(node, kind, context);
  return document ? parse_policy(*document, kind, context.diagnostics) : std::nullopt;
}

std::optional<iam::PolicyDocument> read_policy(const FieldReader& fields, std::string_view key, iam::PolicyKind kind,
                                               ReadContext& context) {
  const YamlNode* node = fields.find(key);
  return node == nullptr ? std::nullopt : read_policy(*node, kind, context);
}

void read_policies(const FieldReader& fields, std::string_view key, iam::PolicyKind kind,
                   std::vector<iam::PolicyDocument>& policies, std::vector<SourcePlace>& places, ReadContext& context) {
  for (const YamlNode& item : fields.list(key)) {
    if (auto policy = read_policy(item, kind, context)) {
      policies.push_back(std::move(*policy));
      places.push_back(scenario_place(item));
    }
  }
}

}  // namespace credsim
