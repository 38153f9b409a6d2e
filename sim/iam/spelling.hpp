#pragma once

#include <span>
#include <string>
#include <string_view>

namespace credsim::iam {

std::string in_quotes(std::string_view text);

/// "a, b and c".
std::string listed(std::span<const std::string> words);

/// The tail of a message about an unknown name: the name of `known` that was probably meant or, where none or several
/// are near, all of them.
std::string suggestion(std::string_view unknown, std::span<const std::string_view> known);

}  // namespace credsim::iam
