// Holds the messages for the broken scenarios of tests/scenario/broken: NAME.yaml must be refused with the lines of
// NAME.expected, in which file names have no folder before `broken/`.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "credsim/scenario_reader.hpp"

#include "test_support/catch.hpp"

namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(CREDSIM_SOURCE_DIR) / "tests/scenario/broken";

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> scenarios() {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(kFolder))
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string messages_of(const fs::path& path) {
  std::string messages;
  for (credsim::Diagnostic diagnostic : credsim::read_scenario(path.string()).diagnostics) {
    diagnostic.file = fs::path(diagnostic.file).lexically_relative(kFolder).string();
    messages += diagnostic.text() + "\n";
  }
  return messages;
}

TEST_CASE("every broken scenario is refused with the messages that belong to it") {
  const std::vector<fs::path> paths = scenarios();
  REQUIRE(paths.size() >= 70);
  for (const fs::path& path : paths) {
    CAPTURE(path.filename().string());
    CHECK_FALSE(credsim::read_scenario(path.string()).scenario);
    const std::string messages = messages_of(path);
    CHECK_FALSE(messages.empty());
    CHECK(messages == text_of(fs::path(path).replace_extension(".expected")));
  }
}

TEST_CASE("every message says what is wrong and, after a semicolon, what would be right") {
  for (const fs::path& path : scenarios())
    for (const credsim::Diagnostic& diagnostic : credsim::read_scenario(path.string()).diagnostics) {
      CAPTURE(diagnostic.text());
      CHECK(diagnostic.message.find("; ") != std::string::npos);
    }
}

}  // namespace
