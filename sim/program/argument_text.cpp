#include "program/argument_text.hpp"

#include <string_view>

#include "scenario/source_text.hpp"

namespace credsim {
namespace {

std::string escaped(unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  return {'\\', 'x', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
}

struct Shown {
  std::string text;
  bool is_utf8 = true;
};

Shown shown(std::string_view argument) {
  Shown shown;
  while (!argument.empty()) {
    const std::size_t length = utf8_character_length(argument);
    const auto byte = static_cast<unsigned char>(argument.front());
    if (length == 0) shown.is_utf8 = false;
    shown.text += length == 0 || byte < 0x20 || byte == 0x7F ? escaped(byte) : std::string(argument.substr(0, length));
    argument.remove_prefix(length == 0 ? 1 : length);
  }
  return shown;
}

}  // namespace

std::optional<std::string> not_text(std::span<const std::string> arguments) {
  std::string named;
  for (const std::string& argument : arguments)
    if (const auto [text, is_utf8] = shown(argument); !is_utf8) named += (named.empty() ? "" : ", ") + text;
  if (named.empty()) return std::nullopt;
  return "this is not UTF-8: " + named + "; write it in UTF-8, and rename a file whose name is not";
}

}  // namespace credsim
