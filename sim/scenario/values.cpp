#include "scenario/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>
#include <utility>

#include "credsim/distribution.hpp"

#include "scenario/value_hints.hpp"

namespace credsim {

namespace {

__extension__ using Wide = __int128;

constexpr bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

/// Takes the digits at the start of `text` off it.
std::string_view take_digits(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length])) ++length;
  const std::string_view digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// digits / scale, exactly.
struct Decimal {
  std::int64_t digits = 0;
  std::int64_t scale = 1;  ///< a power of ten
};

/// Takes an unsigned decimal of up to 18 digits off `text`.
std::optional<Decimal> take_decimal(std::string_view& text) {
  constexpr std::size_t kMostDigits = 18;
  const std::string_view whole = take_digits(text);
  std::string_view fraction;
  if (text.size() > 1 && text[0] == '.' && is_digit(text[1])) {
    text.remove_prefix(1);
    fraction = take_digits(text);
  }
  if (whole.empty() || whole.size() + fraction.size() > kMostDigits) return std::nullopt;

  Decimal decimal;
  for (const char digit : whole) decimal.digits = decimal.digits * 10 + (digit - '0');
  for (const char digit : fraction) {
    decimal.digits = decimal.digits * 10 + (digit - '0');
    decimal.scale *= 10;
  }
  return decimal;
}

struct Unit {
  std::string_view name;
  std::int64_t microseconds;
};

constexpr std::array kUnits = {
    Unit{"d", 86'400'000'000}, Unit{"h", 3'600'000'000}, Unit{"m", 60'000'000},
    Unit{"s", 1'000'000},      Unit{"ms", 1'000},        Unit{"us", 1},
};

/// The unit whose name is all the letters at the start of `text`; takes them off.
const Unit* take_unit(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && !is_digit(text[length])) ++length;
  const std::string_view name = text.substr(0, length);
  text.remove_prefix(length);
  for (const Unit& unit : kUnits)
    if (unit.name == name) return &unit;
  return nullptr;
}

/// Takes a number of exactly `width` digits.
std::optional<int> take_number(std::string_view& text, std::size_t width) {
  if (text.size() < width) return std::nullopt;
  int number = 0;
  for (const char digit : text.substr(0, width)) {
    if (!is_digit(digit)) return std::nullopt;
    number = number * 10 + (digit - '0');
  }
  text.remove_prefix(width);
  return number;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *year < 1970) return std::nullopt;
  return std::chrono::sys_days{date};
}

/// "hh:mm[:ss[.ffffff]]".
std::optional<Duration> take_time_of_day(std::string_view& text) {
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  Duration time = std::chrono::hours{*hour} + std::chrono::minutes{*minute};
  if (!take(text, ":")) return time;
  const auto second = take_number(text, 2);
  if (!second || *second > 59) return std::nullopt;
  time += std::chrono::seconds{*second};
  if (!take(text, ".")) return time;
  const std::string_view fraction = take_digits(text);
  if (fraction.empty() || fraction.size() > 6) return std::nullopt;
  std::int64_t microseconds = 0;
  for (std::size_t i = 0; i < 6; ++i) microseconds = microseconds * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  return time + Duration{microseconds};
}

/// Takes "10.0.0.0/19": the address and the bits of the prefix.
std::optional<std::pair<std::uint32_t, unsigned>> take_block(std::string_view& text) {
  std::uint32_t base = 0;
  for (int part = 0; part < 4; ++part) {
    const std::string_view digits = take_digits(text);
    if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
    unsigned value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (value > 255 || !take(text, part < 3 ? "." : "/")) return std::nullopt;
    base = base << 8U | value;
  }
  const std::string_view digits = take_digits(text);
  if (digits.empty() || digits.size() > 2) return std::nullopt;
  unsigned bits = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  return std::pair(base, bits);
}

/// What a block of addresses may be.
struct BlockForm {
  unsigned shortest;  // prefix
  unsigned longest;
  std::string_view example;
};

std::optional<AddressBlock> parse_block(std::string_view text, const BlockForm& form, std::string& fault) {
  const auto block = take_block(text);
  if (!block || !text.empty()) {
    fault = "is not a block of IPv4 addresses; write it as " + std::string(form.example);
    return std::nullopt;
  }
  const auto [base, bits] = *block;
  if (bits < form.shortest || bits > form.longest) {
    fault = "has a prefix that is out of range; it must be from /" + std::to_string(form.shortest) + " to /" +
            std::to_string(form.longest);
    return std::nullopt;
  }
  const auto prefix_bits = static_cast<std::uint8_t>(bits);
  const auto size = static_cast<std::uint32_t>(AddressBlock{base, prefix_bits}.addresses());
  if (const std::uint32_t network = base & ~(size - 1); network != base) {
    fault = "has bits beyond its prefix; the block starts at " + AddressBlock{network, prefix_bits}.cidr();
    return std::nullopt;
  }
  return AddressBlock{base, prefix_bits};
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text, std::string& fault) {
  const std::string_view all = text;
  Wide total = 0;
  std::int64_t previous_unit = std::numeric_limits<std::int64_t>::max();
  do {
    const auto amount = take_decimal(text);
    if (amount && text.empty()) {
      fault =
          "has no unit; write it as " + std::string(all) + "s, " + std::string(all) + "m or " + std::string(all) + "h";
      return std::nullopt;
    }
    const Unit* unit = amount ? take_unit(text) : nullptr;
    if (unit == nullptr || unit->microseconds >= previous_unit) {
      fault = hints::for_duration(all);
      return std::nullopt;
    }
    previous_unit = unit->microseconds;
    const Wide scaled = Wide{amount->digits} * unit->microseconds;
    if (scaled % amount->scale != 0) {
      fault = "is not a whole number of microseconds; use fewer decimals";
      return std::nullopt;
    }
    total += scaled / amount->scale;
  } while (!text.empty());

  if (total > Distribution::kLongest.count()) {
    fault = "is too long; at most " + duration_text(std::chrono::floor<std::chrono::days>(Distribution::kLongest)) +
            " can be simulated";
    return std::nullopt;
  }
  return Duration{static_cast<std::int64_t>(total)};
}

std::optional<Duration> parse_signed_duration(std::string_view text, std::string& fault) {
  const bool negative = take(text, "-");
  if (!negative) take(text, "+");
  const auto duration = parse_duration(text, fault);
  if (!duration) return std::nullopt;
  return negative ? -*duration : *duration;
}

std::optional<Rate> parse_rate(std::string_view text, std::string& fault) {
  constexpr std::array kPeriods = {Unit{"s", 1'000'000}, Unit{"m", 60'000'000}, Unit{"min", 60'000'000},
                                   Unit{"h", 3'600'000'000}, Unit{"d", 86'400'000'000}};
  const std::string_view all = text;
  const auto amount = take_decimal(text);
  if (amount && text.empty()) {
    fault = "has no period; write it as " + std::string(all) + "/s, " + std::string(all) + "/min or " +
            std::string(all) + "/h";
    return std::nullopt;
  }
  const auto* const period = std::find_if(kPeriods.begin(), kPeriods.end(), [text](const Unit& unit) {
    return text.starts_with('/') && text.substr(1) == unit.name;
  });
  if (!amount || period == kPeriods.end()) {
    fault = hints::for_rate(all);
    return std::nullopt;
  }
  if (amount->digits == 0) return Rate{0, Duration{period->microseconds}};

  constexpr Duration kLongestPeriod = std::chrono::days{1};
  constexpr std::int64_t kMostTokens = 1'000'000'000'000'000;
  std::int64_t common = std::gcd(amount->digits, amount->scale);
  std::int64_t tokens = amount->digits / common;
  Wide per = Wide{period->microseconds} * (amount->scale / common);
  if (per > kLongestPeriod.count()) {
    // A divisor of `tokens` fits into 64 bits, so the remainder is enough for it.
    common = std::gcd(tokens, static_cast<std::int64_t>(per % tokens));
    tokens /= common;
    per /= common;
  }
  if (per > kLongestPeriod.count() || tokens > kMostTokens) {
    fault = "cannot be held exactly; use fewer decimals, and at least one a day";
    return std::nullopt;
  }
  return Rate{tokens, Duration{static_cast<std::int64_t>(per)}};
}

std::optional<double> parse_number(std::string_view text, std::string& fault) {
  std::string_view rest = text;
  if (!take(rest, "-")) take(rest, "+");
  const bool whole = !take_digits(rest).empty();
  const bool fraction = !take(rest, ".") || !take_digits(rest).empty();
  bool exponent = true;
  if (take(rest, "e") || take(rest, "E")) {
    if (!take(rest, "-")) take(rest, "+");
    exponent = !take_digits(rest).empty();
  }
  double number = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  if (!whole || !fraction || !exponent || !rest.empty() ||
      std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc{}) {
    fault = "is not a number; write it as 5, 0.25 or 1e3";
    return std::nullopt;
  }
  return number;
}

std::optional<double> parse_share(std::string_view text, std::string& fault) {
  const std::string_view whole = text;
  const bool per_cent = text.ends_with('%');
  if (per_cent) text.remove_suffix(1);
  const auto number = parse_number(text, fault);
  const double share = number.value_or(-1) / (per_cent ? 100 : 1);
  if (share < 0 || share > 1) {
    fault = hints::for_share(whole);
    return std::nullopt;
  }
  return share;
}

std::optional<std::int64_t> parse_integer(std::string_view text, std::string& fault) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    fault = error == std::errc::result_out_of_range ? "is too large; write a smaller number" : hints::for_integer(text);
    return std::nullopt;
  }
  return number;
}

std::optional<bool> parse_flag(std::string_view text, std::string& fault) {
  if (text == "true") return true;
  if (text == "false") return false;
  fault = "is neither true nor false; write one of them";
  return std::nullopt;
}

std::optional<std::chrono::sys_days> parse_date(std::string_view text, std::string& fault) {
  const std::string_view all = text;
  const auto date = take_date(text);
  if (!date || !text.empty()) {
    fault = hints::for_date(all);
    return std::nullopt;
  }
  return date;
}

std::optional<UtcTime> parse_time(std::string_view text, std::string& fault) {
  const std::string_view all = text;
  const auto date = take_date(text);
  const auto time = date && take(text, "T") ? take_time_of_day(text) : std::nullopt;
  if (!time || text != "Z") {
    fault = hints::for_time(all);
    return std::nullopt;
  }
  return UtcTime{*date} + *time;
}

std::optional<Subnet> parse_subnet(std::string_view text, std::string& fault) {
  const auto block = parse_block(text, {.shortest = 1, .longest = 28, .example = "10.0.0.0/19"}, fault);
  if (!block) return std::nullopt;
  return Subnet{block->base, block->prefix_bits, {}};
}

std::optional<AddressBlock> parse_address_block(std::string_view text, std::string& fault) {
  const std::string whole = std::string(text) + (text.find('/') == std::string_view::npos ? "/32" : "");
  return parse_block(whole, {.shortest = 8, .longest = 32, .example = "203.0.113.0/28 or 198.51.100.7"}, fault);
}

std::optional<Version> parse_version(std::string_view text, std::string& fault) {
  Version version{};
  for (std::size_t part = 0; part < version.size(); ++part) {
    const std::string_view digits = take_digits(text);
    if (digits.empty() ||
        std::from_chars(digits.data(), digits.data() + digits.size(), version[part]).ec != std::errc{})
      break;
    if (text.empty()) return version;
    if (!take(text, ".")) break;
  }
  fault = "is not a version; write it as 3.3.563.1";
  return std::nullopt;
}

std::string duration_text(Duration duration) {
  std::string text = duration < Duration::zero() ? "-" : "";
  std::int64_t rest = duration < Duration::zero() ? -duration.count() : duration.count();
  if (rest == 0) return "0s";
  for (const Unit& unit : kUnits) {
    if (rest >= unit.microseconds) text += std::to_string(rest / unit.microseconds) + std::string(unit.name);
    rest %= unit.microseconds;
  }
  return text;
}

}  // namespace credsim
