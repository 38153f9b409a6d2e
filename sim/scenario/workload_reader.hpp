#pragma once

#include "credsim/workload.hpp"

#include "scenario/field_reader.hpp"
#include "scenario/read_context.hpp"

namespace credsim {

/// Reads an item of `workloads`, which belongs to a resource of `account` in its Region number `region`.
[[nodiscard]] Workload read_workload(const YamlNode& node, std::optional<std::size_t> account, std::size_t region,
                                     ReadContext& context);

}  // namespace credsim
