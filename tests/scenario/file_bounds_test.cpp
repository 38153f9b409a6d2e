// What a scenario file may not be, where it is too large to be kept as data or depends on the file system.

#include <filesystem>
#include <string>

#include "credsim/scenario_reader.hpp"

#include "scenario/scratch_folder.hpp"
#include "test_support/catch.hpp"

namespace {

using credsim::test::ScratchFolder;

/// The one message that a file with this text gets, without the file's name.
std::string only_message(const std::string& text) {
  const ScratchFolder folder;
  const auto result = credsim::read_scenario(folder.write("scenario.yaml", text));
  CHECK_FALSE(result.scenario);
  REQUIRE(result.diagnostics.size() == 1);
  return result.diagnostics[0].message;
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

const std::string kTooDeep = "lists and mappings are nested more than 64 deep; nest less";

TEST_CASE("nesting of any depth is an error and no stack overflow") {
  CHECK(only_message(repeated("[", 100'000)) == kTooDeep);
  CHECK(only_message(repeated("[", 100'000) + repeated("]", 100'000)) == kTooDeep);
  CHECK(only_message(repeated("{a: ", 100'000)) == kTooDeep);
  CHECK(only_message(repeated("- ", 100'000)) == kTooDeep);
  CHECK(only_message(repeated("? ", 100'000)) == kTooDeep);
  CHECK(only_message(repeated("[{a: ", 100'000)) == kTooDeep);
  std::string ladder;
  for (std::size_t i = 0; i < 1000; ++i) ladder += std::string(i, ' ') + "a:\n";
  CHECK(only_message(ladder) == kTooDeep);
}

TEST_CASE("a file of more than 16 MiB is refused") {
  const std::string line = "# " + std::string(77, 'x') + "\n";
  CHECK(only_message(repeated(line, (std::size_t{16} << 20) / line.size() + 1)) ==
        "is larger than 16 MiB; split it, or put long lists into files of their own");
}

TEST_CASE("a file of more than a million values is refused") {
  CHECK(only_message("name: [" + repeated("1,", 1'000'001) + "]") ==
        "there are more than 1000000 keys and values, those that aliases repeat included; write fewer");
}

TEST_CASE("aliases of a long text are bounded as those of many values are") {
  const std::string text =
      "name: &a \"" + std::string(1'000'000, 'x') + "\"\nimages: [" + repeated("*a,", 100'000) + "]";
  CHECK(only_message(text) ==
        "there are more than 1000000 keys and values, those that aliases repeat included; write fewer");
}

TEST_CASE("a thousand messages are enough") {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "unknown" + std::to_string(i) + ": 1\n";
  const ScratchFolder folder;
  const auto result = credsim::read_scenario(folder.write("scenario.yaml", text));
  REQUIRE(result.diagnostics.size() == 1001);
  CHECK(result.diagnostics.back().message == "2005 more errors are not listed; correct these first");
}

TEST_CASE("a scenario and its files may begin with a byte order mark, and are told to be UTF-8 if they are UTF-16") {
  const ScratchFolder folder;
  const std::string mark = "\xEF\xBB\xBF";
  const std::string head = mark +
                           "version: 1\nname: n\nstart: 2026-01-05T08:00:00Z\nduration: 1h\n"
                           "accounts: [{id: \"123456789012\", regions: [{name: us-east-1}]}]\n"
                           "fleets:\n- {name: f, account: \"123456789012\", region: us-east-1, type: always_on, "
                           "subnets: [10.0.0.0/24], instances: 1, provisioning: {boot: {empirical: boot.csv}}}\n";
  const std::string path = folder.write("scenario.yaml", head);
  folder.write("boot.csv", mark + "90s\r\n");
  CHECK(credsim::read_scenario(path).diagnostics.empty());
  folder.write("boot.csv", std::string("9\0000\0s\0", 6));
  const auto result = credsim::read_scenario(path);
  REQUIRE(result.diagnostics.size() == 1);
  CHECK(result.diagnostics[0].message.find("this is UTF-16") == 0);
}

TEST_CASE("what is no file is said") {
  const ScratchFolder folder;
  const auto message = [](const std::string& path) {
    const auto result = credsim::read_scenario(path);
    REQUIRE(result.diagnostics.size() == 1);
    return result.diagnostics[0].text();
  };
  const std::string missing = (folder.path() / "missing.yaml").string();
  CHECK(message(missing) == missing + ": error: there is no such file; check the path");
  CHECK(message(folder.path().string()) == folder.path().string() + ": error: this is a folder; name a file");
  CHECK(message("").find("there is no such file") != std::string::npos);
}

TEST_CASE("a symbolic link does not lead out of the scenario's folder") {
  const ScratchFolder folder;
  folder.write("secret.json", R"({"Statement": []})");
  const std::string path = folder.write("scenarios/s.yaml", "roles: [{policies: [{file: link.json}]}]\n");
  std::filesystem::create_symlink("../secret.json", folder.path() / "scenarios/link.json");
  bool found = false;
  for (const auto& diagnostic : credsim::read_scenario(path).diagnostics)
    found =
        found || diagnostic.message.find("\"link.json\" lies outside of the scenario's folder") != std::string::npos;
  CHECK(found);
}

}  // namespace
