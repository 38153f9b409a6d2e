#pragma once

#include "scenario/field_reader.hpp"
#include "scenario/read_context.hpp"

namespace credsim {

/// Reads `faults`, after everything that their scopes name.
void read_faults(const FieldReader& scenario, ReadContext& context);

}  // namespace credsim
