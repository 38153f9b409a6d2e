#pragma once

#include <optional>
#include <string_view>

#include "credsim/policy.hpp"

#include "scenario/placed_json.hpp"

namespace credsim {

/// The policy document in what the AWS CLI prints about a role or a policy (`aws iam get-role`, `get-policy-version`,
/// `get-role-policy`, …), with the places of its parts; `document` itself if there is nothing around it. A document
/// that is a text (as JSON, or URL-encoded as IAM's API gives it) is read; its parts then stand where the text does.
/// Nothing, and said why, if what was printed holds no document, several, or only one of another kind.
[[nodiscard]] std::optional<PlacedJson> unwrap_policy(PlacedJson document, iam::PolicyKind kind,
                                                      Diagnostics& diagnostics);

/// True if `text` is a document that was URL-encoded as a whole.
[[nodiscard]] bool is_url_encoded_policy(std::string_view text);

}  // namespace credsim
