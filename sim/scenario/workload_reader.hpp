#pragma once

#include "credsim/resource.hpp"

#include "scenario/field_reader.hpp"
#include "scenario/read_context.hpp"

namespace credsim {

/// Reads an item of `workloads`, which belongs to `resource`, whose Region and request context have been read, of
/// `account`.
[[nodiscard]] Workload read_workload(const YamlNode& node, std::optional<std::size_t> account, const Resource& resource,
                                     ReadContext& context);

}  // namespace credsim
