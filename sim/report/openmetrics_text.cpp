#include "report/openmetrics_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace credsim::report {
namespace {

constexpr std::string_view kPrefix = "credsim_";
constexpr std::string_view kTotal = "_total";
constexpr std::string_view kSeconds = "_seconds";

// Room for any number: of a double's shortest text 24 characters are the most.
using Digits = std::array<char, 32>;

std::string_view written(const Digits& digits, const char* end) {
  return {digits.data(), static_cast<std::size_t>(end - digits.data())};
}

std::string_view write_number(Digits& digits, double value) {
  constexpr double kExact = 9007199254740992;  // 2^53
  if (std::abs(value) < kExact && std::trunc(value) == value)
    return written(digits, std::to_chars(digits.begin(), digits.end(), static_cast<std::int64_t>(value)).ptr);
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return written(digits, std::to_chars(digits.begin(), digits.end(), value).ptr);
}

void add_escaped(std::string_view value, std::string& text) {
  for (const char character : value) {
    if (character == '\n') {
      text += "\\n";
      continue;
    }
    if (character == '\\' || character == '"') text += '\\';
    text += character;
  }
}

std::string_view type_name(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter:
      return "counter";
    case MetricKind::histogram:
      return "histogram";
    case MetricKind::tally:
    case MetricKind::gauge:
    case MetricKind::ratio:
    case MetricKind::limit:
      break;
  }
  return "gauge";
}

}  // namespace

OpenMetricsText::OpenMetricsText(TextSink sink) : sink_(std::move(sink)) {
  text_.reserve(kPiece + 4096);
}

void OpenMetricsText::family(const Metric& metric) {
  std::string name = std::string{kPrefix} + std::string{metric.name};
  // The family of a counter is called as its samples are, without _total.
  if (metric.kind == MetricKind::counter && name.ends_with(kTotal)) name.resize(name.size() - kTotal.size());
  text_ += "# HELP " + name + ' ';
  add_escaped(metric.help, text_);
  text_ += "\n# TYPE " + name + ' ';
  text_ += type_name(metric.kind);
  text_ += '\n';
  if (name.ends_with(kSeconds)) text_ += "# UNIT " + name + " seconds\n";
}

void OpenMetricsText::add_value(double value) {
  Digits digits;
  text_ += write_number(digits, value);
}

void OpenMetricsText::add_time(Time time) {
  constexpr std::int64_t kMicroseconds = 1'000'000;
  std::int64_t since_1970 = time.time_since_epoch().count();
  if (since_1970 < 0) {
    text_ += '-';
    since_1970 = -since_1970;
  }
  Digits digits;
  text_ += written(digits, std::to_chars(digits.begin(), digits.end(), since_1970 / kMicroseconds).ptr);
  const std::int64_t fraction = since_1970 % kMicroseconds;
  if (fraction == 0) return;
  // A one before it keeps the zeros that it begins with; the point takes its place.
  std::string_view decimals =
      written(digits, std::to_chars(digits.begin(), digits.end(), kMicroseconds + fraction).ptr);
  digits.front() = '.';
  decimals.remove_suffix(decimals.size() - 1 - decimals.find_last_not_of('0'));
  text_ += decimals;
}

void OpenMetricsText::hand_on() {
  taken_ = taken_ && sink_(text_);
  text_.clear();
}

bool OpenMetricsText::finish() {
  text_ += "# EOF\n";
  hand_on();
  return taken_;
}

std::string series_text(std::string_view name, const Labels& labels) {
  std::string text{kPrefix};
  text += name;
  char before = '{';
  for (const auto& [label, value] : labels) {
    text += before;
    before = ',';
    text += label;
    text += "=\"";
    add_escaped(value, text);
    text += '"';
  }
  if (!labels.empty()) text += '}';
  return text;
}

std::string number_text(double value) {
  Digits digits;
  return std::string{write_number(digits, value)};
}

}  // namespace credsim::report
