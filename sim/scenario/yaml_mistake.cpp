#include "scenario/yaml_mistake.hpp"

#include <utility>
#include <vector>

namespace credsim {

namespace {

constexpr std::string_view kBlanks = " \t\r";

/// Walks through a text as far as its brackets, quotes and indentation can be told without understanding the rest.
class MistakeFinder {
 public:
  MistakeFinder(std::string_view text, SourcePlace gave_up) : text_(text), gave_up_(gave_up) {}

  std::optional<YamlMistake> find() {
    while (!mistake_ && !at_end()) {
      if (brackets_.empty())
        pass_block_line();
      else
        pass_flow_token();
    }
    // Inside a bracket that should have been closed before, all that follows looks wrong.
    if (!mistake_ || is_beyond(mistake_->place)) report_unclosed();
    return std::move(mistake_);
  }

 private:
  struct Bracket {
    char kind;
    SourcePlace place;
  };

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  /// The character `ahead` places on; a line break where the text has ended.
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\n';
  }
  [[nodiscard]] bool is_blank(std::size_t ahead) const {
    const char character = peek(ahead);
    return character == '\n' || kBlanks.find(character) != std::string_view::npos;
  }

  void step() {
    ++place_.column;
    if (text_[at_++] == '\n') place_ = {place_.line + 1, 1};
  }
  void skip_blanks() {
    while (!at_end() && kBlanks.find(peek()) != std::string_view::npos) step();
  }
  void skip_line() {
    while (!at_end() && peek() != '\n') step();
    if (!at_end()) step();
  }

  void report(SourcePlace place, std::string message) { mistake_ = {place, std::move(message)}; }

  static char closing(char opening) { return opening == '[' ? ']' : '}'; }

  /// Behind the place where the parser gave up.
  [[nodiscard]] bool is_beyond(SourcePlace place) const {
    return std::pair(place.line, place.column) > std::pair(gave_up_.line, gave_up_.column);
  }

  void report_unclosed() {
    mistake_.reset();
    while (!brackets_.empty() && brackets_.back().place.line > gave_up_.line) brackets_.pop_back();
    if (brackets_.empty()) return;
    std::string ends;
    for (auto bracket = brackets_.rbegin(); bracket != brackets_.rend(); ++bracket) ends += closing(bracket->kind);
    report(brackets_.back().place, "the " + std::string(1, brackets_.back().kind) +
                                       " that stands here is never closed; write " + ends + " where it ends");
  }

  /// Passes a line outside of brackets, up to a bracket that opens on it.
  void pass_block_line() {
    if (place_.column == 1) {
      if (!pass_indentation()) return;
    } else {
      pass_after_brackets();
    }
    const std::uint32_t line = place_.line;
    const auto goes_on = [&] { return !mistake_ && !at_end() && brackets_.empty() && place_.line == line; };
    while (goes_on() && peek() != '\n') pass_block_token();
    if (goes_on()) step();
  }

  /// False if there is nothing else on the line.
  bool pass_indentation() {
    std::optional<SourcePlace> tab;
    indentation_ = 0;
    while (!at_end() && kBlanks.find(peek()) != std::string_view::npos) {
      if (peek() == '\t' && !tab) tab = place_;
      if (peek() == ' ') ++indentation_;
      step();
    }
    if (peek() == '\n' || peek() == '#') {
      skip_line();
      return false;
    }
    if (tab) report(*tab, "a tab indents this line; YAML is indented by spaces alone, so write some instead");
    return !tab;
  }

  /// What may follow on the line on which the last bracket closes.
  void pass_after_brackets() {
    skip_blanks();
    if (peek() == ']' || peek() == '}')
      report(place_, "this " + std::string(1, peek()) + " closes nothing; remove it");
    else if (peek() == ':')
      step();
  }

  void pass_block_token() {
    skip_blanks();
    const char first = peek();
    if (first == '\n') return;
    if (first == '#') return skip_to_line_end();
    if ((first == '-' || first == '?') && is_blank(1)) return step();
    if (first == '&' || first == '*' || first == '!') return pass_word();
    if (first == '"' || first == '\'') return pass_quoted(":#\n");
    if (first == '[' || first == '{') return open();
    if (first == '|' || first == '>') return pass_block_text();
    while (peek() != '\n' && !(peek() == ':' && is_blank(1)) && !(is_blank(0) && peek(1) == '#')) step();
    if (peek() == ':') step();
  }

  void pass_flow_token() {
    while (!at_end() && is_blank(0)) step();
    if (at_end()) return;
    const char first = peek();
    if (first == '#' && (place_.column == 1 || kBlanks.find(text_[at_ - 1]) != std::string_view::npos))
      return skip_line();
    if (first == ',' || first == ':' || first == '#') return step();
    if (first == '"' || first == '\'') return pass_quoted(",:]}#");
    if (first == '[' || first == '{') return open();
    if (first == ']' || first == '}') return close();
    constexpr std::string_view kEnds = ",[]{}\n";
    while (kEnds.find(peek()) == std::string_view::npos && !(peek() == ':' && is_blank(1)) &&
           !(is_blank(0) && peek(1) == '#'))
      step();
  }

  void skip_to_line_end() {
    while (peek() != '\n') step();
  }
  void pass_word() {
    while (!is_blank(0)) step();
  }

  /// "|" or ">", and the lines below that are indented deeper.
  void pass_block_text() {
    const std::size_t outside = indentation_;
    skip_line();
    while (!at_end()) {
      const std::size_t text_begins = text_.find_first_not_of(' ', at_);
      const bool is_empty = text_begins == std::string_view::npos || text_[text_begins] == '\n';
      if (!is_empty && text_begins - at_ <= outside) break;
      skip_line();
    }
  }

  void open() {
    brackets_.push_back({peek(), place_});
    step();
  }

  void close() {
    const Bracket& last = brackets_.back();
    if (peek() == closing(last.kind)) {
      brackets_.pop_back();
      step();
      return;
    }
    report(last.place, "the " + std::string(1, last.kind) + " that stands here is closed by " + std::string(1, peek()) +
                           " on line " + std::to_string(place_.line) + "; write " + closing(last.kind) +
                           " before that");
  }

  /// Passes a text in quotes, which one of `followers` must follow.
  void pass_quoted(std::string_view followers) {
    const SourcePlace opened = place_;
    const char quote = peek();
    step();
    while (!at_end() && !(peek() == quote && !(quote == '\'' && peek(1) == quote))) {
      const bool escapes = peek() == (quote == '"' ? '\\' : quote);
      step();
      if (escapes && !at_end()) step();
    }
    const std::string which = std::string("the ") + quote + " that stands here ";
    if (at_end()) return report(opened, which + "is never closed; write another one where its text ends");
    const std::uint32_t closed_on = place_.line;
    step();
    while (!at_end() && is_blank(0) && (peek() != '\n' || followers.find('\n') == std::string_view::npos)) step();
    if (!at_end() && followers.find(peek()) == std::string_view::npos)
      report(opened, which + "is closed by the next one, on line " + std::to_string(closed_on) +
                         ", and more follows there; close it where its text ends");
    if (!at_end() && peek() == ':') step();
  }

  std::string_view text_;
  SourcePlace gave_up_;
  std::size_t at_ = 0;
  SourcePlace place_{1, 1};
  std::size_t indentation_ = 0;  // of the line
  std::vector<Bracket> brackets_;
  std::optional<YamlMistake> mistake_;
};

}  // namespace

std::optional<YamlMistake> find_yaml_mistake(std::string_view text, SourcePlace gave_up) {
  return MistakeFinder(text, gave_up).find();
}

}  // namespace credsim
