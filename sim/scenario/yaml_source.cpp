#include "scenario/yaml_source.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "scenario/source_text.hpp"
#include "scenario/yaml_mistake.hpp"

namespace credsim {

namespace {

SourcePlace place_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::uint32_t>(mark.line) + 1, static_cast<std::uint32_t>(mark.column) + 1};
}

/// A message of yaml-cpp's or of TreeBuilder's, with what would be right.
std::string explained(const std::string& message) {
  // yaml-cpp 0.8 adds the alias's name to this one, 0.7 does not.
  if (message.starts_with(YAML::ErrorMsg::UNKNOWN_ANCHOR))
    return "this alias has no anchor before it; write &name where the value stands first";
  if (message == YAML::ErrorMsg::END_OF_MAP || message == YAML::ErrorMsg::END_OF_SEQ)
    return "this line is indented as nothing above it is; indent it as the keys or items that it belongs to";
  if (message == YAML::ErrorMsg::MAP_VALUE)
    return "a value cannot have a colon and a space in it; put it in quotes, or write its keys in { }";
  return message + (message.find(';') == std::string::npos ? "; check the indentation, brackets and quotes" : "");
}

/// Builds the tree from yaml-cpp's events. Its own tree would keep duplicate keys in silence and let aliases make
/// cycles.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::uint32_t source, Diagnostics& diagnostics) : source_(source), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(make(YamlNode::Kind::null, mark), anchor, mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = make(YamlNode::Kind::scalar, mark);
    node.plain = tag.empty() || tag == "?";
    if (!node.plain && tag != "!") refuse_tag(tag, "tag:yaml.org,2002:str", mark);
    node.text = value;
    add(std::move(node), anchor, mark);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end())
      throw YAML::ParserException(mark, "an alias stands inside the value that it names; write the value out");
    count(known->second.weight, mark);
    attach(YamlNode(known->second.node), 0, known->second.weight, mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    refuse_tag(tag, "tag:yaml.org,2002:seq", mark);
    open(make(YamlNode::Kind::list, mark), anchor, mark);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_tag(tag, "tag:yaml.org,2002:map", mark);
    open(make(YamlNode::Kind::mapping, mark), anchor, mark);
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] YamlNode take() { return std::move(root_); }

 private:
  /// A list or mapping whose end has not been seen.
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    YAML::Mark mark;
    std::size_t weight_before = 0;
    std::map<std::string, std::uint32_t> key_lines;
    std::optional<YamlNode> key;                        ///< its value is still to come
    std::vector<std::pair<YamlNode, YamlNode>> merged;  ///< keys and values that `<<` would give
  };
  struct Anchored {
    YamlNode node;
    std::size_t weight = 1;
  };

  YamlNode make(YamlNode::Kind kind, const YAML::Mark& mark) const {
    YamlNode node;
    node.kind = kind;
    node.origin = {source_, place_of(mark)};
    return node;
  }

  /// Bounds memory: a value weighs 1, and more if its text is long.
  void count(std::size_t weight, const YAML::Mark& mark) {
    weight_ += weight;
    if (weight_ > kMostYamlValues)
      throw YAML::ParserException(mark, "there are more than " + std::to_string(kMostYamlValues) +
                                            " keys and values, those that aliases repeat included; write fewer");
  }

  void open(YamlNode node, YAML::anchor_t anchor, const YAML::Mark& mark) {
    // yaml-cpp recurses once a level: stop it here, long before the stack ends.
    if (open_.size() >= kDeepestNesting)
      throw YAML::ParserException(
          mark, "lists and mappings are nested more than " + std::to_string(kDeepestNesting) + " deep; nest less");
    open_.push_back({std::move(node), anchor, mark, weight_, {}, {}, {}});
    count(1, mark);
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    for (auto& [key, value] : done.merged) {
      if (done.node.find(key.text) != nullptr) continue;
      done.node.keys.push_back(std::move(key));
      done.node.items.push_back(std::move(value));
    }
    attach(std::move(done.node), done.anchor, weight_ - done.weight_before, done.mark);
  }

  void add(YamlNode node, YAML::anchor_t anchor, const YAML::Mark& mark) {
    constexpr std::size_t kTextPerWeight = 64;
    const std::size_t weight = 1 + node.text.size() / kTextPerWeight;
    count(weight, mark);
    attach(std::move(node), anchor, weight, mark);
  }

  void attach(YamlNode node, YAML::anchor_t anchor, std::size_t weight, const YAML::Mark& mark) {
    if (anchor != 0) {
      count(weight, mark);  // kept a second time, for its aliases
      anchors_[anchor] = {node, weight};
    }
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      parent.key = std::move(node);
    } else {
      add_entry(parent, std::move(node));
      parent.key.reset();
    }
  }

  void add_entry(Open& mapping, YamlNode value) {
    YamlNode& key = *mapping.key;
    if (key.kind != YamlNode::Kind::scalar) {
      diagnostics_.add(key.origin, "a key is " + described(key) + "; it must be a word");
      return;
    }
    const auto [first, is_new] = mapping.key_lines.emplace(key.text, key.origin.place.line);
    if (!is_new) {
      diagnostics_.add(key.origin, "key " + quoted_text(key.text) + " is there already, on line " +
                                       std::to_string(first->second) + "; remove one of them");
      return;
    }
    if (key.plain && key.text == "<<") return refuse_merge(mapping, key.origin, value);
    // yaml-cpp places what is not there at the next token, which may be lines below.
    if (value.kind == YamlNode::Kind::null) value.origin = key.origin;
    mapping.node.keys.push_back(std::move(key));
    mapping.node.items.push_back(std::move(value));
  }

  /// Merges all the same: what the merged value gives should not be called missing as well.
  void refuse_merge(Open& mapping, Origin origin, const YamlNode& value) {
    diagnostics_.add(origin,
                     "the merge key << is not read; write the keys out, or give each value that is shared an anchor: "
                     "lead: &lead 5m, then lead: *lead");
    const auto add_missing = [&mapping](const YamlNode& merged) {
      for (std::size_t i = 0; merged.kind == YamlNode::Kind::mapping && i < merged.keys.size(); ++i)
        mapping.merged.emplace_back(merged.keys[i], merged.items[i]);
    };
    add_missing(value);
    if (value.kind == YamlNode::Kind::list) std::for_each(value.items.begin(), value.items.end(), add_missing);
  }

  void refuse_tag(const std::string& tag, std::string_view allowed, const YAML::Mark& mark) {
    if (!tag.empty() && tag != "?" && tag != "!" && tag != allowed)
      diagnostics_.add({source_, place_of(mark)}, "the tag " + quoted_text(tag) + " is unknown; leave it out");
  }

  std::uint32_t source_;
  Diagnostics& diagnostics_;
  YamlNode root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t weight_ = 0;
};

}  // namespace

std::optional<std::string> read_text_file(const std::string& path, std::string& fault) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    fault = "this is a folder; name a file";
    return std::nullopt;
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    fault = std::filesystem::exists(path, error) ? "cannot be read; check its permissions"
                                                 : "there is no such file; check the path";
    return std::nullopt;
  }
  std::string text;
  std::array<char, 65536> chunk{};
  while (file && text.size() <= kLargestFile) {
    file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    text.append(chunk.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) {
    fault = "reading failed; check the disk";
    return std::nullopt;
  }
  if (text.size() > kLargestFile) {
    fault = "is larger than 16 MiB; split it, or put long lists into files of their own";
    return std::nullopt;
  }
  return text;
}

std::optional<YamlNode> parse_yaml(std::string_view text, std::uint32_t source, Diagnostics& diagnostics) {
  if (!is_text(text, source, diagnostics)) return std::nullopt;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder(source, diagnostics);
    if (!parser.HandleNextDocument(builder)) {
      diagnostics.add({source, {}}, "the file is empty; `credsim init` writes a scenario to start from");
      return std::nullopt;
    }
    YamlNode root = builder.take();
    TreeBuilder second(source, diagnostics);
    if (parser.HandleNextDocument(second)) {
      diagnostics.add(second.take().origin, "a second document starts here; put each into a file of its own");
      return std::nullopt;
    }
    return root;
  } catch (const YAML::Exception& error) {
    const SourcePlace gave_up = place_of(error.mark);
    const bool is_ours = error.msg.find(';') != std::string::npos;
    const auto mistake = is_ours ? std::nullopt : find_yaml_mistake(text, gave_up);
    diagnostics.add({source, mistake ? mistake->place : gave_up}, mistake ? mistake->message : explained(error.msg));
    return std::nullopt;
  }
}

}  // namespace credsim
