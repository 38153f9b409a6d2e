#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "credsim/resource.hpp"
#include "credsim/time.hpp"
#include "credsim/token_bucket.hpp"
#include "credsim/workload.hpp"

namespace credsim {

// The notations of values in scenario files. Each function reads the whole of `text`; on a fault it returns nothing and
// sets `fault` to the rest of a sentence that begins with the value: "has no unit; write 5s, 5m or 5h". None of them
// looks at the locale.

using UtcTime = std::chrono::sys_time<std::chrono::microseconds>;

/// "250ms", "90s", "1.5h", "3h36m", "2d": whole microseconds, ≥ 0, at most Distribution::kLongest. Units, largest
/// first and each once: d, h, m, s, ms, us.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text, std::string& fault);

/// A duration with an optional sign before it.
[[nodiscard]] std::optional<Duration> parse_signed_duration(std::string_view text, std::string& fault);

/// "600/s", "40/h", "2.5/min", "1/d": exact.
[[nodiscard]] std::optional<Rate> parse_rate(std::string_view text, std::string& fault);

/// "0.25" or "25%", from 0 to 1.
[[nodiscard]] std::optional<double> parse_share(std::string_view text, std::string& fault);

/// A decimal number, optionally with a sign and an exponent; finite.
[[nodiscard]] std::optional<double> parse_number(std::string_view text, std::string& fault);

/// A whole number, optionally with a minus.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text, std::string& fault);

[[nodiscard]] std::optional<bool> parse_flag(std::string_view text, std::string& fault);

/// ISO 8601 in UTC: "2026-01-05T08:30:00Z"; seconds and their fraction may be left out.
[[nodiscard]] std::optional<UtcTime> parse_time(std::string_view text, std::string& fault);

/// "2026-01-05".
[[nodiscard]] std::optional<std::chrono::sys_days> parse_date(std::string_view text, std::string& fault);

/// "10.0.0.0/19", of /1 to /28, without host bits.
[[nodiscard]] std::optional<Subnet> parse_subnet(std::string_view text, std::string& fault);

/// "203.0.113.0/28", of /8 to /32, without host bits; without a prefix one address.
[[nodiscard]] std::optional<AddressBlock> parse_address_block(std::string_view text, std::string& fault);

/// "3.3.563.1": one to four numbers.
[[nodiscard]] std::optional<Version> parse_version(std::string_view text, std::string& fault);

/// As parse_duration reads it: "3h36m", "0s".
[[nodiscard]] std::string duration_text(Duration duration);

}  // namespace credsim
