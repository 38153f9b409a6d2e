#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "credsim/fault.hpp"

#include "scenario/key_tables.hpp"

namespace credsim {

/// The keys of faults that not every kind has.
inline constexpr std::array<std::string_view, 11> kFaultParameters = {
    "role",    "share",  "factor",       "bucket",   "rate",        "burst",
    "service", "offset", "trust_policy", "policies", "propagation",
};

/// Those that a kind has, and which of them it needs: MODEL.md, "Faults".
[[nodiscard]] std::vector<Key> fault_parameters(FaultKind kind);

}  // namespace credsim
