#include "iam/condition.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "test_support/catch.hpp"

using credsim::iam::Condition;
using credsim::iam::OperatorUse;
using credsim::iam::RequestContext;
using credsim::iam::Truth;

namespace {

const RequestContext kNoKeys;

Condition condition(std::string_view operator_name, std::string_view key,
                    std::initializer_list<std::string_view> values) {
  std::string fault;
  const auto use = OperatorUse::parse(operator_name, fault);
  INFO(fault);
  REQUIRE(use);
  Condition result(*use, key);
  for (const std::string_view value : values) {
    const bool added = result.add_value(value, true, fault);
    INFO(fault);
    REQUIRE(added);
  }
  return result;
}

/// Does the operator hold for one key with this value?
bool holds(std::string_view operator_name, std::initializer_list<std::string_view> values, const char* actual) {
  RequestContext context;
  context.set("x:key", std::string(actual));
  return condition(operator_name, "x:Key", values).holds(context) == Truth::yes;
}

bool holds_when_absent(std::string_view operator_name, std::string_view value) {
  return condition(operator_name, "x:Key", {value}).holds(kNoKeys) == Truth::yes;
}

bool holds_for_set(std::string_view operator_name, std::initializer_list<std::string_view> values,
                   std::vector<std::string> actual) {
  RequestContext context;
  context.set("x:key", std::move(actual));
  return condition(operator_name, "x:Key", values).holds(context) == Truth::yes;
}

std::string fault_of_value(std::string_view operator_name, std::string_view value) {
  std::string fault;
  Condition result(*OperatorUse::parse(operator_name, fault), "x:Key");
  CHECK_FALSE(result.add_value(value, true, fault));
  return fault;
}

std::string fault_of_operator(std::string_view operator_name) {
  std::string fault;
  CHECK_FALSE(OperatorUse::parse(operator_name, fault));
  return fault;
}

}  // namespace

TEST_CASE("string operators compare as their names say") {
  CHECK(holds("StringEquals", {"a", "b"}, "b"));
  CHECK_FALSE(holds("StringEquals", {"a", "b"}, "B"));
  CHECK_FALSE(holds("StringEquals", {"a*"}, "ab"));
  CHECK(holds("StringNotEquals", {"a", "b"}, "c"));
  CHECK_FALSE(holds("StringNotEquals", {"a", "b"}, "b"));
  CHECK(holds("StringEqualsIgnoreCase", {"Team-A"}, "team-a"));
  CHECK_FALSE(holds("StringNotEqualsIgnoreCase", {"Team-A"}, "team-a"));
  CHECK(holds("StringLike", {"fleet-?", "x*"}, "fleet-7"));
  CHECK_FALSE(holds("StringLike", {"FLEET-?"}, "fleet-7"));
  CHECK_FALSE(holds("StringNotLike", {"fleet-?"}, "fleet-7"));
  CHECK(holds("StringNotLike", {"fleet-?"}, "fleet-77"));
}

TEST_CASE("numeric operators compare as their names say") {
  CHECK(holds("NumericEquals", {"10"}, "10.0"));
  CHECK(holds("NumericNotEquals", {"10"}, "11"));
  CHECK(holds("NumericLessThan", {"10"}, "-3.5"));
  CHECK_FALSE(holds("NumericLessThan", {"10"}, "10"));
  CHECK(holds("NumericLessThanEquals", {"10"}, "10"));
  CHECK(holds("NumericGreaterThan", {"10"}, "10.5"));
  CHECK(holds("NumericGreaterThanEquals", {"10"}, "+10"));
  CHECK_FALSE(holds("NumericGreaterThanEquals", {"10"}, "9"));
}

TEST_CASE("date operators compare ISO 8601 with offsets, fractions and epoch seconds") {
  CHECK(holds("DateEquals", {"2026-11-24T09:00:00Z"}, "2026-11-24T10:00:00+01:00"));
  CHECK(holds("DateEquals", {"2026-11-24"}, "2026-11-24T00:00Z"));
  CHECK(holds("DateEquals", {"1970-01-02"}, "86400"));
  CHECK(holds("DateLessThan", {"2026-11-24T09:00:00Z"}, "2026-11-24T08:59:59.999999Z"));
  CHECK_FALSE(holds("DateLessThan", {"2026-11-24T09:00:00Z"}, "2026-11-24T09:00:00Z"));
  CHECK(holds("DateLessThanEquals", {"2026-11-24T09:00:00Z"}, "2026-11-24T09:00:00Z"));
  CHECK(holds("DateGreaterThan", {"2026-11-24T09:00:00Z"}, "2026-11-24T09:00:00.5Z"));
  CHECK(holds("DateGreaterThanEquals", {"2024-02-29T00:00:00Z"}, "2024-02-29T00:00:00-00:30"));
  CHECK(holds("DateNotEquals", {"2026-11-24"}, "2026-11-25"));
}

TEST_CASE("address operators take IPv4 and IPv6 blocks and bare addresses") {
  CHECK(holds("IpAddress", {"203.0.113.0/24"}, "203.0.113.77"));
  CHECK_FALSE(holds("IpAddress", {"203.0.113.0/24"}, "203.0.114.1"));
  CHECK(holds("IpAddress", {"10.0.0.0/9"}, "10.127.255.255"));
  CHECK_FALSE(holds("IpAddress", {"10.0.0.0/9"}, "10.128.0.0"));
  CHECK(holds("IpAddress", {"0.0.0.0/0"}, "198.51.100.1"));
  CHECK_FALSE(holds("IpAddress", {"0.0.0.0/0"}, "2001:db8::1"));
  CHECK(holds("IpAddress", {"198.51.100.1"}, "198.51.100.1"));
  CHECK_FALSE(holds("IpAddress", {"198.51.100.1"}, "198.51.100.2"));
  CHECK(holds("IpAddress", {"2001:db8::/33"}, "2001:db8:7fff::1"));
  CHECK_FALSE(holds("IpAddress", {"2001:db8::/33"}, "2001:db8:8000::1"));
  CHECK(holds("IpAddress", {"2001:db8::1"}, "2001:0db8:0:0::1"));
  CHECK(holds("NotIpAddress", {"203.0.113.0/24", "10.0.0.0/8"}, "192.0.2.1"));
  CHECK_FALSE(holds("NotIpAddress", {"203.0.113.0/24", "10.0.0.0/8"}, "10.1.2.3"));
  CHECK(holds("NotIpAddress", {"10.0.0.0/8"}, "2001:db8::1"));
}

TEST_CASE("ARN operators compare six parts, and a star does not reach over their colons") {
  const char* fleet = "arn:aws:appstream:us-east-1:111122223333:fleet/design-7";
  CHECK(holds("ArnLike", {"arn:aws:appstream:us-east-1:111122223333:fleet/design-*"}, fleet));
  CHECK(holds("ArnEquals", {"arn:aws:appstream:*:111122223333:fleet/*"}, fleet));
  CHECK_FALSE(holds("ArnLike", {"arn:aws:appstream:*:444455556666:fleet/*"}, fleet));
  CHECK_FALSE(holds("ArnLike", {"arn:aws:app*:fleet/x:y:z"}, fleet));
  CHECK_FALSE(holds("ArnLike", {"arn:*:*:*:*:fleet"}, fleet));
  CHECK(holds("ArnNotLike", {"arn:aws:appstream:eu-*:*:*"}, fleet));
  CHECK_FALSE(holds("ArnNotEquals", {"arn:aws:appstream:us-*:*:*"}, fleet));
  CHECK(holds("ArnLike", {"arn:aws:logs:*:*:log-group:*:stream"}, "arn:aws:logs:eu-west-1:1:log-group:a:b:stream"));
}

TEST_CASE("Bool and Null compare truth and absence") {
  CHECK(holds("Bool", {"true"}, "True"));
  CHECK_FALSE(holds("Bool", {"true"}, "false"));
  CHECK_FALSE(holds("Null", {"true"}, "anything"));
  CHECK(holds("Null", {"false"}, "anything"));
  CHECK(holds_when_absent("Null", "true"));
  CHECK_FALSE(holds_when_absent("Null", "false"));
}

TEST_CASE("an absent key fails a positive operator and passes a negated one or IfExists") {
  CHECK_FALSE(holds_when_absent("StringEquals", "a"));
  CHECK(holds_when_absent("StringNotEquals", "a"));
  CHECK_FALSE(holds_when_absent("StringLike", "*"));
  CHECK(holds_when_absent("StringNotLike", "*"));
  CHECK_FALSE(holds_when_absent("NumericLessThan", "1"));
  CHECK(holds_when_absent("NumericNotEquals", "1"));
  CHECK_FALSE(holds_when_absent("DateLessThan", "2026-11-24"));
  CHECK(holds_when_absent("DateNotEquals", "2026-11-24"));
  CHECK_FALSE(holds_when_absent("Bool", "false"));
  CHECK(holds_when_absent("BoolIfExists", "true"));
  CHECK_FALSE(holds_when_absent("IpAddress", "0.0.0.0/0"));
  CHECK(holds_when_absent("NotIpAddress", "0.0.0.0/0"));
  CHECK_FALSE(holds_when_absent("ArnLike", "arn:*:*:*:*:*"));
  CHECK(holds_when_absent("ArnNotLike", "arn:*:*:*:*:*"));
  CHECK(holds_when_absent("StringEqualsIfExists", "a"));
  CHECK_FALSE(holds("StringEqualsIfExists", {"a"}, "b"));
}

TEST_CASE("set operators look at every value, and an empty set is false for any and true for all") {
  CHECK(holds_for_set("ForAnyValue:StringEquals", {"a", "b"}, {"x", "b"}));
  CHECK_FALSE(holds_for_set("ForAnyValue:StringEquals", {"a", "b"}, {"x", "y"}));
  CHECK(holds_for_set("ForAllValues:StringEquals", {"a", "b"}, {"b", "a", "b"}));
  CHECK_FALSE(holds_for_set("ForAllValues:StringEquals", {"a", "b"}, {"a", "x"}));
  CHECK(holds_for_set("ForAnyValue:StringNotEquals", {"a"}, {"a", "x"}));
  CHECK_FALSE(holds_for_set("ForAllValues:StringNotEquals", {"a"}, {"a", "x"}));
  CHECK_FALSE(holds_for_set("ForAnyValue:StringEquals", {"a"}, {}));
  CHECK(holds_for_set("ForAllValues:StringEquals", {"a"}, {}));
  CHECK_FALSE(holds_when_absent("ForAnyValue:StringNotEquals", "a"));
  CHECK(holds_when_absent("ForAllValues:StringNotEquals", "a"));
  CHECK(holds_when_absent("ForAnyValue:StringEqualsIfExists", "a"));
  CHECK(holds("ForAllValues:StringLike", {"a*"}, "ab"));
}

TEST_CASE("a multivalued key satisfies nothing without a set operator, negated or not") {
  CHECK_FALSE(holds_for_set("StringEquals", {"a"}, {"a"}));
  CHECK_FALSE(holds_for_set("StringNotEquals", {"a"}, {"b"}));
}

TEST_CASE("a value that cannot be compared satisfies neither an operator nor its negation") {
  CHECK_FALSE(holds("NumericEquals", {"1"}, "one"));
  CHECK_FALSE(holds("NumericNotEquals", {"1"}, "one"));
  CHECK_FALSE(holds("DateNotEquals", {"2026-11-24"}, "yesterday"));
  CHECK_FALSE(holds("NotIpAddress", {"10.0.0.0/8"}, "appstream.amazonaws.com"));
  CHECK_FALSE(holds("ArnNotLike", {"arn:*:*:*:*:*"}, "fleet/design"));
  CHECK_FALSE(holds("Bool", {"false"}, "no"));
}

TEST_CASE("policy variables take their values from the request, as literal text") {
  RequestContext context;
  context.set("x:key", std::string("home/ann/notes"));
  context.set("aws:username", std::string("ann"));
  CHECK(condition("StringLike", "x:key", {"home/${aws:UserName}/*"}).holds(context));
  CHECK_FALSE(condition("StringLike", "x:key", {"home/${aws:username}"}).holds(context));
  context.set("aws:username", std::string("*"));
  CHECK_FALSE(condition("StringLike", "x:key", {"home/${aws:username}/notes"}).holds(context));
  CHECK(condition("StringLike", "x:key", {"home/${aws:PrincipalTag/team, 'ann'}/*"}).holds(context));

  context.set("x:key", std::string("a*b?c$"));
  CHECK(condition("StringLike", "x:key", {"a${*}b${?}c${$}"}).holds(context));
  CHECK_FALSE(condition("StringLike", "x:key", {"a${*}b${*}c${$}"}).holds(context));

  context.set("x:arn", std::string("arn:aws:iam::111122223333:role/ann"));
  context.set("aws:username", std::string("ann"));
  CHECK(condition("ArnLike", "x:arn", {"arn:aws:iam::*:role/${aws:username}"}).holds(context));
}

TEST_CASE("a policy variable without a value satisfies neither an operator nor its negation") {
  RequestContext context;
  context.set("x:key", std::string("ann"));
  CHECK_FALSE(condition("StringEquals", "x:key", {"${aws:username}"}).holds(context));
  CHECK_FALSE(condition("StringNotEquals", "x:key", {"${aws:username}"}).holds(context));
  CHECK_FALSE(condition("StringNotEquals", "x:key", {"bob", "${aws:username}"}).holds(context));
  CHECK(condition("StringEquals", "x:key", {"ann", "${aws:username}"}).holds(context));
  context.set("aws:username", std::vector<std::string>{"ann", "bob"});
  CHECK_FALSE(condition("StringEquals", "x:key", {"${aws:username}"}).holds(context));
}

TEST_CASE("a condition mentions its key and the keys of its policy variables") {
  const Condition looks_at = condition("ArnLike", "aws:SourceArn", {"arn:aws:iam::*:role/${aws:PrincipalTag/Team}"});
  CHECK(looks_at.mentions("AWS:sourcearn"));
  CHECK(looks_at.mentions("aws:principaltag/team"));
  CHECK_FALSE(looks_at.mentions("aws:SourceIp"));
}

TEST_CASE("unknown operators are faults that name the one that was meant") {
  CHECK(fault_of_operator("StringEqual") ==
        "\"StringEqual\" is not a condition operator; did you mean \"StringEquals\"?");
  CHECK(fault_of_operator("stringequals").find("did you mean \"StringEquals\"?") != std::string::npos);
  CHECK(fault_of_operator("IPAddress").find("did you mean \"IpAddress\"?") != std::string::npos);
  CHECK(fault_of_operator("Matches").find("known are StringEquals, ") != std::string::npos);
  CHECK(fault_of_operator("ForAnyValues:StringEquals").find("did you mean \"ForAnyValue\"?") != std::string::npos);
  CHECK(fault_of_operator("BinaryEquals").find("not supported") != std::string::npos);
  CHECK(fault_of_operator("NullIfExists").find("Null takes neither") != std::string::npos);
  CHECK(fault_of_operator("ForAllValues:Null").find("Null takes neither") != std::string::npos);
}

TEST_CASE("values that are not of their operator's type are faults") {
  for (const char* number : {"", "1e3", "0x10", ".5", "5.", "ten", "1234567890123456", "${aws:x}"}) {
    INFO(number);
    CHECK(fault_of_value("NumericEquals", number).find("is not a number; ") != std::string::npos);
  }
  for (const char* date : {"", "2026", "2026-11", "2026-02-30", "2026-11-24T24:00:00Z", "2026-11-24T09:00:00",
                           "2026-11-24 09:00", "24.11.2026", "2026-11-24T09:00:00.Z", "-1", "2026-11-24T09:00Zx"}) {
    INFO(date);
    CHECK(fault_of_value("DateLessThan", date).find("is not a date; ") != std::string::npos);
  }
  for (const char* address : {"", "10.0.0", "10.0.0.256", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.*",
                              "2001:db8::/129", "::1::", "10.0.0.0/-1", "${aws:SourceIp}"}) {
    INFO(address);
    CHECK(fault_of_value("IpAddress", address).find("is not an address; ") != std::string::npos);
  }
  for (const char* arn : {"", "*", "fleet/design", "arn:aws:appstream:us-east-1:111122223333", "x:aws:a:b:c:d"}) {
    INFO(arn);
    CHECK(fault_of_value("ArnLike", arn).find("is not an ARN; ") != std::string::npos);
  }
  CHECK(fault_of_value("Bool", "yes").find("is not a truth value; ") != std::string::npos);
  CHECK(fault_of_value("Null", "present").find("is not a truth value; ") != std::string::npos);
  CHECK(fault_of_value("StringEquals", "${aws:username").find("no closing brace; ") != std::string::npos);
  CHECK(fault_of_value("StringEquals", "${username}").find("is not a condition key; ") != std::string::npos);
  CHECK(fault_of_value("StringEquals", "${}").find("is not a condition key; ") != std::string::npos);
  CHECK(fault_of_value("StringEquals", "${aws:a, b}").find("is not quoted; ") != std::string::npos);
}

namespace {

/// Every key that was not set is open.
RequestContext open_context() {
  RequestContext context;
  context.leave_open_unless([](std::string_view) { return false; });
  return context;
}

}  // namespace

TEST_CASE("a condition on an open key is open, whatever its operator") {
  for (const char* name : {"StringEquals", "StringNotEquals", "StringEqualsIfExists", "ForAllValues:StringEquals"})
    CHECK(condition(name, "x:key", {"a"}).holds(open_context()) == Truth::open);
  CHECK(condition("Null", "x:key", {"true"}).holds(open_context()) == Truth::open);
}

TEST_CASE("a key that requests never carry, or that is set without values, is absent where others are open") {
  RequestContext context;
  context.leave_open_unless([](std::string_view key) { return key == "x:never"; });
  context.set("x:none", std::vector<std::string>{});
  for (const char* key : {"x:never", "x:none"}) {
    CHECK(condition("Null", key, {"true"}).holds(context) == Truth::yes);
    CHECK(condition("StringEquals", key, {"a"}).holds(context) == Truth::no);
    CHECK(condition("StringNotEquals", key, {"a"}).holds(context) == Truth::yes);
  }
}

TEST_CASE("an open policy variable matters only if no other value of the policy matches") {
  RequestContext context = open_context();
  context.set("x:key", std::string("a"));
  CHECK(condition("StringEquals", "x:key", {"${y:open}"}).holds(context) == Truth::open);
  CHECK(condition("StringEquals", "x:key", {"${y:open}", "a"}).holds(context) == Truth::yes);
  CHECK(condition("StringNotEquals", "x:key", {"${y:open}", "a"}).holds(context) == Truth::no);
  CHECK(condition("StringEquals", "x:key", {"${y:open, 'a'}"}).holds(context) == Truth::open);
  CHECK(condition("StringEquals", "x:key", {"b${y:open}"}).holds(context) == Truth::no);
  CHECK(condition("StringNotEquals", "x:key", {"b${y:open}"}).holds(context) == Truth::open);
  std::vector<std::string> keys;
  condition("StringEquals", "x:key", {"${y:open}"}).add_open_keys(context, keys);
  CHECK(keys == std::vector<std::string>{"y:open"});
}
