#include "report/openmetrics_text.hpp"

#include <limits>
#include <vector>

#include "test_support/catch.hpp"

namespace credsim::report {
namespace {

using namespace std::chrono_literals;
using Time = OpenMetricsText::Time;

/// All that was written, and that the sink took it.
struct Text {
  std::string text;
  OpenMetricsText writer{[this](std::string_view piece) {
    text += piece;
    return true;
  }};

  const std::string& finished() {
    CHECK(writer.finish());
    return text;
  }
};

std::string sample(double value, Time time) {
  Text text;
  text.writer.sample("x", value, time);
  return text.finished();
}

TEST_CASE("a sample has the shortest value that reads back as itself") {
  CHECK(sample(0, Time{1s}) == "x 0 1\n# EOF\n");
  CHECK(sample(100'000'000, Time{1s}) == "x 100000000 1\n# EOF\n");
  CHECK(sample(-3, Time{1s}) == "x -3 1\n# EOF\n");
  CHECK(sample(0.1, Time{1s}) == "x 0.1 1\n# EOF\n");
  CHECK(sample(1.0 / 3, Time{1s}) == "x 0.3333333333333333 1\n# EOF\n");
  CHECK(sample(1e300, Time{1s}) == "x 1e+300 1\n# EOF\n");
  CHECK(sample(std::numeric_limits<double>::infinity(), Time{1s}) == "x +Inf 1\n# EOF\n");
  CHECK(sample(-std::numeric_limits<double>::infinity(), Time{1s}) == "x -Inf 1\n# EOF\n");
  CHECK(sample(std::numeric_limits<double>::quiet_NaN(), Time{1s}) == "x NaN 1\n# EOF\n");
}

TEST_CASE("a time is in seconds since 1970, with decimals only where it needs them") {
  CHECK(sample(0, Time{1'767'600'000s}) == "x 0 1767600000\n# EOF\n");
  CHECK(sample(0, Time{1'767'600'000s + 500ms}) == "x 0 1767600000.5\n# EOF\n");
  CHECK(sample(0, Time{1us}) == "x 0 0.000001\n# EOF\n");
  CHECK(sample(0, Time{10s + 20ms}) == "x 0 10.02\n# EOF\n");
  CHECK(sample(0, Time{-1500ms}) == "x 0 -1.5\n# EOF\n");
}

TEST_CASE("a label's value may hold quotes, backslashes, line feeds and any alphabet") {
  CHECK(series_text("up", {}) == "credsim_up");
  CHECK(series_text("up", {{"a", "1"}, {"b", ""}}) == R"(credsim_up{a="1",b=""})");
  CHECK(series_text("up", {{"a", "say \"no\"\nC:\\x\\ größer"}}) == R"(credsim_up{a="say \"no\"\nC:\\x\\ größer"})");
}

TEST_CASE("a family says what it is, in what unit, and a counter's goes without _total") {
  Text text;
  text.writer.family({"calls_total", MetricKind::counter, "Calls \\ \"tries\".\nAll.", ""});
  text.writer.family({"age_seconds", MetricKind::gauge, "Age.", ""});
  text.writer.family({"wait_seconds", MetricKind::histogram, "Wait.", ""});
  CHECK(text.finished() ==
        "# HELP credsim_calls Calls \\\\ \\\"tries\\\".\\nAll.\n# TYPE credsim_calls counter\n"
        "# HELP credsim_age_seconds Age.\n# TYPE credsim_age_seconds gauge\n# UNIT credsim_age_seconds seconds\n"
        "# HELP credsim_wait_seconds Wait.\n# TYPE credsim_wait_seconds histogram\n"
        "# UNIT credsim_wait_seconds seconds\n"
        "# EOF\n");
}

TEST_CASE("text is handed on in pieces, until one is refused") {
  std::vector<std::size_t> pieces;
  OpenMetricsText text([&](std::string_view piece) {
    pieces.push_back(piece.size());
    return pieces.size() < 2;
  });
  const std::string series(1000, 'x');
  for (int i = 0; i < 1000; ++i) text.sample(series, i, Time{1s});
  CHECK_FALSE(text.taken());
  CHECK_FALSE(text.finish());
  REQUIRE(pieces.size() == 2);
  CHECK(pieces[0] < 300'000);
}

}  // namespace
}  // namespace credsim::report
