#pragma once

#include <string>

namespace credsim::record {

/// SQL that makes the views of VIEWS.md over the tables of schema.cpp.
[[nodiscard]] std::string view_definitions();

}  // namespace credsim::record
