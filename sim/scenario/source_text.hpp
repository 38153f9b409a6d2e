#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "scenario/diagnostics.hpp"

namespace credsim {

/// The length of the UTF-8 character at the start of `text`, or 0 if there is none that is well-formed (Unicode, table
/// 3-7). `text` is not empty.
[[nodiscard]] std::size_t utf8_character_length(std::string_view text);

/// Where the byte at `offset` stands; the byte after the last one is where the text ends.
[[nodiscard]] SourcePlace place_at(std::string_view text, std::size_t offset);

/// `text` without the byte order mark that some editors, and Windows PowerShell, put before UTF-8.
[[nodiscard]] std::string_view without_byte_order_mark(std::string_view text);

/// True if `text` is UTF-8 without control characters, tab and line breaks apart. Else says what it is instead, with
/// the remedy: UTF-16 and UTF-32 by their name, with or without a byte order mark.
[[nodiscard]] bool is_text(std::string_view text, std::uint32_t source, Diagnostics& diagnostics);

}  // namespace credsim
