#include "iam/scalar.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "iam/wildcard.hpp"

namespace credsim::iam {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// Takes pieces off the front of a text; once one does not fit, `ok` stays false.
struct Cursor {
  std::string_view rest;
  bool ok = true;

  bool accept(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  void expect(char c) { ok = accept(c) && ok; }
  int number(std::size_t digits) {
    int value = 0;
    if (rest.size() < digits || !all_digits(rest.substr(0, digits))) {
      ok = false;
      return value;
    }
    std::from_chars(rest.data(), rest.data() + digits, value);
    rest.remove_prefix(digits);
    return value;
  }
};

/// Up to nine digits of a second's fraction; what is finer than a microsecond is cut off.
std::chrono::microseconds read_fraction(Cursor& cursor) {
  const auto end = std::find_if_not(cursor.rest.begin(), cursor.rest.end(), is_digit);
  const auto digits = static_cast<std::size_t>(end - cursor.rest.begin());
  if (digits == 0 || digits > 9) {
    cursor.ok = false;
    return {};
  }
  std::int64_t value = 0;
  for (std::size_t i = 0; i < 6; ++i) value = value * 10 + (i < digits ? cursor.rest[i] - '0' : 0);
  cursor.rest.remove_prefix(digits);
  return std::chrono::microseconds{value};
}

std::chrono::minutes read_zone(Cursor& cursor) {
  if (cursor.accept('Z')) return {};
  const bool west = cursor.accept('-');
  if (!west) cursor.expect('+');
  const int hours = cursor.number(2);
  cursor.expect(':');
  const int minutes = cursor.number(2);
  cursor.ok = cursor.ok && hours < 24 && minutes < 60;
  const std::chrono::minutes offset{hours * 60 + minutes};
  return west ? -offset : offset;
}

}  // namespace

std::optional<PolicyTime> parse_date(std::string_view text) {
  if (all_digits(text)) {
    std::int64_t seconds = 0;
    if (text.size() == 4 || text.size() > 11) return std::nullopt;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return PolicyTime{std::chrono::seconds{seconds}};
  }

  Cursor cursor{text};
  const std::chrono::year year{cursor.number(4)};
  cursor.expect('-');
  const std::chrono::month month{static_cast<unsigned>(cursor.number(2))};
  cursor.expect('-');
  const std::chrono::day day{static_cast<unsigned>(cursor.number(2))};
  const std::chrono::year_month_day date{year, month, day};
  if (!cursor.ok || !date.ok()) return std::nullopt;
  PolicyTime time{std::chrono::sys_days{date}};
  if (cursor.rest.empty()) return time;

  cursor.expect('T');
  const int hours = cursor.number(2);
  cursor.expect(':');
  const int minutes = cursor.number(2);
  int seconds = 0;
  std::chrono::microseconds fraction{};
  if (cursor.accept(':')) {
    seconds = cursor.number(2);
    if (cursor.accept('.')) fraction = read_fraction(cursor);
  }
  const std::chrono::minutes offset = read_zone(cursor);
  if (!cursor.ok || !cursor.rest.empty() || hours > 23 || minutes > 59 || seconds > 59) return std::nullopt;
  return time + std::chrono::hours{hours} + std::chrono::minutes{minutes} + std::chrono::seconds{seconds} + fraction -
         offset;
}

std::optional<double> parse_number(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? std::string_view("0") : text.substr(point + 1);
  if (!all_digits(whole) || !all_digits(fraction) || text.size() > 16) return std::nullopt;
  if (point == std::string_view::npos && text.size() > 15) return std::nullopt;

  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return negative ? -value : value;
}

std::optional<bool> parse_bool(std::string_view text) {
  if (equals_ignoring_case(text, "true")) return true;
  if (equals_ignoring_case(text, "false")) return false;
  return std::nullopt;
}

}  // namespace credsim::iam
