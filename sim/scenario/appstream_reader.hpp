#pragma once

#include "credsim/appstream_quota.hpp"

#include "scenario/field_reader.hpp"
#include "scenario/read_context.hpp"

namespace credsim {

/// Reads `appstream` of a Region: AppStream's own quotas.
void read_appstream(const FieldReader& region, AppStreamQuotas& quotas, ReadContext& context);

}  // namespace credsim
