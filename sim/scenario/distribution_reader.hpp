#pragma once

#include <string_view>

#include "credsim/distribution.hpp"

#include "scenario/field_reader.hpp"
#include "scenario/read_context.hpp"

namespace credsim {

/// Reads a distribution of durations: a bare duration, or a mapping such as `{uniform: [0s, 20m]}`.
[[nodiscard]] std::optional<Distribution> read_distribution(const YamlNode& node, std::string_view what,
                                                            ReadContext& context);

/// Reads the distribution at `key` into `target`; leaves it if the key is absent or its value wrong.
void read_distribution(const FieldReader& fields, std::string_view key, Distribution& target, ReadContext& context);

}  // namespace credsim
