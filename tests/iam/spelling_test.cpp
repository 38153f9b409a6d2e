#include "iam/spelling.hpp"

#include <array>

#include "test_support/catch.hpp"

namespace credsim::iam {
namespace {

std::string suggest(std::string_view unknown) {
  constexpr std::array<std::string_view, 5> kKnown{"lead", "eng", "p90", "p95", "instances"};
  return suggestion(unknown, kKnown);
}

const std::string kNone = "known are lead, eng, p90, p95, instances";

TEST_CASE("a name of three letters is suggested for one slip, and not for two") {
  CHECK(suggest("enx") == "did you mean \"eng\"?");
  CHECK(suggest("exx") == kNone);
}

TEST_CASE("two neighbours swapped are one slip, two apart are two") {
  CHECK(suggest("laed") == "did you mean \"lead\"?");
  CHECK(suggest("dael") == kNone);
}

TEST_CASE("a longer name is suggested for two slips, and not for three") {
  CHECK(suggest("insances") == "did you mean \"instances\"?");
  CHECK(suggest("insatnce") == "did you mean \"instances\"?");
  CHECK(suggest("insance_") == "did you mean \"instances\"?");
  CHECK(suggest("nsance_") == kNone);
}

TEST_CASE("of names that are equally near none is suggested") {
  CHECK(suggest("p98") == kNone);
  CHECK(suggest("p95x") == "did you mean \"p95\"?");
}

TEST_CASE("a name of one letter is never suggested for another") {
  constexpr std::array<std::string_view, 1> kKnown{"s"};
  CHECK(suggestion("m", kKnown) == "known are s");
}

}  // namespace
}  // namespace credsim::iam
