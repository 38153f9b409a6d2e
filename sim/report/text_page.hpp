#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace credsim::report {

/// The sections of a summary: a label in the left margin, lines beside it, and colours if they are wanted. No line is
/// longer than `columns`, unless a single word is: what does not fit goes on below, indented.
class TextPage {
 public:
  TextPage(bool colour, std::size_t columns) : colour_(colour), columns_(columns) {}

  enum class Colour { bold, dim, green, red, yellow };
  [[nodiscard]] std::string painted(Colour colour, const std::string& text) const;

  /// `lines` beside `label`; nothing at all for no lines.
  void section(std::string_view label, const std::vector<std::string>& lines, Colour label_colour = Colour::dim);
  void line(const std::string& text);

  /// The columns beside the margin.
  [[nodiscard]] std::size_t room() const;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  bool colour_;
  std::size_t columns_;
  std::string text_;
};

/// Cells in columns, the first to the left and the others to the right, three spaces apart. Where that is too wide, the
/// first cell of each row has a line of its own, with the others in columns below it or, if that is too wide as well,
/// one after the other behind their headings.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> heading) { add(std::move(heading)); }
  /// As many cells as the heading has.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  /// The heading, then the rows, for a section of `page`.
  [[nodiscard]] std::vector<std::string> lines(const TextPage& page) const;

 private:
  [[nodiscard]] std::string in_columns(const std::vector<std::string>& row, std::size_t first) const;
  [[nodiscard]] std::string behind_headings(const std::vector<std::string>& row) const;
  [[nodiscard]] std::size_t width_of_columns(std::size_t first) const;
  [[nodiscard]] std::size_t width_of(std::size_t column) const;

  std::vector<std::vector<std::string>> rows_;
};

/// The columns that a terminal needs: code points, since summaries use no wide ones, without colours.
[[nodiscard]] std::size_t width(std::string_view text);
/// `text` with spaces behind it up to `columns`.
[[nodiscard]] std::string padded(const std::string& text, std::size_t columns);

}  // namespace credsim::report
