#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace credsim::iam {

enum class CaseRule : std::uint8_t { sensitive, insensitive };

/// Lower case for A to Z only: what IAM does not distinguish in action names and condition keys.
constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string ascii_lower(std::string_view text);
bool equals_ignoring_case(std::string_view left, std::string_view right);

/// A sequence of literal bytes and wildcards. Wildcards are tokens of their own, so that a literal `*` that came out of
/// a policy variable can never turn into one.
class WildcardPattern {
 public:
  /// Every `*` and `?` of `text` is a wildcard.
  static WildcardPattern compile(std::string_view text);

  /// No byte of `text` is special.
  static WildcardPattern literal(std::string_view text);

  void append_literal(std::string_view text);
  void append_any_run() { tokens_.push_back(kAnyRun); }              ///< `*`: any characters, or none
  void append_any_character() { tokens_.push_back(kAnyCharacter); }  ///< `?`: one UTF-8 character
  void append(const WildcardPattern& other) { tokens_ += other.tokens_; }
  void clear() { tokens_.clear(); }

  /// True if the whole of `text` matches. At worst O(pattern × text): only the last `*` is ever tried again.
  [[nodiscard]] bool matches(std::string_view text, CaseRule rule = CaseRule::sensitive) const;

 private:
  static constexpr char16_t kAnyRun = 0x100;
  static constexpr char16_t kAnyCharacter = 0x101;

  std::u16string tokens_;  // literal bytes below 0x100
};

}  // namespace credsim::iam
