#include "iam/wildcard.hpp"

#include <algorithm>
#include <cstddef>

namespace credsim::iam {

namespace {

char16_t byte_of(char c) {
  return static_cast<unsigned char>(c);
}

std::size_t after_character(std::string_view text, std::size_t position) {
  ++position;
  while (position < text.size() && (byte_of(text[position]) & 0xC0U) == 0x80U) ++position;
  return position;
}

}  // namespace

std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = ascii_lower(c);
  return lower;
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return ascii_lower(a) == ascii_lower(b); });
}

WildcardPattern WildcardPattern::compile(std::string_view text) {
  WildcardPattern pattern;
  for (const char c : text) {
    if (c == '*') {
      pattern.append_any_run();
    } else if (c == '?') {
      pattern.append_any_character();
    } else {
      pattern.tokens_.push_back(byte_of(c));
    }
  }
  return pattern;
}

WildcardPattern WildcardPattern::literal(std::string_view text) {
  WildcardPattern pattern;
  pattern.append_literal(text);
  return pattern;
}

void WildcardPattern::append_literal(std::string_view text) {
  for (const char c : text) tokens_.push_back(byte_of(c));
}

bool WildcardPattern::matches(std::string_view text, CaseRule rule) const {
  const auto same = [rule](char16_t token, char c) {
    if (token == byte_of(c)) return true;
    return rule == CaseRule::insensitive && token < 0x80 && ascii_lower(static_cast<char>(token)) == ascii_lower(c);
  };

  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t token = 0;
  std::size_t position = 0;
  std::size_t resume_token = kNone;  // the token after the last `*`
  std::size_t resume_position = 0;   // where the text after that `*` is taken to start
  while (position < text.size()) {
    if (token < tokens_.size() && tokens_[token] == kAnyRun) {
      resume_token = ++token;
      resume_position = position;
    } else if (token < tokens_.size() && tokens_[token] == kAnyCharacter) {
      ++token;
      position = after_character(text, position);
    } else if (token < tokens_.size() && same(tokens_[token], text[position])) {
      ++token;
      ++position;
    } else if (resume_token != kNone) {
      token = resume_token;
      position = resume_position = after_character(text, resume_position);
    } else {
      return false;
    }
  }
  return std::all_of(tokens_.begin() + static_cast<std::ptrdiff_t>(token), tokens_.end(),
                     [](char16_t rest) { return rest == kAnyRun; });
}

}  // namespace credsim::iam
