#include "iam/arn_pattern.hpp"

#include <algorithm>

#include "iam/spelling.hpp"

namespace credsim::iam {

namespace {

std::size_t next_colon(std::string_view text, std::size_t position, bool variables) {
  while (position < text.size() && text[position] != ':') {
    const std::size_t length = variables ? variable_length(text, position) : 0;
    if (length == std::string_view::npos) break;
    position += std::max<std::size_t>(length, 1);
  }
  return position < text.size() && text[position] == ':' ? position : std::string_view::npos;
}

std::optional<ArnParts> split(std::string_view text, bool variables) {
  ArnParts parts;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const std::size_t colon = next_colon(text, 0, variables);
    if (colon == std::string_view::npos) return std::nullopt;
    parts[i] = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  parts.back() = text;
  if (parts.front() != "arn" || parts.back().empty()) return std::nullopt;
  return parts;
}

}  // namespace

std::optional<ArnParts> split_arn(std::string_view arn) {
  return split(arn, false);
}

std::optional<ArnPattern> ArnPattern::parse(std::string_view text, bool variables, std::string& fault) {
  const std::optional<ArnParts> parts = split(text, variables);
  if (!parts) {
    fault =
        in_quotes(text) +
        " is not an ARN; it has six parts, arn:partition:service:region:account:resource, each of which may be \"*\"";
    return std::nullopt;
  }
  ArnPattern pattern;
  for (std::size_t i = 0; i < parts->size(); ++i) {
    auto part = PolicyString::parse((*parts)[i], {.wildcards = true, .variables = variables}, fault);
    if (!part) return std::nullopt;
    pattern.parts_[i] = std::move(*part);
  }
  return pattern;
}

Match ArnPattern::matches(std::string_view arn, const RequestContext& context) const {
  const std::optional<ArnParts> parts = split_arn(arn);
  if (!parts) return Match::incomparable;
  Match result = Match::yes;
  WildcardPattern scratch;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const WildcardPattern* pattern = parts_[i].resolve(context, scratch);
    if (pattern == nullptr)
      result = std::min(result, parts_[i].match_unresolved((*parts)[i], CaseRule::sensitive, context));
    else if (!pattern->matches((*parts)[i]))
      return Match::no;
  }
  return result;
}

bool ArnPattern::has_variables_before_resource() const {
  return std::any_of(parts_.begin(), parts_.end() - 1, [](const PolicyString& part) { return part.has_variables(); });
}

}  // namespace credsim::iam
