#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace credsim::iam {

/// Microseconds since 1970, UTC.
using PolicyTime = std::chrono::sys_time<std::chrono::microseconds>;

/// Reads an ISO 8601 date and time ("2026-11-24T09:00:00Z", with a fraction or an offset, or the date alone) or whole
/// epoch seconds. Four digits alone are refused: they could be a year or an epoch second.
std::optional<PolicyTime> parse_date(std::string_view text);

/// Reads a decimal number, optionally with a sign and a fraction. More than 15 digits are refused, so that numbers
/// which are written differently are never taken for equal.
std::optional<double> parse_number(std::string_view text);

/// Reads "true" or "false", in any case.
std::optional<bool> parse_bool(std::string_view text);

}  // namespace credsim::iam
