#include "report/text_page.hpp"

#include <algorithm>
#include <array>

namespace credsim::report {
namespace {

constexpr std::size_t kMargin = 16;
constexpr std::size_t kGap = 3;
constexpr std::size_t kIndent = 2;  // of what goes on below

const char* escape_sequence(TextPage::Colour colour) {
  switch (colour) {
    case TextPage::Colour::bold:
      return "\x1b[1m";
    case TextPage::Colour::dim:
      return "\x1b[2m";
    case TextPage::Colour::green:
      return "\x1b[32m";
    case TextPage::Colour::red:
      return "\x1b[31m";
    case TextPage::Colour::yellow:
      return "\x1b[33m";
  }
  return "";
}

/// Whether a line may end between these words: not between a number and its unit.
bool may_part(std::string_view before, std::string_view word) {
  if (before == "±" || before == "×") return false;
  constexpr std::array<std::string_view, 13> kUnitWords{"d", "h", "m", "s", "ms", "µs", "%",
                                                        "×", "±", "M", "G", "−",  "/s"};
  const std::string_view bare = word.substr(0, word.find_first_of(",;:)"));
  return std::find(kUnitWords.begin(), kUnitWords.end(), bare) == kUnitWords.end();
}

/// Where a line of at most `columns` ends: the last place that may; else the first, or the text's end.
std::size_t end_of_line(std::string_view text, std::size_t columns) {
  std::size_t end = text.size();
  for (std::size_t at = text.find(' ', text.find_first_not_of(' ')); at < text.size(); at = text.find(' ', at)) {
    const std::size_t next = text.find_first_not_of(' ', at);
    if (next == std::string_view::npos) break;
    const std::string_view before = text.substr(0, at);
    const std::string_view word = text.substr(next, text.find(' ', next) - next);
    if (may_part(before.substr(before.rfind(' ') + 1), word)) {
      if (width(before) > columns) return std::min(end, at);
      end = at;
    }
    at = next;
  }
  return end;
}

/// `text` in lines of at most `columns`, all but the first indented.
std::vector<std::string> reflowed(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  std::string indent;
  while (width(indent) + width(text) > columns) {
    const std::size_t end = end_of_line(text, columns - width(indent));
    if (end >= text.size()) break;
    lines.push_back(indent + std::string(text.substr(0, end)));
    text.remove_prefix(text.find_first_not_of(' ', end));
    indent = std::string(kIndent, ' ');
  }
  lines.push_back(indent + std::string(text));
  return lines;
}

}  // namespace

std::string TextPage::painted(Colour colour, const std::string& text) const {
  return colour_ ? escape_sequence(colour) + text + "\x1b[0m" : text;
}

void TextPage::section(std::string_view label, const std::vector<std::string>& lines, Colour label_colour) {
  std::string margin = painted(label_colour, padded(std::string(label), kMargin));
  for (const std::string& text : lines)
    for (const std::string& part : reflowed(text, room())) {
      text_ += margin + part + "\n";
      margin = std::string(kMargin, ' ');
    }
}

void TextPage::line(const std::string& text) {
  for (const std::string& part : reflowed(text, columns_)) text_ += part + "\n";
}

std::size_t TextPage::room() const {
  return columns_ - std::min(columns_, kMargin);
}

std::vector<std::string> TextTable::lines(const TextPage& page) const {
  const bool wide = width_of_columns(0) <= page.room();
  const bool below = kIndent + width_of_columns(1) <= page.room();
  const std::string indent(kIndent, ' ');
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto& row = rows_[i];
    const auto add = [&](const std::string& text) {
      lines.push_back(i == 0 ? page.painted(TextPage::Colour::dim, text) : text);
    };
    if (wide) {
      add(in_columns(row, 0));
      continue;
    }
    if (!row.front().empty()) add(row.front());
    if (below)
      add(indent + in_columns(row, 1));
    else if (i > 0)
      add(indent + behind_headings(row));
  }
  return lines;
}

std::string TextTable::in_columns(const std::vector<std::string>& row, std::size_t first) const {
  std::string text;
  for (std::size_t i = first; i < row.size(); ++i)
    text += i == 0       ? padded(row[i], width_of(i))
            : i == first ? std::string(width_of(i) - width(row[i]), ' ') + row[i]
                         : std::string(kGap + width_of(i) - width(row[i]), ' ') + row[i];
  return text;
}

std::string TextTable::behind_headings(const std::vector<std::string>& row) const {
  std::string text;
  for (std::size_t i = 1; i < row.size(); ++i) text += (i > 1 ? ", " : "") + rows_.front()[i] + " " + row[i];
  return text;
}

std::size_t TextTable::width_of_columns(std::size_t first) const {
  std::size_t columns = 0;
  for (std::size_t i = first; i < rows_.front().size(); ++i) columns += (i > first ? kGap : 0) + width_of(i);
  return columns;
}

std::size_t TextTable::width_of(std::size_t column) const {
  std::size_t widest = 0;
  for (const auto& row : rows_) widest = std::max(widest, width(row[column]));
  return widest;
}

std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b')
      i = std::min(text.find('m', i), text.size());
    else if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U)
      ++columns;
  }
  return columns;
}

std::string padded(const std::string& text, std::size_t columns) {
  return text + std::string(columns - std::min(columns, width(text)), ' ');
}

}  // namespace credsim::report
