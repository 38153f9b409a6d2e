#pragma once

#include "scenario/field_reader.hpp"
#include "scenario/read_context.hpp"

namespace credsim {

/// Reads `fleets` and `image_builders`, after `accounts`, `roles` and `images`.
void read_resources(const FieldReader& scenario, ReadContext& context);

}  // namespace credsim
