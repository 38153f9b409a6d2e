#pragma once

#include "scenario/field_reader.hpp"
#include "scenario/read_context.hpp"

namespace credsim {

/// Reads `thresholds`, after everything that their labels may name.
void read_thresholds(const FieldReader& scenario, ReadContext& context);

}  // namespace credsim
