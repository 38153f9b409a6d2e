#include "scenario/source_text.hpp"

#include <string>

namespace credsim {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// "UTF-16" or "UTF-32" if the first bytes are theirs, else nothing. A scenario and a policy begin with an ASCII
/// character, of which these encodings write the zero bytes too.
std::string_view wide_encoding(std::string_view text) {
  using namespace std::string_view_literals;
  const std::string_view first = text.substr(0, 4);
  const auto is_zero = [first](std::size_t i) { return i < first.size() && first[i] == '\0'; };
  if (first == "\xFF\xFE\0\0"sv || first == "\0\0\xFE\xFF"sv) return "UTF-32";
  if (first.size() == 4 && (is_zero(0) || is_zero(3)) && is_zero(1) + is_zero(2) == 2) return "UTF-32";
  if (first.starts_with("\xFF\xFE") || first.starts_with("\xFE\xFF")) return "UTF-16";
  return first.size() >= 2 && is_zero(0) != is_zero(1) ? "UTF-16" : "";
}

}  // namespace

std::size_t utf8_character_length(std::string_view text) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  const bool overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
  const bool surrogate = first == 0xED && byte(1) > 0x9F;
  const bool beyond = first == 0xF4 && byte(1) > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

SourcePlace place_at(std::string_view text, std::size_t offset) {
  SourcePlace place{1, 1};
  for (const char byte : text.substr(0, offset)) {
    ++place.column;
    if (byte == '\n') place = {place.line + 1, 1};
  }
  return place;
}

std::string_view without_byte_order_mark(std::string_view text) {
  return text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
}

bool is_text(std::string_view text, std::uint32_t source, Diagnostics& diagnostics) {
  if (const std::string_view encoding = wide_encoding(text); !encoding.empty()) {
    diagnostics.add({source, {1, 1}}, "this is " + std::string(encoding) +
                                          (encoding == "UTF-16" ? ", as Windows PowerShell writes it" : "") +
                                          "; save it as UTF-8, in PowerShell by Out-File -Encoding utf8");
    return false;
  }
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = utf8_character_length(text.substr(i));
    const bool control = (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
    if (length == 0 || control) {
      diagnostics.add({source, place_at(text, i)},
                      std::string(control ? "a control character stands here" : "this is not UTF-8") +
                          "; a scenario and its policies are UTF-8 text");
      return false;
    }
    i += length;
  }
  return true;
}

}  // namespace credsim
