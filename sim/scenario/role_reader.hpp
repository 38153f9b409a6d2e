#pragma once

#include "scenario/field_reader.hpp"
#include "scenario/read_context.hpp"

namespace credsim {

/// Reads `roles`, after `accounts`.
void read_roles(const FieldReader& scenario, ReadContext& context);

/// Reads `images`.
void read_images(const FieldReader& scenario, ReadContext& context);

}  // namespace credsim
