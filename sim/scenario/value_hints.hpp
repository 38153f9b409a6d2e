#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "credsim/time.hpp"

/// What to write instead of a value that is in no notation of values.hpp: the rest of a sentence that begins with the
/// value, with the value in the right notation where it can be told ("is a rate; write the time between two: 30m").
namespace credsim::hints {

[[nodiscard]] std::string for_duration(std::string_view text);
[[nodiscard]] std::string for_rate(std::string_view text);
[[nodiscard]] std::string for_share(std::string_view text);
[[nodiscard]] std::string for_integer(std::string_view text);
[[nodiscard]] std::string for_time(std::string_view text);
[[nodiscard]] std::string for_date(std::string_view text);

/// The time since midnight that `text` gives as a clock does: "9:30", "09:30:15". Nothing if it does not.
[[nodiscard]] std::optional<Duration> time_of_day(std::string_view text);

}  // namespace credsim::hints
