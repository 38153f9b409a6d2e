#include "report/readable.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>

namespace credsim::report {
namespace {

std::string printed(const char* format, int precision, double value) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, precision, value);
  return buffer.data();
}

std::string grouped(double whole) {
  std::string digits = printed("%.*f", 0, std::abs(whole));
  for (std::size_t end = digits.size(); end > 3; end -= 3) digits.insert(end - 3, ",");
  return (whole < 0 ? "-" : "") + digits;
}

/// Three significant digits, without an exponent from a millionth on, and without zeros at the end.
std::string significant(double value) {
  if (value == 0) return "0";
  const int decade = static_cast<int>(std::floor(std::log10(std::abs(value))));
  if (decade < -6) return printed("%.*g", 3, value);
  std::string text = printed("%.*f", std::max(0, 2 - decade), value);
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

struct Unit {
  std::int64_t seconds;
  const char* name;
};
constexpr std::array kUnits = {Unit{86'400, " d"}, Unit{3'600, " h"}, Unit{60, " m"}, Unit{1, " s"}};

/// From the largest unit that fits on, at most `most` of them.
std::string in_units(std::int64_t seconds, std::size_t most) {
  std::size_t first = 0;
  while (first + 1 < kUnits.size() && seconds < kUnits[first].seconds) ++first;
  const std::size_t end = std::min(first + most, kUnits.size());
  // Rounded to the last unit shown, and shown again: 59 m 59.6 s is 1 h.
  const std::int64_t last = kUnits[end - 1].seconds;
  const std::int64_t rounded = (seconds + last / 2) / last * last;
  if (rounded != seconds) return in_units(rounded, most);
  std::string text;
  for (std::size_t i = first; i < end; ++i) {
    const std::int64_t count = seconds / kUnits[i].seconds;
    seconds %= kUnits[i].seconds;
    if (count > 0 || text.empty())
      text += (text.empty() ? "" : " ") + grouped(static_cast<double>(count)) + kUnits[i].name;
  }
  return text;
}

bool has_width(const Estimate& estimate) {
  return estimate.interval && estimate.nonzero_in > 0 && estimate.interval->low < estimate.interval->high;
}

/// The longer side of an interval if the shorter one is nearly as long.
std::optional<double> half_width(const Estimate& estimate) {
  constexpr double kNearly = 1.5;
  const auto [shorter, longer] =
      std::minmax({estimate.mean - estimate.interval->low, estimate.interval->high - estimate.mean});
  return longer <= kNearly * shorter ? std::optional(longer) : std::nullopt;
}

/// `scale` times the estimate, in `unit`.
std::string scaled(const Estimate& estimate, double scale, const std::string& unit) {
  const std::string mean = number(estimate.mean * scale);
  if (!has_width(estimate)) return mean + unit;
  if (const auto half = half_width(estimate)) return mean + " ± " + number(*half * scale) + unit;
  return mean + unit + " (" + number(estimate.interval->low * scale) + " to " +
         number(estimate.interval->high * scale) + unit + ")";
}

}  // namespace

std::string number(double value) {
  return std::abs(value) >= 999.5 ? grouped(std::round(value)) : significant(value);
}

std::string duration(double seconds) {
  if (seconds >= 59.95) return in_units(std::llround(seconds), 2);
  if (seconds >= 0.9995 || seconds == 0) return significant(seconds) + " s";
  if (seconds >= 0.0009995) return significant(seconds * 1e3) + " ms";
  return significant(seconds * 1e6) + " µs";
}

std::string percent(double share) {
  return number(share * 100) + " %";
}

std::string magnitude(double value) {
  if (value >= 999.5e6) return significant(value / 1e9) + " G";
  if (value >= 999.5e3) return significant(value / 1e6) + " M";
  return number(value);
}

std::string number(const Estimate& estimate) {
  return scaled(estimate, 1, "");
}

std::string duration(const Estimate& seconds) {
  std::string mean = duration(seconds.mean);
  if (!has_width(seconds)) return mean;
  if (const auto half = half_width(seconds)) return mean + " ± " + duration(*half);
  return mean + " −" + duration(seconds.mean - seconds.interval->low) + " +" +
         duration(seconds.interval->high - seconds.mean);
}

std::string percent(const Estimate& share) {
  return scaled(share, 100, " %");
}

std::string utc(std::chrono::sys_time<std::chrono::microseconds> time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(seconds - day);
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02u %02d:%02d:%02d UTC", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return buffer.data();
}

std::string moment(const Scenario& scenario, SimTime at) {
  return elapsed(at) + " into the run (" + utc(scenario.start + at.time_since_epoch()) + ")";
}

std::string elapsed(SimTime at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  if (seconds < 60) return duration(std::chrono::duration<double>(at.time_since_epoch()).count());
  return in_units(seconds, kUnits.size());
}

std::string counted(double count, const std::string& noun) {
  return number(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace credsim::report
