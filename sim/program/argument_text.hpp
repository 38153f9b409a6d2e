#pragma once

#include <optional>
#include <span>
#include <string>

namespace credsim {

/// What is wrong with `arguments` if one of them is not UTF-8: files, JSON and the database hold nothing else. Names
/// each of them with its bytes written as \xE9.
[[nodiscard]] std::optional<std::string> not_text(std::span<const std::string> arguments);

}  // namespace credsim
