#include "report/text_page.hpp"

#include <algorithm>

namespace credsim::report {
namespace {

constexpr std::size_t kMargin = 16;
constexpr std::size_t kGap = 3;

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

}  // namespace

std::string TextPage::painted(Colour colour, const std::string& text) const {
  return colour_ ? escape_sequence(colour) + text + "\x1b[0m" : text;
}

void TextPage::section(std::string_view label, const std::vector<std::string>& lines, Colour label_colour) {
  std::string margin = painted(label_colour, padded(std::string(label), kMargin));
  for (const std::string& text : lines) {
    line(margin + text);
    margin = std::string(kMargin, ' ');
  }
}

std::vector<std::string> TextTable::lines() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  std::vector<std::string> lines;
  for (const auto& row : rows_) {
    std::string text = padded(row.front(), widths.front());
    for (std::size_t i = 1; i < row.size(); ++i) text += std::string(kGap + widths[i] - width(row[i]), ' ') + row[i];
    lines.push_back(std::move(text));
  }
  return lines;
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
