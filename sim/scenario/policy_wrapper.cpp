#include "scenario/policy_wrapper.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "scenario/json_source.hpp"
#include "scenario/yaml_node.hpp"

namespace credsim {

namespace {

using nlohmann::json;

/// Where a command puts a document.
struct Wrapper {
  std::string_view pointer;
  std::string_view command;
};

/// The trust policy of a role.
constexpr std::array kTrustWrappers = {
    Wrapper{"/Role/AssumeRolePolicyDocument", "aws iam get-role"},
    Wrapper{"/AssumeRolePolicyDocument", "aws iam get-role --query Role"},
};

/// Any other policy. A /Policy or /Content is a text.
constexpr std::array kOtherWrappers = {
    Wrapper{"/PolicyVersion/Document", "aws iam get-policy-version"},
    Wrapper{"/PolicyDocument", "aws iam get-role-policy"},
    Wrapper{"/Document", "aws iam get-policy-version --query PolicyVersion"},
    Wrapper{"/Policy/Content", "aws organizations describe-policy"},
    Wrapper{"/Content", "aws organizations describe-policy --query Policy"},
    Wrapper{"/Policy", "aws s3api get-bucket-policy"},
    Wrapper{"/ResourcePolicy", "aws secretsmanager get-resource-policy"},
    Wrapper{"/Attributes/Policy", "aws sqs get-queue-attributes"},
};

/// What holds no document, or several, and what to do instead.
struct Listing {
  std::string_view key;
  std::string_view remedy;
};
constexpr std::string_view kTakeRole = "save what aws iam get-role --role-name NAME prints of the one that is meant";
constexpr std::string_view kTakeVersion =
    "save what aws iam get-policy-version --policy-arn ARN --version-id ID prints of the one that is meant";
constexpr std::string_view kTakeRolePolicy =
    "save what aws iam get-role-policy --role-name NAME --policy-name POLICY prints of the one that is meant";
constexpr std::array kListings = {
    Listing{"Roles", kTakeRole},
    Listing{"RoleList", kTakeRole},
    Listing{"RoleDetailList", kTakeRole},
    Listing{"Policies", kTakeVersion},
    Listing{"Policy", kTakeVersion},
    Listing{"Versions", kTakeVersion},
    Listing{"PolicyVersionList", kTakeVersion},
    Listing{"AttachedPolicies", kTakeVersion},
    Listing{"PolicyNames", kTakeRolePolicy},
    Listing{"RolePolicyList", kTakeRolePolicy},
    Listing{"UserPolicyList", kTakeRolePolicy},
};

/// A document, or the text of one.
const json* find_document(const json& value, std::string_view pointer) {
  const json::json_pointer at{std::string(pointer)};
  if (!value.contains(at)) return nullptr;
  const json& found = value.at(at);
  const bool is_document = found.is_string() || found.contains("Statement") || found.contains("Version");
  return is_document ? &found : nullptr;
}

/// The first of `wrappers` that is there.
template <std::size_t N>
const Wrapper* find_wrapper(const json& value, const std::array<Wrapper, N>& wrappers) {
  const auto* const found = std::find_if(wrappers.begin(), wrappers.end(), [&value](const Wrapper& wrapper) {
    return find_document(value, wrapper.pointer) != nullptr;
  });
  return found == wrappers.end() ? nullptr : found;
}

/// What stands at `pointer` of `document`, as a document of its own.
PlacedJson part_of(PlacedJson& document, std::string_view pointer) {
  PlacedJson part;
  part.value = std::move(document.value.at(json::json_pointer(std::string(pointer))));
  for (auto place = document.places.lower_bound(std::string(pointer)); place != document.places.end(); ++place) {
    const std::string_view at = place->first;
    if (!at.starts_with(pointer)) break;
    const std::string_view inside = at.substr(pointer.size());
    if (inside.empty() || inside.starts_with('/')) part.places.emplace(inside, place->second);
  }
  return part;
}

std::string_view without_blanks_before(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text;
}

/// True if `text` begins as a JSON object does, perhaps with its bracket URL-encoded.
bool is_document_text(std::string_view text) {
  const std::string_view begin = without_blanks_before(text);
  return begin.starts_with('{') || is_url_encoded_policy(begin);
}

/// Without percent-encoding (RFC 3986), in which a "+" is one.
std::string url_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const char* const digits = text.data() + i + 1;
    const bool is_encoded =
        text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    decoded += is_encoded ? static_cast<char>(byte) : text[i];
    if (is_encoded) i += 2;
  }
  return decoded;
}

/// The document that `text` is. Its parts stand where the text does.
std::optional<PlacedJson> read_document_text(const std::string& text, Origin origin, Diagnostics& diagnostics) {
  Diagnostics faults("");
  auto document = parse_json(is_url_encoded_policy(text) ? url_decoded(text) : text, 0, faults);
  for (const Diagnostic& fault : faults.in_order())
    diagnostics.add(origin, "in line " + std::to_string(fault.place.line) + ", column " +
                                std::to_string(fault.place.column) + " of this text: " + fault.message);
  if (document) document->places = {{"", origin}};
  return document;
}

}  // namespace

bool is_url_encoded_policy(std::string_view text) {
  const std::string_view begin = without_blanks_before(text);
  return begin.starts_with("%7B") || begin.starts_with("%7b");
}

std::optional<PlacedJson> unwrap_policy(PlacedJson document, iam::PolicyKind kind, Diagnostics& diagnostics) {
  if (document.value.is_string() && is_document_text(document.value.get_ref<const std::string&>()))
    return read_document_text(document.value.get<std::string>(), document.origin_of(""), diagnostics);
  const json& value = document.value;
  if (!value.is_object() || value.contains("Statement")) return document;

  const bool is_trust = kind == iam::PolicyKind::trust;
  const Wrapper* wrapper = is_trust ? find_wrapper(value, kTrustWrappers) : find_wrapper(value, kOtherWrappers);
  if (wrapper != nullptr) {
    PlacedJson part = part_of(document, wrapper->pointer);
    if (!part.value.is_string()) return part;
    return read_document_text(part.value.get<std::string>(), part.origin_of(""), diagnostics);
  }
  const Wrapper* other = is_trust ? find_wrapper(value, kOtherWrappers) : find_wrapper(value, kTrustWrappers);
  if (other != nullptr) {
    diagnostics.add(document.origin_of(std::string(other->pointer)),
                    "this is what " + std::string(other->command) + " prints, and its document is " +
                        (is_trust ? "no trust policy; save what aws iam get-role prints"
                                  : "a trust policy; save what aws iam get-role-policy or get-policy-version prints"));
    return std::nullopt;
  }
  for (const Listing& listing : kListings) {
    if (!value.contains(std::string(listing.key))) continue;
    diagnostics.add(document.origin_of("/" + std::string(listing.key)),
                    "this is what the AWS CLI prints of " + quoted_text(listing.key) + ", not one policy document; " +
                        std::string(listing.remedy));
    return std::nullopt;
  }
  return document;
}

}  // namespace credsim
