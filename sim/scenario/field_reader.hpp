#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenario/key_tables.hpp"
#include "scenario/values.hpp"
#include "scenario/yaml_node.hpp"

namespace credsim {

/// A word of a scenario and what it stands for.
template <class Value>
using Word = std::pair<std::string_view, Value>;

/// The tail of a message about a name that nothing has: the one of `names` that was probably meant, or a few of them,
/// or how to declare one.
[[nodiscard]] std::string name_suggestion(std::string_view name, std::span<const std::string_view> names,
                                          std::string_view otherwise);

/// Reads a scalar of `node` by one of the functions of values.hpp. `what` begins the message: the key.
template <class Value>
using Parse = std::optional<Value> (*)(std::string_view text, std::string& fault);
template <class Value>
[[nodiscard]] std::optional<Value> read_scalar(const YamlNode& node, std::string_view what, Parse<Value> parse,
                                               Diagnostics& diagnostics);

/// The text of a scalar, in quotes or not.
[[nodiscard]] std::optional<std::string> read_text(const YamlNode& node, std::string_view what,
                                                   Diagnostics& diagnostics);

/// True if `node` is a list; says so if not.
[[nodiscard]] bool is_list(const YamlNode& node, std::string_view what, Diagnostics& diagnostics);

/// Where a value is remembered to stand: in the scenario, or nowhere if it came from elsewhere.
[[nodiscard]] SourcePlace scenario_place(const YamlNode& node);

/// The fields of one mapping. Construction says what is wrong with its keys; each function reads the value of one key
/// into its target, which stays as it is where the key is absent or the value wrong.
class FieldReader {
 public:
  /// `what` is what messages call the mapping if it is none.
  FieldReader(const YamlNode& node, std::string_view what, const KeyTable& table, Diagnostics& diagnostics);

  [[nodiscard]] const YamlNode& node() const { return node_; }
  /// The value at `key`; null if there is none.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
  /// The items of the list at `key`; none if there is none.
  [[nodiscard]] std::span<const YamlNode> list(std::string_view key) const;
  /// Where to complain about `key`: at its value, or at the mapping if it is absent.
  [[nodiscard]] Origin origin_of(std::string_view key) const;
  /// The one of `choices` that is there. None (unless one of them seems misspelt) or several are faults.
  [[nodiscard]] std::optional<std::string_view> only_one_of(std::span<const std::string_view> choices) const;
  /// True if `key` is there, or seems misspelt, which has then been said.
  [[nodiscard]] bool has(std::string_view key) const;

  void text(std::string_view key, std::string& target) const;
  /// A name of letters, digits and `_.-`, of at most 100 characters, beginning with a letter or a digit.
  void name(std::string_view key, std::string& target) const;
  void flag(std::string_view key, bool& target) const;
  void integer(std::string_view key, std::int64_t& target, std::int64_t least, std::int64_t most) const;
  void share(std::string_view key, double& target) const;
  void duration(std::string_view key, Duration& target) const;
  /// More than nothing, at most ten years.
  void positive_duration(std::string_view key, Duration& target) const;
  void rate(std::string_view key, Rate& target) const;
  /// A moment of the run: a duration since its start, or a time not before it. Without a `start`, which has then been
  /// complained of, no time is refused.
  void moment(std::string_view key, std::optional<UtcTime> start, SimTime& target) const;
  template <class Value>
  void word(std::string_view key, Value& target, std::span<const Word<Value>> words) const;

  /// Reads the value at `key` by one of the functions of values.hpp.
  template <class Value>
  [[nodiscard]] std::optional<Value> scalar(std::string_view key, Parse<Value> parse) const;

 private:
  /// The index of the word at `key` in `words`.
  [[nodiscard]] std::optional<std::size_t> word_index(std::string_view key,
                                                      std::span<const std::string_view> words) const;
  void check_keys(const KeyTable& table, std::string_view what);

  const YamlNode& node_;
  std::vector<std::string_view> misspelt_;  // the keys that were probably meant by unknown ones
  Diagnostics& diagnostics_;
};

inline constexpr Duration kLongestDuration = std::chrono::days{3652};  ///< ten years

/// What is wrong with `node` and how it is shown: `what VALUE fault`.
void add_value_fault(const YamlNode& node, std::string_view what, std::string_view fault, Diagnostics& diagnostics);

/// False, with a fault, if a number or truth value stands in quotes, or if `node` is no scalar.
[[nodiscard]] bool is_scalar(const YamlNode& node, std::string_view what, bool must_be_plain, Diagnostics& diagnostics);

template <class Value>
std::optional<Value> read_scalar(const YamlNode& node, std::string_view what, Parse<Value> parse,
                                 Diagnostics& diagnostics) {
  constexpr bool kIsPlain = std::is_same_v<Value, std::int64_t> || std::is_same_v<Value, bool>;
  if (!is_scalar(node, what, kIsPlain, diagnostics)) return std::nullopt;
  std::string fault;
  std::optional<Value> value = parse(node.text, fault);
  if (!value) add_value_fault(node, what, fault, diagnostics);
  return value;
}

template <class Value>
std::optional<Value> FieldReader::scalar(std::string_view key, Parse<Value> parse) const {
  const YamlNode* value = find(key);
  if (value == nullptr) return std::nullopt;
  return read_scalar(*value, key, parse, diagnostics_);
}

template <class Value>
void FieldReader::word(std::string_view key, Value& target, std::span<const Word<Value>> words) const {
  std::vector<std::string_view> names;
  for (const Word<Value>& word : words) names.push_back(word.first);
  if (const auto index = word_index(key, names)) target = words[*index].second;
}

}  // namespace credsim
