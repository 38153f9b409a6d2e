#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "credsim/metric.hpp"
#include "credsim/record.hpp"

namespace credsim::report {

/// Takes a piece of text. False: it could not, and wants no more.
using TextSink = std::function<bool(std::string_view)>;

/// Writes OpenMetrics text (OpenMetrics 1.0, "ABNF"), line by line, and hands it on in pieces of some 256 KiB.
class OpenMetricsText {
 public:
  using Time = std::chrono::sys_time<std::chrono::microseconds>;

  explicit OpenMetricsText(TextSink sink);

  /// Opens a family: its type, its unit if its name has one, its help. All its samples follow.
  void family(const Metric& metric);

  /// A sample of a series as named by series_text().
  void sample(std::string_view series, double value, Time time) {
    text_ += series;
    text_ += ' ';
    add_value(value);
    text_ += ' ';
    add_time(time);
    text_ += '\n';
    ++samples_;
    if (text_.size() >= kPiece) hand_on();
  }

  /// Writes the mark of the end. False: the sink did not take everything.
  [[nodiscard]] bool finish();

  /// Whether the sink still takes text.
  [[nodiscard]] bool taken() const { return taken_; }
  [[nodiscard]] std::uint64_t samples() const { return samples_; }

 private:
  static constexpr std::size_t kPiece = 256 * 1024;

  void add_value(double value);
  void add_time(Time time);
  void hand_on();

  TextSink sink_;
  std::string text_;
  bool taken_ = true;
  std::uint64_t samples_ = 0;
};

/// `credsim_NAME{label="value",…}`, escaped.
[[nodiscard]] std::string series_text(std::string_view name, const Labels& labels);

/// The shortest text that reads back as `value`; whole numbers without an exponent.
[[nodiscard]] std::string number_text(double value);

}  // namespace credsim::report
