#include "scenario/value_hints.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

#include "iam/call_time.hpp"
#include "scenario/values.hpp"

namespace credsim::hints {

namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::size_t kDateLength = 10;  // of 2026-01-05
constexpr double kMostSeconds = 1e9;     // beyond ten years nothing is suggested

struct UnitName {
  std::string_view name;
  double seconds;
};

/// In lower case. Of what the notations do not know, too.
constexpr std::array kUnitNames = {
    UnitName{"us", 1e-6},
    UnitName{"usec", 1e-6},
    UnitName{"microseconds", 1e-6},
    UnitName{"ms", 1e-3},
    UnitName{"msec", 1e-3},
    UnitName{"millis", 1e-3},
    UnitName{"millisecond", 1e-3},
    UnitName{"milliseconds", 1e-3},
    UnitName{"s", 1},
    UnitName{"sec", 1},
    UnitName{"secs", 1},
    UnitName{"second", 1},
    UnitName{"seconds", 1},
    UnitName{"m", 60},
    UnitName{"min", 60},
    UnitName{"mins", 60},
    UnitName{"minute", 60},
    UnitName{"minutes", 60},
    UnitName{"h", 3600},
    UnitName{"hr", 3600},
    UnitName{"hrs", 3600},
    UnitName{"hour", 3600},
    UnitName{"hours", 3600},
    UnitName{"d", 86400},
    UnitName{"day", 86400},
    UnitName{"days", 86400},
    UnitName{"w", 604800},
    UnitName{"week", 604800},
    UnitName{"weeks", 604800},
};

constexpr std::array<std::string_view, 3> kSeparators = {"/", "per ", "a "};

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& character : lower)
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
  return lower;
}

void skip_spaces(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
}

/// Takes a number off, such as "12", "1.5" or "1,5".
std::optional<double> take_amount(std::string_view& text) {
  skip_spaces(text);
  std::string digits(text.substr(0, text.find_first_not_of("0123456789.,")));
  std::replace(digits.begin(), digits.end(), ',', '.');
  double amount = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), amount);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  text.remove_prefix(digits.size());
  return amount;
}

/// Takes a word off, and returns the seconds of the unit that it names.
std::optional<double> take_unit(std::string_view& text) {
  skip_spaces(text);
  std::size_t length = 0;
  while (length < text.size() && text[length] >= 'a' && text[length] <= 'z') ++length;
  const std::string_view word = text.substr(0, length);
  const auto* const unit =
      std::find_if(kUnitNames.begin(), kUnitNames.end(), [word](const UnitName& known) { return known.name == word; });
  if (unit == kUnitNames.end()) return std::nullopt;
  text.remove_prefix(length);
  return unit->seconds;
}

/// "5min", "1 hour 30 minutes", "30m1h", "PT1H30M".
std::optional<Seconds> duration_meant(std::string_view text) {
  std::string lower = in_lower_case(text);
  if (lower.starts_with('p')) std::erase_if(lower, [](char character) { return character == 'p' || character == 't'; });
  std::string_view rest = lower;
  if (rest.starts_with('+')) rest.remove_prefix(1);
  double total = 0;
  do {
    const auto amount = take_amount(rest);
    const auto unit = amount ? take_unit(rest) : std::nullopt;
    if (!unit) return std::nullopt;
    total += *amount * *unit;
    skip_spaces(rest);
  } while (!rest.empty());
  return total < kMostSeconds ? std::optional(Seconds(total)) : std::nullopt;
}

/// "2/h", "10 per minute", "100rps": how many in a second.
std::optional<double> rate_meant(std::string_view text) {
  const std::string lower = in_lower_case(text);
  std::string_view rest = lower;
  const auto amount = take_amount(rest);
  if (!amount) return std::nullopt;
  skip_spaces(rest);
  for (const std::string_view of_second : {"rps", "tps", "qps"})
    if (rest == of_second) return *amount;
  if (rest == "rpm") return *amount / 60;
  const auto* const separator = std::find_if(kSeparators.begin(), kSeparators.end(),
                                             [rest](std::string_view known) { return rest.starts_with(known); });
  if (separator == kSeparators.end()) return std::nullopt;
  rest.remove_prefix(separator->size());
  const double periods = take_amount(rest).value_or(1);
  const auto unit = take_unit(rest);
  if (!unit || !rest.empty() || periods <= 0) return std::nullopt;
  return *amount / (periods * *unit);
}

std::string number_text(double number) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.6g", number);
  return buffer.data();
}

/// As exactly as anybody would write it.
std::string duration_text_of(Seconds duration) {
  using namespace std::chrono;
  if (duration >= seconds{10} && duration != floor<milliseconds>(duration))
    return duration_text(round<seconds>(duration));
  return duration_text(round<microseconds>(duration));
}

/// In the shortest time that has a whole number of them or, without one, at least one.
std::string rate_text(double per_second) {
  constexpr std::array<UnitName, 4> kPeriods = {{{"/s", 1}, {"/min", 60}, {"/h", 3600}, {"/d", 86400}}};
  const auto in = [per_second](const UnitName& period) { return per_second * period.seconds; };
  const auto is_whole = [&](const UnitName& period) {
    return in(period) >= 0.5 && std::abs(in(period)-std::round(in(period))) < 1e-9 * in(period);
  };
  const auto* period = std::find_if(kPeriods.begin(), kPeriods.end(), is_whole);
  if (period == kPeriods.end())
    period = std::find_if(kPeriods.begin(), kPeriods.end() - 1, [&](const UnitName& one) { return in(one) >= 1; });
  return number_text(in(*period)) + std::string(period->name);
}

/// The "2026-01-05" at the start of `text`.
std::optional<std::chrono::sys_days> date_before(std::string_view text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  const auto reads = [text](std::size_t from, std::size_t length, auto& number) {
    const char* const end = text.data() + from + length;
    const auto [stop, error] = std::from_chars(text.data() + from, end, number);
    return error == std::errc{} && stop == end;
  };
  if (text.size() < kDateLength || text[4] != '-' || text[7] != '-') return std::nullopt;
  if (!reads(0, 4, year) || !reads(5, 2, month) || !reads(8, 2, day)) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  return date.ok() && year >= 1970 ? std::optional(std::chrono::sys_days{date}) : std::nullopt;
}

/// A date with what may be a time of day and a zone.
std::optional<UtcTime> time_meant(std::string_view text) {
  const auto date = date_before(text);
  if (!date) return std::nullopt;
  std::string_view rest = text.substr(kDateLength);
  if (rest.starts_with('T') || rest.starts_with('t') || rest.starts_with(' ')) rest.remove_prefix(1);
  Duration offset{};
  if (rest.ends_with('Z') || rest.ends_with('z')) {
    rest.remove_suffix(1);
  } else if (const std::size_t sign = rest.find_first_of("+-"); sign != std::string_view::npos) {
    const auto zone = time_of_day(rest.substr(sign + 1));
    if (!zone) return std::nullopt;
    offset = rest[sign] == '+' ? *zone : -*zone;
    rest = rest.substr(0, sign);
  }
  const auto time = rest.empty() ? std::optional(Duration{}) : time_of_day(rest);
  if (!time) return std::nullopt;
  return UtcTime{*date} + *time - offset;
}

}  // namespace

std::optional<Duration> time_of_day(std::string_view text) {
  constexpr std::array<unsigned, 3> kMost = {23, 59, 59};
  std::array<unsigned, 3> parts{};
  std::size_t count = 0;
  for (; count < parts.size() && !text.empty(); ++count) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts[count]);
    const auto length = static_cast<std::size_t>(end - text.data());
    if (error != std::errc{} || length > 2 || parts[count] > kMost[count]) return std::nullopt;
    text.remove_prefix(length);
    if (text.empty()) continue;
    if (text.front() != ':' || text.size() == 1) return std::nullopt;
    text.remove_prefix(1);
  }
  if (count < 2 || !text.empty()) return std::nullopt;
  return std::chrono::hours{parts[0]} + std::chrono::minutes{parts[1]} + std::chrono::seconds{parts[2]};
}

std::string for_duration(std::string_view text) {
  if (text.starts_with('-') && duration_meant(text.substr(1))) return "is negative; write 0s or more";
  if (const auto time = time_of_day(text)) return "is written as a time of day; write " + duration_text(*time);
  if (const auto rate = rate_meant(text); rate && *rate > 0 && 1 / *rate < kMostSeconds)
    return "is a rate; write the time between two: " + duration_text_of(Seconds(1 / *rate));
  if (text.ends_with('%')) return "is a share; write a duration such as 5m";
  if (time_meant(text)) return "is a time; write a duration such as 3h36m";
  if (const auto duration = duration_meant(text)) return "is not a duration; write " + duration_text_of(*duration);
  return "is not a duration; write it as 250ms, 90s, 3h36m or 2d";
}

std::string for_rate(std::string_view text) {
  if (const auto rate = rate_meant(text); rate && *rate > 0) return "is not a rate; write " + rate_text(*rate);
  if (const auto duration = duration_meant(text); duration && *duration > Seconds{0})
    return "is a duration; write how many there are in a time: " + rate_text(1 / duration->count());
  return "is not a rate; write it as 600/s, 40/h, 12/min or 1/d";
}

std::string for_share(std::string_view text) {
  std::string_view rest = text;
  const auto amount = take_amount(rest);
  skip_spaces(rest);
  const std::string per_cent = amount ? number_text(*amount) + "%" : "";
  if (amount && *amount <= 100 && rest == "%") return "is not a share; write " + per_cent;
  if (amount && *amount > 1 && *amount <= 100 && *amount == std::round(*amount) && rest.empty())
    return "is more than 1, which is all; write " + per_cent;
  if (amount && *amount <= 1 && rest.empty()) return "is not a share; write " + number_text(*amount);
  return "is not a share; write it from 0 to 1, or from 0% to 100%";
}

std::string for_integer(std::string_view text) {
  constexpr double kMost = 1e15;
  std::string digits(text);
  std::erase_if(digits, [](char character) { return character == ',' || character == '_' || character == ' '; });
  const bool thousands = digits.ends_with('k') || digits.ends_with('K');
  if (thousands) digits.pop_back();
  std::string ignored;
  const double number = parse_number(digits, ignored).value_or(0.5) * (thousands ? 1000 : 1);
  if (number != std::round(number) || std::abs(number) > kMost) return "is not a whole number; write digits only";
  return "is not a whole number in digits; write " + std::to_string(std::llround(number));
}

std::string for_time(std::string_view text) {
  if (const auto time = time_meant(text)) return "is not a time in UTC; write " + iam::iso8601(*time);
  return "is not a time in UTC; write it as 2026-01-05T08:30:00Z";
}

std::string for_date(std::string_view text) {
  if (time_meant(text)) return "is a time; write the date alone: " + std::string(text.substr(0, kDateLength));
  return "is not a date; write it as 2026-01-05";
}

}  // namespace credsim::hints
