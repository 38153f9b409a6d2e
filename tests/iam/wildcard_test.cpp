#include "iam/wildcard.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include "test_support/catch.hpp"

using credsim::iam::CaseRule;
using credsim::iam::WildcardPattern;

namespace {

bool matches(std::string_view pattern, std::string_view text, CaseRule rule = CaseRule::sensitive) {
  return WildcardPattern::compile(pattern).matches(text, rule);
}

/// The obvious twin: right, and exponential.
bool matches_slowly(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    return matches_slowly(pattern.substr(1), text) || (!text.empty() && matches_slowly(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern.front() == '?' || pattern.front() == text.front()) &&
         matches_slowly(pattern.substr(1), text.substr(1));
}

}  // namespace

TEST_CASE("a pattern without wildcards matches itself alone") {
  CHECK(matches("ec2:DescribeInstances", "ec2:DescribeInstances"));
  CHECK_FALSE(matches("ec2:DescribeInstances", "ec2:DescribeInstance"));
  CHECK_FALSE(matches("ec2:DescribeInstance", "ec2:DescribeInstances"));
  CHECK(matches("", ""));
  CHECK_FALSE(matches("", "x"));
}

TEST_CASE("a star matches any run of characters, also none, and a question mark exactly one") {
  CHECK(matches("*", ""));
  CHECK(matches("ec2:*", "ec2:"));
  CHECK(matches("ec2:Describe*", "ec2:DescribeInstances"));
  CHECK(matches("*Instances", "ec2:DescribeInstances"));
  CHECK(matches("a*b*c", "a-b-b-c"));
  CHECK_FALSE(matches("a*b*c", "a-c-b"));
  CHECK(matches("fleet-?", "fleet-1"));
  CHECK_FALSE(matches("fleet-?", "fleet-"));
  CHECK_FALSE(matches("fleet-?", "fleet-12"));
  CHECK(matches("?*", "x"));
  CHECK_FALSE(matches("?*", ""));
}

TEST_CASE("a question mark matches one UTF-8 character of several bytes") {
  CHECK(matches("caf?", "caf\u00e9"));
  CHECK_FALSE(matches("caf??", "caf\u00e9"));
  CHECK_FALSE(matches("*??", "\u20ac"));
  CHECK(matches("*??", "\u20ac\u00e9"));
}

TEST_CASE("case is disregarded only where the caller says so, and only of A to Z") {
  CHECK_FALSE(matches("EC2:describe*", "ec2:DescribeInstances"));
  CHECK(matches("EC2:describe*", "ec2:DescribeInstances", CaseRule::insensitive));
  CHECK_FALSE(matches("\u00c9", "\u00e9", CaseRule::insensitive));
  CHECK_FALSE(matches("[", "{", CaseRule::insensitive));
}

TEST_CASE("a literal part of a pattern holds no wildcards") {
  WildcardPattern pattern = WildcardPattern::literal("a*");
  pattern.append_any_character();
  pattern.append_literal("?");
  pattern.append(WildcardPattern::compile("z*"));
  CHECK(pattern.matches("a*b?z"));
  CHECK(pattern.matches("a*b?zzz"));
  CHECK_FALSE(pattern.matches("aab?z"));
  CHECK_FALSE(pattern.matches("a*bbz"));
}

TEST_CASE("many stars that fail at the very end are found out at once") {
  std::string pattern;
  for (int i = 0; i < 2'000; ++i) pattern += "a*";
  pattern += 'b';
  CHECK_FALSE(matches(pattern, std::string(20'000, 'a')));
}

TEST_CASE("matching agrees with the obvious recursion on random short patterns") {
  std::uint64_t state = 20261124;
  const auto next = [&state](std::uint64_t bound) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33U) % bound;
  };
  for (int round = 0; round < 20'000; ++round) {
    std::string pattern;
    std::string text;
    for (std::uint64_t i = next(7); i > 0; --i) pattern += "ab*?"[next(4)];
    for (std::uint64_t i = next(9); i > 0; --i) text += "ab"[next(2)];
    INFO(pattern << " against " << text);
    REQUIRE(matches(pattern, text) == matches_slowly(pattern, text));
  }
}
