#include "scenario/json_source.hpp"

#include <string>
#include <utility>
#include <vector>

#include "scenario/source_text.hpp"
#include "scenario/yaml_node.hpp"
#include "scenario/yaml_source.hpp"

namespace credsim {

namespace {

using nlohmann::json;

/// Follows the JSON parser through the text and says where the token that it has just read begins. The parser vouches
/// for the token; it does not say its place itself.
class TokenPlaces {
 public:
  explicit TokenPlaces(std::string_view text) : text_(text) {}

  /// Skips to the next token that is a value, a key or a bracket; returns where it begins, whether it is sound or not.
  SourcePlace find() {
    constexpr std::string_view kBetween = " \t\r\n,:";
    while (at_ < text_.size() && kBetween.find(text_[at_]) != std::string_view::npos) step();
    return place_;
  }

  /// The same, and passes the token. Precondition: the parser has read it.
  SourcePlace next() {
    const SourcePlace begin = find();
    const char first = text_[at_];
    step();
    if (first == '"')
      pass_string();
    else if (std::string_view("{}[]").find(first) == std::string_view::npos)
      pass_word();
    return begin;
  }

 private:
  void step() {
    ++place_.column;
    if (text_[at_++] == '\n') place_ = {place_.line + 1, 1};
  }

  void pass_string() {
    while (text_[at_] != '"') {
      if (text_[at_] == '\\') step();
      step();
    }
    step();
  }

  /// A number, true, false or null.
  void pass_word() {
    constexpr std::string_view kEnds = " \t\r\n,:]}";
    while (at_ < text_.size() && kEnds.find(text_[at_]) == std::string_view::npos) step();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  SourcePlace place_{1, 1};
};

/// Builds the document from the parser's events. The parser's own documents know no places and keep one of two equal
/// keys in silence.
class DocumentBuilder final : public json::json_sax_t {
 public:
  DocumentBuilder(std::string_view text, std::uint32_t source, Diagnostics& diagnostics)
      : text_(text), tokens_(text), source_(source), diagnostics_(diagnostics) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }  // no JSON has any

  bool start_object(std::size_t) override { return open(json::object()); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    const Origin origin{source_, tokens_.next()};
    Open& object = open_.back();
    const auto [first, is_new] = object.key_lines.emplace(name, origin.place.line);
    if (!is_new)
      refuse(origin, "key " + quoted_text(name) + " is there already, on line " + std::to_string(first->second) +
                         "; remove one of them");
    object.key = std::move(name);
    return count(origin);
  }

  bool parse_error(std::size_t position, const std::string& last_token, const json::exception& error) override {
    constexpr int kNumberOverflow = 406;  // the JSON library's
    if (error.id == kNumberOverflow)
      refuse({source_, tokens_.find()},
             "the number " + quoted_text(last_token) + " is larger than any that can be kept; write a smaller one");
    else if (is_complete_)
      refuse({source_, tokens_.find()}, "something follows the document; a policy file is one JSON document");
    else
      refuse({source_, place_at(text_, position == 0 ? 0 : position - 1)},
             "the file is not JSON from here on; a policy file is one JSON document");
    return false;
  }

  /// The document, if nothing was wrong with it.
  [[nodiscard]] std::optional<PlacedJson> take() {
    if (is_refused_) return std::nullopt;
    return std::move(result_);
  }

 private:
  /// An object or array whose end has not been seen.
  struct Open {
    json value;
    std::map<std::string, std::uint32_t> key_lines;
    std::string key;  // the last one's, if it is an object
  };

  void refuse(Origin origin, const std::string& message) {
    diagnostics_.add(origin, message);
    is_refused_ = true;
  }

  bool count(Origin origin) {
    if (++values_ <= kMostYamlValues) return true;
    refuse(origin, "there are more than " + std::to_string(kMostYamlValues) + " keys and values; write fewer");
    return false;
  }

  /// Notes the place of the value that begins here, and steps into its place in the document.
  bool begin_value() {
    const Origin origin{source_, tokens_.next()};
    if (!open_.empty()) {
      const Open& parent = open_.back();
      if (parent.value.is_object())
        at_.push_back(parent.key);
      else
        at_.push_back(std::to_string(parent.value.size()));
    }
    result_.places.emplace(at_.to_string(), origin);
    if (open_.size() > kDeepestNesting) {
      refuse(origin, "objects and arrays are nested more than " + std::to_string(kDeepestNesting) + " deep; nest less");
      return false;
    }
    return count(origin);
  }

  void attach(json value) {
    if (open_.empty()) {
      result_.value = std::move(value);
      is_complete_ = true;
      return;
    }
    at_.pop_back();
    Open& parent = open_.back();
    if (parent.value.is_object())
      parent.value.emplace(parent.key, std::move(value));
    else
      parent.value.push_back(std::move(value));
  }

  bool add(json value) {
    const bool go_on = begin_value();
    attach(std::move(value));
    return go_on;
  }

  bool open(json value) {
    const bool go_on = begin_value();
    open_.push_back({std::move(value), {}, {}});
    return go_on;
  }

  bool close() {
    tokens_.next();
    json done = std::move(open_.back().value);
    open_.pop_back();
    attach(std::move(done));
    return true;
  }

  std::string_view text_;
  TokenPlaces tokens_;
  std::uint32_t source_;
  Diagnostics& diagnostics_;
  PlacedJson result_;
  json::json_pointer at_;
  std::vector<Open> open_;
  std::size_t values_ = 0;
  bool is_complete_ = false;
  bool is_refused_ = false;
};

}  // namespace

std::optional<PlacedJson> parse_json(std::string_view text, std::uint32_t source, Diagnostics& diagnostics) {
  if (!is_text(text, source, diagnostics)) return std::nullopt;
  text = without_byte_order_mark(text);
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    diagnostics.add({source, {}}, "the file is empty; a policy file is one JSON document");
    return std::nullopt;
  }
  DocumentBuilder builder(text, source, diagnostics);
  static_cast<void>(json::sax_parse(text, &builder));
  return builder.take();
}

}  // namespace credsim
