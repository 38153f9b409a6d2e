#pragma once

#include "credsim/resource.hpp"

#include "scenario/field_reader.hpp"
#include "scenario/read_context.hpp"

namespace credsim {

/// The most instances that a scenario may have in all.
inline constexpr std::int64_t kMostInstances = 50'000'000;

/// Reads `sessions` of a fleet.
[[nodiscard]] Sessions read_sessions(const YamlNode& node, ReadContext& context);

/// Reads `scaling` of a fleet.
[[nodiscard]] Scaling read_scaling(const YamlNode& node, ReadContext& context);

}  // namespace credsim
