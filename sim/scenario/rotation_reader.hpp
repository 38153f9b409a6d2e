#pragma once

#include "credsim/resource.hpp"

#include "scenario/field_reader.hpp"
#include "scenario/read_context.hpp"

namespace credsim {

/// Reads `provisioning` of a resource.
void read_provisioning(const FieldReader& resource, Provisioning& provisioning, ReadContext& context);

/// Reads `credentials` of a resource: when its agents ask for new ones, and how they retry.
void read_rotation(const FieldReader& resource, CredentialRotation& rotation, ReadContext& context);

}  // namespace credsim
