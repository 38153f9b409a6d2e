#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace credsim::report {

/// The sections of a summary: a label in the left margin, lines beside it, and colours if they are wanted.
class TextPage {
 public:
  explicit TextPage(bool colour) : colour_(colour) {}

  enum class Colour { bold, dim, green, red, yellow };
  [[nodiscard]] std::string painted(Colour colour, const std::string& text) const;

  /// `lines` beside `label`; nothing at all for no lines.
  void section(std::string_view label, const std::vector<std::string>& lines, Colour label_colour = Colour::dim);
  void line(const std::string& text) { text_ += text + "\n"; }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  bool colour_;
  std::string text_;
};

/// Cells in columns, the first to the left and the others to the right, three spaces apart.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> heading) { add(std::move(heading)); }
  /// As many cells as the heading has.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  /// The heading, then the rows.
  [[nodiscard]] std::vector<std::string> lines() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// The columns that a terminal needs: code points, since summaries use no wide ones, without colours.
[[nodiscard]] std::size_t width(std::string_view text);
/// `text` with spaces behind it up to `columns`.
[[nodiscard]] std::string padded(const std::string& text, std::size_t columns);

}  // namespace credsim::report
