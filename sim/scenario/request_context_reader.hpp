#pragma once

#include <vector>

#include "credsim/policy.hpp"

#include "scenario/field_reader.hpp"

namespace credsim {

/// Reads `request_context`, a mapping of condition keys to a value, a list of values, or the word absent. Its keys come
/// before `inherited` ones of the same name.
[[nodiscard]] std::vector<iam::RequestContext::Entry> read_request_context(
    const FieldReader& fields, const std::vector<iam::RequestContext::Entry>& inherited, Diagnostics& diagnostics);

}  // namespace credsim
