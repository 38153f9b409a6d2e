#include "iam/policy_string.hpp"

#include <algorithm>
#include <cstddef>

#include "iam/spelling.hpp"

namespace credsim::iam {

std::size_t variable_length(std::string_view text, std::size_t position) {
  if (text.substr(position, 2) != "${") return 0;
  const std::size_t end = text.find('}', position);
  return end == std::string_view::npos ? end : end + 1 - position;
}

bool is_condition_key(std::string_view key) {
  const std::size_t colon = key.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == key.size()) return false;
  const std::string_view prefix = key.substr(0, colon);
  return std::all_of(prefix.begin(), prefix.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '/';
  });
}

std::optional<PolicyString> PolicyString::parse(std::string_view text, PolicyStringSyntax syntax, std::string& fault) {
  PolicyString result;
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t length = syntax.variables ? variable_length(text, position) : 0;
    if (length == std::string_view::npos) {
      fault = "\"${\" has no closing brace; a policy variable is written ${aws:key}, a literal dollar sign ${$}";
      return std::nullopt;
    }
    if (length == 0) {
      const std::string_view character = text.substr(position++, 1);
      result.tail_.append(syntax.wildcards ? WildcardPattern::compile(character) : WildcardPattern::literal(character));
      continue;
    }

    const std::string_view body = text.substr(position + 2, length - 3);
    position += length;
    if (body == "*" || body == "?" || body == "$") {
      result.tail_.append_literal(body);
      continue;
    }
    Variable variable{.before = std::move(result.tail_), .key = std::string(body), .default_value = std::nullopt};
    result.tail_.clear();
    if (const std::size_t comma = body.find(','); comma != std::string_view::npos) {
      variable.key = std::string(body.substr(0, comma));
      const std::string_view rest = body.substr(std::min(body.find_first_not_of(' ', comma + 1), body.size()));
      if (rest.size() < 2 || rest.front() != '\'' || rest.back() != '\'') {
        fault = "the default in \"${" + std::string(body) + "}\" is not quoted; it is written ${aws:key, 'default'}";
        return std::nullopt;
      }
      variable.default_value = std::string(rest.substr(1, rest.size() - 2));
    }
    if (!is_condition_key(variable.key)) {
      fault = in_quotes(variable.key) + " is not a condition key; a policy variable is written ${aws:key}";
      return std::nullopt;
    }
    result.variables_.push_back(std::move(variable));
  }
  return result;
}

const WildcardPattern* PolicyString::resolve(const RequestContext& context, WildcardPattern& scratch) const {
  if (variables_.empty()) return &tail_;
  scratch.clear();
  for (const Variable& variable : variables_) {
    scratch.append(variable.before);
    const RequestContext::Entry* entry = context.find(variable.key);
    if (entry != nullptr && !entry->multivalued) {
      scratch.append_literal(entry->values.front());
    } else if (entry == nullptr && variable.default_value && !context.is_open(variable.key)) {
      scratch.append_literal(*variable.default_value);
    } else {
      return nullptr;
    }
  }
  scratch.append(tail_);
  return &scratch;
}

Match PolicyString::match_unresolved(std::string_view value, CaseRule rule, const RequestContext& context) const {
  WildcardPattern widest;
  for (const Variable& variable : variables_) {
    const RequestContext::Entry* entry = context.find(variable.key);
    const bool open = context.is_open(variable.key);
    widest.append(variable.before);
    if (entry != nullptr && !entry->multivalued)
      widest.append_literal(entry->values.front());
    else if (open)
      widest.append_any_run();
    else if (entry == nullptr && variable.default_value)
      widest.append_literal(*variable.default_value);
    else
      return Match::incomparable;
  }
  widest.append(tail_);
  return widest.matches(value, rule) ? Match::open : Match::never;
}

}  // namespace credsim::iam
