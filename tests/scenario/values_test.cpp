#include "scenario/values.hpp"

#include "test_support/catch.hpp"

namespace {

using namespace credsim;
using namespace std::chrono_literals;

template <class Value>
std::optional<Value> read(std::optional<Value> (*parse)(std::string_view, std::string&), std::string_view text) {
  std::string fault;
  const auto value = parse(text, fault);
  CHECK(value.has_value() == fault.empty());
  return value;
}

TEST_CASE("durations are exact") {
  CHECK(read(parse_duration, "250ms") == 250ms);
  CHECK(read(parse_duration, "90s") == 90s);
  CHECK(read(parse_duration, "1h") == 1h);
  CHECK(read(parse_duration, "3h36m") == 216min);
  CHECK(read(parse_duration, "2d") == 48h);
  CHECK(read(parse_duration, "1.5h") == 90min);
  CHECK(read(parse_duration, "0.000001s") == 1us);
  CHECK(read(parse_duration, "7us") == 7us);
  CHECK(read(parse_duration, "0s") == 0s);
  CHECK(read(parse_duration, "1d2h3m4s5ms6us") == 26h + 3min + 4s + 5ms + 6us);
  CHECK(read(parse_signed_duration, "-5m") == -5min);
  CHECK(read(parse_signed_duration, "+5m") == 5min);
}

TEST_CASE("what is no duration is refused") {
  for (const char* text :
       {"",    "5",   "0",   "h",    "1x",         "1 h",   " 1h",           "1h ", "1m1h", "1h1h",
        "-1h", ".5h", "1.h", "1e3s", "0.0000001s", "1.5us", "999999999999d", "1H",  "1hm",  "12345678901234567890s",
        "∞"}) {
    CAPTURE(text);
    std::string fault;
    CHECK_FALSE(parse_duration(text, fault));
    CHECK_FALSE(fault.empty());
  }
}

TEST_CASE("a duration's text reads as the same duration") {
  for (const Duration duration : {Duration{0s}, Duration{1us}, Duration{90s}, Duration{216min}, Duration{49h + 1ms}})
    CHECK(read(parse_duration, duration_text(duration)) == duration);
  CHECK(duration_text(216min) == "3h36m");
  CHECK(duration_text(-5min) == "-5m");
}

TEST_CASE("rates are exact fractions") {
  CHECK(read(parse_rate, "600/s") == Rate{600, 1s});
  CHECK(read(parse_rate, "0.1/s") == Rate{1, 10s});
  CHECK(read(parse_rate, "40/h") == Rate{40, 1h});
  CHECK(read(parse_rate, "12/min") == Rate{12, 1min});
  CHECK(read(parse_rate, "12/m") == Rate{12, 1min});
  CHECK(read(parse_rate, "2.5/d") == Rate{1, 34560s});
  CHECK(read(parse_rate, "0.50/s") == Rate{1, 2s});
  CHECK(read(parse_rate, "0/s") == Rate{0, 1s});
  for (const char* text :
       {"", "600", "600/", "/s", "600/w", "-1/s", "0.5/d", "1.37/d", "600 /s", "9999999999999999/s"}) {
    CAPTURE(text);
    std::string fault;
    CHECK_FALSE(parse_rate(text, fault));
  }
}

TEST_CASE("shares are from 0 to 1") {
  CHECK(read(parse_share, "0.25") == 0.25);
  CHECK(read(parse_share, "25%") == 0.25);
  CHECK(read(parse_share, "0") == 0.0);
  CHECK(read(parse_share, "100%") == 1.0);
  CHECK(read(parse_share, "0.1%") == 0.001);
  std::string fault;
  for (const char* text : {"", "%", "1.01", "101%", "-0.1", "nan", "inf", "0x1", "half"})
    CHECK_FALSE(parse_share(text, fault));
}

TEST_CASE("numbers") {
  CHECK(read(parse_number, "-1.5") == -1.5);
  CHECK(read(parse_number, "+2") == 2.0);
  CHECK(read(parse_number, "1e3") == 1000.0);
  CHECK(read(parse_integer, "-9223372036854775808") == INT64_MIN);
  std::string fault;
  for (const char* text : {"", "1.", ".5", "1e", "nan", "1e999", "--1", "+-1"}) CHECK_FALSE(parse_number(text, fault));
  for (const char* text : {"", "1.0", "+1", "0x10", "1_000", "9223372036854775808"})
    CHECK_FALSE(parse_integer(text, fault));
}

TEST_CASE("times are UTC") {
  const UtcTime day = std::chrono::sys_days{std::chrono::year{2024} / 2 / 29};
  CHECK(read(parse_time, "2024-02-29T08:30:00Z") == day + 8h + 30min);
  CHECK(read(parse_time, "2024-02-29T08:30Z") == day + 8h + 30min);
  CHECK(read(parse_time, "2024-02-29T23:59:59.25Z") == day + 24h - 750ms);
  CHECK(read(parse_date, "2024-02-29") == std::chrono::sys_days{std::chrono::year{2024} / 2 / 29});
  std::string fault;
  for (const char* text :
       {"2023-02-29T00:00:00Z", "2024-02-29", "2024-02-29T08:30:00", "2024-02-29T08:30:00+01:00",
        "2024-02-29T24:00:00Z", "2024-02-29T08:60:00Z", "2024-02-29T08:30:60Z", "1969-12-31T00:00:00Z",
        "2024-2-29T08:30:00Z", "2024-02-29T08:30:00.1234567Z", "2024-02-29 08:30:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text, fault));
  }
}

TEST_CASE("blocks of addresses") {
  const auto block = read(parse_address_block, "203.0.113.16/28");
  REQUIRE(block);
  CHECK(block->base == 0xCB00'7110U);
  CHECK(block->addresses() == 16);
  CHECK(read(parse_address_block, "198.51.100.7")->cidr() == "198.51.100.7/32");
  CHECK(read(parse_address_block, "198.0.0.0/8")->addresses() == 1 << 24);
  std::string fault;
  for (const char* text :
       {"", "203.0.113.16/33", "203.0.113.17/28", "128.0.0.0/7", "203.0.113", "203.0.113.256", "::1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_address_block(text, fault));
  }
}

TEST_CASE("subnets") {
  const auto subnet = read(parse_subnet, "10.0.32.0/19");
  REQUIRE(subnet);
  CHECK(subnet->base == 0x0A00'2000U);
  CHECK(subnet->usable_addresses() == 8187);
  CHECK(read(parse_subnet, "128.0.0.0/1")->prefix_bits == 1);
  std::string fault;
  for (const char* text : {"", "10.0.0.0", "10.0.0.0/", "10.0.0/8", "10.0.0.0/29", "10.0.0.0/0", "10.0.0.1/24",
                           "010.0.0.0/8", "256.0.0.0/8", "10.0.0.0/8 ", "10.0.0.0/008", "::/8"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_subnet(text, fault));
  }
}

TEST_CASE("versions") {
  CHECK(read(parse_version, "3.3.563.1") == Version{3, 3, 563, 1});
  CHECK(read(parse_version, "2") == Version{2, 0, 0, 0});
  std::string fault;
  for (const char* text : {"", "3.", "3..1", "3.x", "1.2.3.4.5", "4294967296"}) CHECK_FALSE(parse_version(text, fault));
}

}  // namespace
