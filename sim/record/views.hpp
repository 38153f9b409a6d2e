#pragma once

#include <string>

namespace credsim::record {

/// SQL that makes the views of README.md, "The database", over the tables of schema.cpp; for each view with times a
/// `NAME_timeline_utc` with dates for people; and `timeline_utc`, all that happened in one list (not sorted: order by
/// `at_us`).
[[nodiscard]] std::string view_definitions();

}  // namespace credsim::record
