#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "credsim/account.hpp"

namespace credsim {

/// What somebody did wrong in a YAML text, and where.
struct YamlMistake {
  SourcePlace place;
  std::string message;  ///< "what is wrong; what would be right"
};

/// The mistake for which a parser gave up at `gave_up`: a tab that indents, a bracket or a quote without its end, a
/// bracket too many. The parser stops lines below such a mistake, at the first token that it makes impossible.
/// Nothing if it was something else. Precondition: `text` is not sound YAML. O(text).
[[nodiscard]] std::optional<YamlMistake> find_yaml_mistake(std::string_view text, SourcePlace gave_up);

}  // namespace credsim
