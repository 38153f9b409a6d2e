#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "credsim/scenario.hpp"

#include "scenario/diagnostics.hpp"
#include "scenario/values.hpp"
#include "scenario/yaml_node.hpp"

namespace credsim {

/// What the readers of a scenario's parts share. Accounts, roles, images and resources are entered into `scenario` even
/// if something in them is wrong, so that what refers to them is not called dangling as well.
struct ReadContext {
  Diagnostics& diagnostics;
  std::filesystem::path folder;  ///< of the scenario
  Scenario scenario;
  std::optional<UtcTime> start;  ///< of the run; nothing if it could not be read

  // Where the names of the scenario lead: to indexes. A name that must be unique and is not leads to its first.
  std::map<std::string, std::size_t> accounts;  ///< by id
  std::map<std::string, std::size_t> images;
  std::set<std::string, std::less<>> regions;  ///< of any account
  std::map<std::string, std::size_t> roles_by_arn;
  std::map<std::pair<std::string, std::string>, std::size_t> roles_by_name;  ///< by name and account
  std::multimap<std::string, std::size_t> resources;
};

/// A file that the scenario names, as text, with the source to which its faults belong.
struct NamedFile {
  std::string text;
  std::uint32_t source = 0;
};

/// Reads the file that `node` names. It must lie in the scenario's folder or below, symbolic links followed.
[[nodiscard]] std::optional<NamedFile> read_named_file(const YamlNode& node, ReadContext& context);

/// Reads the file of durations, one on each line, that `node` names. Blank lines and lines that begin with `#` do not
/// count.
[[nodiscard]] std::optional<std::vector<Duration>> read_duration_file(const YamlNode& node, ReadContext& context);

}  // namespace credsim
