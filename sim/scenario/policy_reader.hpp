#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "credsim/policy.hpp"

#include "scenario/field_reader.hpp"
#include "scenario/placed_json.hpp"
#include "scenario/read_context.hpp"

namespace credsim {

/// The policy that `document` is, or its faults, each with the place of the value that it is about.
[[nodiscard]] std::optional<iam::PolicyDocument> parse_policy(const PlacedJson& document, iam::PolicyKind kind,
                                                              Diagnostics& diagnostics);

/// Where the parts of `document` stand, for findings about them; nowhere if a `--set` gave it.
[[nodiscard]] PolicyPlaces places_of(const PlacedJson& document, const Diagnostics& diagnostics);

/// The JSON of a policy document: inline, or `{file: path}` for one of JSON beside the scenario; without what the AWS
/// CLI prints around it.
[[nodiscard]] std::optional<PlacedJson> read_policy_json(const YamlNode& node, iam::PolicyKind kind,
                                                         ReadContext& context);

/// Reads a policy document: inline, or `{file: path}` for one of JSON beside the scenario.
[[nodiscard]] std::optional<iam::PolicyDocument> read_policy(const YamlNode& node, iam::PolicyKind kind,
                                                             ReadContext& context);

/// Reads the document at `key`; nothing if the key is absent.
[[nodiscard]] std::optional<iam::PolicyDocument> read_policy(const FieldReader& fields, std::string_view key,
                                                             iam::PolicyKind kind, ReadContext& context);

/// Reads the list of documents at `key`, and where each stands.
void read_policies(const FieldReader& fields, std::string_view key, iam::PolicyKind kind,
                   std::vector<iam::PolicyDocument>& policies, std::vector<SourcePlace>& places, ReadContext& context);

}  // namespace credsim
