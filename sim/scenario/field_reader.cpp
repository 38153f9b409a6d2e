#include "scenario/field_reader.hpp"

#include <algorithm>

#include "iam/call_time.hpp"
#include "iam/spelling.hpp"
#include "scenario/value_hints.hpp"

namespace credsim {

namespace {

std::vector<std::string_view> names_of(const KeyTable& table) {
  std::vector<std::string_view> names;
  for (const Key& key : table.keys) names.push_back(key.name);
  return names;
}

bool is_name(std::string_view text) {
  constexpr std::size_t kLongest = 100;
  const auto is_alphanumeric = [](char character) {
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z');
  };
  return !text.empty() && text.size() <= kLongest && is_alphanumeric(text[0]) &&
         std::all_of(text.begin(), text.end(), [&](char character) {
           return is_alphanumeric(character) || character == '_' || character == '.' || character == '-';
         });
}

/// A time begins with its year, "2026-"; no duration does.
bool begins_with_year(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  return digits == 4 && text[digits] == '-';
}

/// What to write for a time of day: the first one that the run comes to.
std::string moment_advice(Duration time_of_day, std::optional<UtcTime> start) {
  if (!start) return "write how long after the start it is, such as 3h36m, or the date and time in UTC";
  UtcTime time = std::chrono::floor<std::chrono::days>(*start) + time_of_day;
  if (time < *start) time += std::chrono::days{1};
  return "write how long after the start it is, " + duration_text(time - *start) + ", or the time in UTC, " +
         iam::iso8601(time);
}

}  // namespace

std::string name_suggestion(std::string_view name, std::span<const std::string_view> names,
                            std::string_view otherwise) {
  constexpr std::size_t kMostListed = 12;
  constexpr std::size_t kMostCompared = 1000;
  std::vector<std::string_view> known(names.begin(), names.end());
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  if (known.empty() || known.size() > kMostCompared) return std::string(otherwise);
  std::string text = iam::suggestion(name, known);
  if (known.size() > kMostListed && !text.starts_with("did you mean")) return std::string(otherwise);
  return text;
}

void add_value_fault(const YamlNode& node, std::string_view what, std::string_view fault, Diagnostics& diagnostics) {
  diagnostics.add(node.origin, what, " " + described(node) + " " + std::string(fault));
}

bool is_scalar(const YamlNode& node, std::string_view what, bool must_be_plain, Diagnostics& diagnostics) {
  if (node.kind == YamlNode::Kind::null) {
    diagnostics.add(node.origin, what, " is empty; give it a value or leave it out");
    return false;
  }
  if (node.kind != YamlNode::Kind::scalar) {
    diagnostics.add(node.origin, what, " is " + described(node) + "; it must be a single value");
    return false;
  }
  if (must_be_plain && !node.plain) {
    add_value_fault(node, what, "is in quotes; write it without", diagnostics);
    return false;
  }
  return true;
}

std::optional<std::string> read_text(const YamlNode& node, std::string_view what, Diagnostics& diagnostics) {
  if (!is_scalar(node, what, false, diagnostics)) return std::nullopt;
  return node.text;
}

bool is_list(const YamlNode& node, std::string_view what, Diagnostics& diagnostics) {
  if (node.kind == YamlNode::Kind::list) return true;
  diagnostics.add(node.origin, what, " is " + described(node) + "; it must be a list");
  return false;
}

SourcePlace scenario_place(const YamlNode& node) {
  return node.origin.source == 0 ? node.origin.place : SourcePlace{};
}

FieldReader::FieldReader(const YamlNode& node, std::string_view what, const KeyTable& table, Diagnostics& diagnostics)
    : node_(node), diagnostics_(diagnostics) {
  check_keys(table, what);
}

void FieldReader::check_keys(const KeyTable& table, std::string_view what) {
  const std::vector<std::string_view> names = names_of(table);
  if (node_.kind != YamlNode::Kind::mapping) {
    std::string list;
    for (const std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
    diagnostics_.add(node_.origin,
                     std::string(what) + " is " + described(node_) + "; it must be a mapping with keys of: " + list);
    return;
  }
  for (const YamlNode& key : node_.keys) {
    if (std::find(names.begin(), names.end(), key.text) != names.end()) continue;
    const std::string suggestion = iam::suggestion(key.text, names);
    diagnostics_.add(key.origin,
                     "unknown key " + quoted_text(key.text) + " in " + std::string(what) + "; " + suggestion);
    for (const std::string_view name : names)
      if (suggestion == "did you mean " + iam::in_quotes(name) + "?") misspelt_.push_back(name);
  }
  for (const Key& key : table.keys)
    if (key.required && !has(key.name))
      diagnostics_.add(node_.origin,
                       std::string(what) + " has no " + quoted_text(key.name) + ", which is required; add it");
}

bool FieldReader::has(std::string_view key) const {
  return find(key) != nullptr || std::find(misspelt_.begin(), misspelt_.end(), key) != misspelt_.end();
}

const YamlNode* FieldReader::find(std::string_view key) const {
  return node_.find(key);
}

std::span<const YamlNode> FieldReader::list(std::string_view key) const {
  const YamlNode* value = find(key);
  if (value == nullptr || !is_list(*value, key, diagnostics_)) return {};
  return value->items;
}

Origin FieldReader::origin_of(std::string_view key) const {
  const YamlNode* value = find(key);
  return value == nullptr ? node_.origin : value->origin;
}

std::optional<std::string_view> FieldReader::only_one_of(std::span<const std::string_view> choices) const {
  if (node_.kind != YamlNode::Kind::mapping) return std::nullopt;
  std::optional<std::string_view> chosen;
  std::string list;
  for (const std::string_view choice : choices) {
    list += (list.empty() ? "" : ", ") + std::string(choice);
    if (find(choice) == nullptr) continue;
    if (chosen) {
      diagnostics_.add(origin_of(choice),
                       quoted_text(choice) + " and " + quoted_text(*chosen) + " exclude each other; keep one of them");
      return std::nullopt;
    }
    chosen = choice;
  }
  const bool is_misspelt =
      std::any_of(choices.begin(), choices.end(), [this](std::string_view choice) { return has(choice); });
  if (!chosen && !is_misspelt) diagnostics_.add(node_.origin, "one key is missing here; add one of: " + list);
  return chosen;
}

void FieldReader::text(std::string_view key, std::string& target) const {
  if (const YamlNode* value = find(key))
    if (auto read = read_text(*value, key, diagnostics_)) target = std::move(*read);
}

void FieldReader::name(std::string_view key, std::string& target) const {
  const YamlNode* value = find(key);
  const auto read = value != nullptr ? read_text(*value, key, diagnostics_) : std::nullopt;
  if (!read) return;
  // Kept even if it breaks the rules, so that what refers to it is not called dangling as well.
  target = *read;
  if (!is_name(target))
    add_value_fault(*value, key, "is not a name; use 1 to 100 letters, digits, _ . and -, first a letter or digit",
                    diagnostics_);
}

void FieldReader::flag(std::string_view key, bool& target) const {
  target = scalar<bool>(key, parse_flag).value_or(target);
}

void FieldReader::integer(std::string_view key, std::int64_t& target, std::int64_t least, std::int64_t most) const {
  const YamlNode* node = find(key);
  if (node == nullptr || !is_scalar(*node, key, true, diagnostics_)) return;
  std::string fault;
  const auto value = parse_integer(node->text, fault);
  const bool is_whole = value || node->text.find_first_not_of("-0123456789") == std::string::npos;
  if (value && *value >= least && *value <= most)
    target = *value;
  else if (!is_whole)
    add_value_fault(*node, key, fault, diagnostics_);
  else
    add_value_fault(*node, key,
                    "is out of range; it must be from " + std::to_string(least) + " to " + std::to_string(most),
                    diagnostics_);
}

void FieldReader::share(std::string_view key, double& target) const {
  target = scalar<double>(key, parse_share).value_or(target);
}

void FieldReader::duration(std::string_view key, Duration& target) const {
  const auto value = scalar<Duration>(key, parse_duration);
  if (!value) return;
  if (*value <= kLongestDuration)
    target = *value;
  else
    add_value_fault(*find(key), key, "is too long; at most " + duration_text(kLongestDuration) + " are possible",
                    diagnostics_);
}

void FieldReader::positive_duration(std::string_view key, Duration& target) const {
  Duration value = Duration{-1};
  duration(key, value);
  if (value == Duration::zero())
    add_value_fault(*find(key), key, "is nothing; it must be longer than that", diagnostics_);
  else if (value > Duration::zero())
    target = value;
}

void FieldReader::rate(std::string_view key, Rate& target) const {
  target = scalar<Rate>(key, parse_rate).value_or(target);
}

void FieldReader::moment(std::string_view key, std::optional<UtcTime> start, SimTime& target) const {
  const YamlNode* value = find(key);
  if (value == nullptr || !is_scalar(*value, key, false, diagnostics_)) return;
  const std::string& text = value->text;
  if (const auto time = hints::time_of_day(text))
    return add_value_fault(*value, key, "is a time of day; " + moment_advice(*time, start), diagnostics_);
  std::string ignored;
  if (text.starts_with('-') && parse_duration(text.substr(1), ignored))
    return add_value_fault(
        *value, key, "is before the scenario's start; write 0s or more, or let the run start earlier", diagnostics_);
  if (!begins_with_year(text)) {
    Duration since{};
    duration(key, since);
    target = kSimulationStart + since;
    return;
  }
  const auto time = read_scalar<UtcTime>(*value, key, parse_time, diagnostics_);
  if (!time || !start) return;
  if (*time < *start)
    add_value_fault(*value, key,
                    "is " + duration_text(*start - *time) +
                        " before the scenario's start; write a later time, or let the run start earlier",
                    diagnostics_);
  else if (*time - *start > kLongestDuration)
    add_value_fault(*value, key, "is more than ten years after the scenario's start; write an earlier time",
                    diagnostics_);
  else
    target = kSimulationStart + (*time - *start);
}

std::optional<std::size_t> FieldReader::word_index(std::string_view key,
                                                   std::span<const std::string_view> words) const {
  const YamlNode* value = find(key);
  if (value == nullptr || !is_scalar(*value, key, false, diagnostics_)) return std::nullopt;
  const auto word = std::find(words.begin(), words.end(), value->text);
  if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  add_value_fault(*value, key, "is unknown; " + iam::suggestion(value->text, words), diagnostics_);
  return std::nullopt;
}

}  // namespace credsim
