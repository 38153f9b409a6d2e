#include "scenario/policy_reader.hpp"

#include "scenario/yaml_json.hpp"
#include "scenario/yaml_source.hpp"

namespace credsim {

namespace {

/// Where the byte at `offset`, counted from 1 as the JSON library does, stands.
SourcePlace place_of_byte(std::string_view text, std::size_t offset) {
  SourcePlace place{1, 1};
  for (const char byte : text.substr(0, offset == 0 ? 0 : offset - 1)) {
    ++place.column;
    if (byte == '\n') place = {place.line + 1, 1};
  }
  return place;
}

/// Reads a document's text: it must be JSON, and is then read as YAML, which tells places and duplicate keys.
std::optional<YamlNode> read_json_text(const NamedFile& file, Diagnostics& diagnostics) {
  try {
    // The callback drops every value: only the syntax is looked at.
    [[maybe_unused]] const nlohmann::json nothing =
        nlohmann::json::parse(file.text, [](int, nlohmann::json::parse_event_t, nlohmann::json&) { return false; });
  } catch (const nlohmann::json::parse_error& error) {
    diagnostics.add({file.source, place_of_byte(file.text, error.byte)},
                    "the file is not JSON from here on; a policy file is one JSON document");
    return std::nullopt;
  }
  return parse_yaml(file.text, file.source, diagnostics);
}

/// The place of the value at `pointer`, or of the innermost one around it that is there.
Origin origin_at(const JsonPlaces& places, std::string pointer) {
  for (;;) {
    const auto place = places.find(pointer);
    if (place != places.end()) return place->second;
    const std::size_t slash = pointer.rfind('/');
    pointer.resize(slash == std::string::npos ? 0 : slash);
  }
}

std::optional<iam::PolicyDocument> read_document(const YamlNode& node, iam::PolicyKind kind, Diagnostics& diagnostics) {
  JsonPlaces places;
  const nlohmann::json document = to_json(node, "", places);
  std::vector<iam::PolicyFault> faults;
  auto policy = iam::PolicyDocument::parse(document, kind, faults);
  for (const iam::PolicyFault& fault : faults)
    diagnostics.add(origin_at(places, fault.pointer),
                    (fault.pointer.empty() ? "" : "policy " + fault.pointer + ": ") + fault.message);
  return policy;
}

}  // namespace

std::optional<iam::PolicyDocument> read_policy(const YamlNode& node, iam::PolicyKind kind, ReadContext& context) {
  if (node.find("file") == nullptr) return read_document(node, kind, context.diagnostics);
  const FieldReader fields(node, "a policy file", keys::kPolicyFile, context.diagnostics);
  const auto file = read_named_file(*fields.find("file"), context);
  if (!file) return std::nullopt;
  const auto document = read_json_text(*file, context.diagnostics);
  return document ? read_document(*document, kind, context.diagnostics) : std::nullopt;
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
