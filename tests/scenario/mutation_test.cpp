// Damages a valid scenario at random: whatever a file holds, reading it must end, and give a scenario or a reason.

#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "credsim/scenario_reader.hpp"

#include "scenario/scratch_folder.hpp"
#include "test_support/catch.hpp"

namespace {

constexpr int kIterations = 2000;

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Flips, deletes, duplicates or moves a few bytes, or puts in some that YAML gives a meaning.
std::string damaged(std::string text, std::mt19937_64& random) {
  static constexpr std::string_view kSpecial = "[]{}:,&*!|>'\"%@`#-?\n\t \\~<=.0";
  const std::size_t changes = 1 + random() % 4;
  for (std::size_t i = 0; i < changes && !text.empty(); ++i) {
    const std::size_t at = random() % text.size();
    const std::size_t length = 1 + random() % 12;
    switch (random() % 6) {
      case 0:
        text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ (1U << random() % 8));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      case 3:
        text.insert(random() % text.size(), text.substr(at, length));
        break;
      case 4:
        text.insert(at, 1, kSpecial[random() % kSpecial.size()]);
        break;
      default:
        text.resize(at);
        break;
    }
  }
  return text;
}

TEST_CASE("a damaged scenario is read or refused, never more") {
  const std::string folder = std::string(CREDSIM_SOURCE_DIR) + "/tests/scenario";
  const std::string text = text_of(folder + "/kitchen_sink.yaml");
  const credsim::test::ScratchFolder scratch;
  std::filesystem::copy(folder + "/kitchen_sink_files", scratch.path() / "kitchen_sink_files");

  const std::uint64_t seed = std::random_device{}();
  WARN("seed " << seed);
  for (int i = 0; i < kIterations; ++i) {
    std::mt19937_64 random(seed + static_cast<std::uint64_t>(i));
    const std::string path = scratch.write("damaged.yaml", damaged(text, random));
    const credsim::ReadResult result = credsim::read_scenario(path);
    INFO("seed " << seed << ", iteration " << i);
    REQUIRE(result.scenario.has_value() == result.diagnostics.empty());
  }
}

}  // namespace
