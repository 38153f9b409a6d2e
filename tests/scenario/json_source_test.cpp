// Policy files are JSON, read with the place of every value.

#include "scenario/json_source.hpp"

#include <cstdint>
#include <random>
#include <string>

#include "scenario/source_text.hpp"
#include "test_support/catch.hpp"

namespace {

using namespace credsim;
using namespace std::string_literals;
using nlohmann::json;

PlacedJson parsed(const std::string& text) {
  Diagnostics diagnostics("p.json");
  auto document = parse_json(text, 0, diagnostics);
  for (const Diagnostic& diagnostic : diagnostics.in_order()) FAIL(diagnostic.text());
  REQUIRE(document);
  return *document;
}

/// What is said of a text that is refused, a line for each fault.
std::string refusal(const std::string& text) {
  Diagnostics diagnostics("p.json");
  CHECK_FALSE(parse_json(text, 0, diagnostics));
  std::string messages;
  for (const Diagnostic& diagnostic : diagnostics.in_order())
    messages += (messages.empty() ? "" : "\n") + diagnostic.text();
  return messages;
}

std::string many(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

/// `text`, of ASCII, in an encoding of `width` bytes a character.
std::string widened(const std::string& text, std::size_t width, bool big_endian) {
  std::string wide;
  for (const char character : text) {
    const std::string zeros(width - 1, '\0');
    wide += big_endian ? zeros + character : character + zeros;
  }
  return wide;
}

/// A random document in which every string and number is different, written with random white space. `places` gets
/// where each value begins.
class RandomDocument {
 public:
  explicit RandomDocument(std::uint64_t seed) : random_(seed) {}

  void write_value(int depth, const std::string& pointer) {
    write_space();
    places[pointer] = place_at(text, text.size());
    switch (depth == 0 ? random_() % 4 : random_() % 7) {
      case 0:
        text += R"("s\"\\\u00e4{[,:)" + std::to_string(++count_) + "\"";
        break;
      case 1:
        text += (random_() % 2 == 0 ? "-" : "") + std::to_string(++count_) + (random_() % 2 == 0 ? ".5e1" : "");
        break;
      case 2:
        text += random_() % 2 == 0 ? "true" : "false";
        break;
      case 3:
        text += "null";
        break;
      case 4:
      case 5:
        write_object(depth, pointer);
        break;
      default:
        write_array(depth, pointer);
    }
    write_space();
  }

  std::string text;
  std::map<std::string, SourcePlace> places;

 private:
  void write_space() {
    constexpr std::string_view kSpace = " \t\r\n";
    while (random_() % 2 == 0) text += kSpace[random_() % kSpace.size()];
  }
  void write_object(int depth, const std::string& pointer) {
    text += "{";
    for (std::uint64_t i = 0; i < random_() % 4; ++i) {
      if (i > 0) text += ",";
      const std::string name = "k" + std::to_string(++count_);
      write_space();
      text += "\"" + name + "/~\"";
      write_space();
      text += ":";
      write_value(depth - 1, pointer + "/" + name + "~1~0");
    }
    close("}");
  }
  void write_array(int depth, const std::string& pointer) {
    text += "[";
    for (std::uint64_t i = 0; i < random_() % 4; ++i) {
      if (i > 0) text += ",";
      write_value(depth - 1, pointer + "/" + std::to_string(i));
    }
    close("]");
  }
  void close(const char* bracket) {
    write_space();
    text += bracket;
  }

  std::mt19937_64 random_;
  int count_ = 0;
};

TEST_CASE("random JSON is what the JSON library reads, and each value has the place where it was written") {
  const std::uint64_t first_seed = std::random_device{}();
  for (std::uint64_t seed = first_seed; seed < first_seed + 500; ++seed) {
    CAPTURE(seed);
    RandomDocument written(seed);
    written.write_value(4, "");
    CAPTURE(written.text);
    const PlacedJson read = parsed(written.text);
    CHECK(read.value == json::parse(written.text));
    REQUIRE(read.places.size() == written.places.size());
    for (const auto& [pointer, place] : written.places) {
      CAPTURE(pointer);
      REQUIRE(read.places.contains(pointer));
      const SourcePlace found = read.places.at(pointer).place;
      CHECK((found.line == place.line && found.column == place.column));
    }
  }
}

TEST_CASE("damaged JSON is read as the JSON library reads it, or refused with a message") {
  const std::uint64_t first_seed = std::random_device{}();
  for (std::uint64_t seed = first_seed; seed < first_seed + 3000; ++seed) {
    CAPTURE(seed);
    RandomDocument written(seed);
    written.write_value(4, "");
    std::mt19937_64 random(seed);
    std::string text = written.text;
    constexpr std::string_view kBytes = "\"\\{}[]:, \n\t0e.-tfnu/\xC3\xA4\x7F";
    for (std::uint64_t changes = 1 + random() % 3; changes > 0 && !text.empty(); --changes) {
      const std::size_t at = random() % text.size();
      const std::size_t cut = random() % 3;
      text.replace(at, cut, std::string(random() % 2, kBytes[random() % kBytes.size()]));
    }
    CAPTURE(text);
    Diagnostics diagnostics("p.json");
    const auto read = parse_json(text, 0, diagnostics);
    CHECK(read.has_value() == diagnostics.empty());
    if (read) CHECK(read->value == json::parse(text));
  }
}

TEST_CASE("a value that is not there has the place of what is around it") {
  const PlacedJson read = parsed("{\n \"Statement\": [\n  {\"Effect\": \"Allow\"}]}");
  CHECK(read.origin_of("/Statement/0/Action").place.line == 3);
  CHECK(read.origin_of("/Statement/0/Action").place.column == 3);
  CHECK(read.origin_of("/Version").place.line == 1);
}

TEST_CASE("JSON that is no YAML is read") {
  CHECK(parsed("{\"a\"\n:\n1}").value == json{{"a", 1}});
  CHECK(parsed(R"({"smile": "\ud83d\ude00"})").value == json{{"smile", "\xF0\x9F\x98\x80"}});
  CHECK(parsed(R"({"a":"b\/c"})").value == json{{"a", "b/c"}});
  CHECK(parsed("{\t\"a\":1\t}").value == json{{"a", 1}});
  CHECK(parsed(R"({"*a": "&b", "<<": "!c", "long": ")" + std::string(2000, 'x') + "\"}").value.size() == 3);
  CHECK(parsed(std::string(2000, ' ') + "{\"" + std::string(2000, 'k') + "\":1}").value.size() == 1);
}

TEST_CASE("a byte order mark before UTF-8 does not count") {
  const PlacedJson read = parsed("\xEF\xBB\xBF{\"a\": 1}");
  CHECK(read.value == json{{"a", 1}});
  CHECK(read.places.at("/a").place.column == 7);
  CHECK(refusal("{\xEF\xBB\xBF}") ==
        "p.json:1:2: error: the file is not JSON from here on; a policy file is one JSON document");
}

TEST_CASE("UTF-16 is called so, and the message says how to save the file") {
  const std::string message =
      "p.json:1:1: error: this is UTF-16, as Windows PowerShell writes it; save it as UTF-8, in PowerShell by Out-File "
      "-Encoding utf8";
  const std::string text = "{\"a\": 1}\r\n";
  CHECK(refusal("\xFF\xFE"s + widened(text, 2, false)) == message);
  CHECK(refusal("\xFE\xFF"s + widened(text, 2, true)) == message);
  CHECK(refusal(widened(text, 2, false)) == message);
  CHECK(refusal(widened(text, 2, true)) == message);
  CHECK(refusal("\xFF\xFE") == message);
  const std::string wider =
      "p.json:1:1: error: this is UTF-32; save it as UTF-8, in PowerShell by Out-File -Encoding utf8";
  CHECK(refusal("\xFF\xFE\0\0"s + widened(text, 4, false)) == wider);
  CHECK(refusal("\0\0\xFE\xFF"s + widened(text, 4, true)) == wider);
  CHECK(refusal(widened(text, 4, false)) == wider);
  CHECK(refusal(widened(text, 4, true)) == wider);
}

TEST_CASE("bytes that are no text have a place") {
  CHECK(refusal("{\"a\": \"\xE4\"}") ==
        "p.json:1:8: error: this is not UTF-8; a scenario and its policies are UTF-8 text");
  CHECK(refusal("{\n\"a\0\": 1}"s) ==
        "p.json:2:3: error: a control character stands here; a scenario and its policies are UTF-8 text");
}

TEST_CASE("every key that stands twice is said with its place") {
  CHECK(refusal("{\"a\": 1,\n \"b\": {\"c\": 1, \"c\": {\"c\": 2}},\n \"\\u0061\": 3}") ==
        "p.json:2:16: error: key \"c\" is there already, on line 2; remove one of them\n"
        "p.json:3:2: error: key \"a\" is there already, on line 1; remove one of them");
}

TEST_CASE("a number that no double can hold is one message with its place") {
  CHECK(refusal("{\"a\": [1, 1e400]}") ==
        "p.json:1:11: error: the number \"1e400\" is larger than any that can be kept; write a smaller one");
  CHECK(refusal("{\"a\": -" + std::string(400, '9') + "}").find("p.json:1:7: error: the number \"-999") == 0);
}

TEST_CASE("what is not one document is one message") {
  const std::string not_json = ": error: the file is not JSON from here on; a policy file is one JSON document";
  CHECK(refusal("") == "p.json: error: the file is empty; a policy file is one JSON document");
  CHECK(refusal(" \r\n\t") == "p.json: error: the file is empty; a policy file is one JSON document");
  CHECK(refusal("{\"a\": 1}\n}") ==
        "p.json:2:1: error: something follows the document; a policy file is one JSON document");
  CHECK(refusal("{}\"") == "p.json:1:3: error: something follows the document; a policy file is one JSON document");
  CHECK(refusal("{} {}") == "p.json:1:4: error: something follows the document; a policy file is one JSON document");
  CHECK(refusal("{\"a\": 1,\n}") == "p.json:2:1" + not_json);
  CHECK(refusal("{\"a\": 1") == "p.json:1:8" + not_json);
  CHECK(refusal("{'a': 1}") == "p.json:1:2" + not_json);
  CHECK(refusal("{\n// why\n}") == "p.json:2:1" + not_json);
  CHECK(refusal("Version: 1") == "p.json:1:1" + not_json);
  CHECK(refusal(R"({"a": "\ud83d"})") == "p.json:1:14" + not_json);
}

TEST_CASE("nesting and size are bounded") {
  const std::string too_deep = "error: objects and arrays are nested more than 64 deep; nest less";
  CHECK(refusal(many("[", 100'000)) == "p.json:1:66: " + too_deep);
  CHECK(refusal(many("{\"a\":", 100'000)) == "p.json:1:326: " + too_deep);
  CHECK(parsed(many("[", 64) + many("]", 64)).places.size() == 64);
  CHECK(refusal("[" + many("1,", 1'000'001) + "1]").find("there are more than 1000000 keys and values") !=
        std::string::npos);
}

}  // namespace
