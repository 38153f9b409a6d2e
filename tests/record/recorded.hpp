#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <sqlite3.h>
#include <unistd.h>

#include "credsim/audit_store.hpp"

/// What the tests of the audit store share: a folder that goes away, a scenario, and what a database answers.
namespace credsim::test {

using namespace std::chrono_literals;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = std::filesystem::temp_directory_path() / "credsim-record-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{path_}) names.push_back(entry.path().filename());
    return names;
  }

 private:
  std::filesystem::path path_;
};

/// One account, one Region, a fleet "eng" with the workloads "login" and "backup", and a fleet "ops".
inline Scenario two_fleets() {
  Scenario scenario;
  scenario.name = "two-fleets";
  scenario.start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 8h;
  scenario.duration = 24h;
  scenario.yaml = "version: 1\n";
  Region region;
  region.name = "us-east-1";
  scenario.accounts.push_back({.id = "123456789012", .regions = {region}, .place = {}});
  scenario.resources.resize(2);
  scenario.resources[0].name = "eng";
  scenario.resources[0].sessions.emplace();
  scenario.resources[0].workloads.resize(2);
  scenario.resources[0].workloads[0].name = "login";
  scenario.resources[0].workloads[0].calls.action = "ec2:DescribeInstances";
  scenario.resources[0].workloads[1].name = "backup";
  scenario.resources[0].workloads[1].calls.action = "s3:PutObject";
  scenario.resources[1].name = "ops";
  return scenario;
}

/// A cell in which nothing happened.
inline CellResult nothing(const Scenario& scenario) {
  CellResult result;
  result.resources.resize(scenario.resources.size());
  for (const Resource& resource : scenario.resources) result.workloads.emplace_back(resource.workloads.size());
  return result;
}

/// The whole of a file.
inline std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}
inline void write_file(const std::string& path, const std::string& text) {
  std::ofstream{path, std::ios::binary} << text;
}

inline SimTime at(Duration since_start) {
  return kSimulationStart + since_start;
}

/// A connection of somebody else's.
class Reader {
 public:
  explicit Reader(const std::string& path) {
    if (sqlite3_open_v2(path.c_str(), &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) != SQLITE_OK)
      std::abort();
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { sqlite3_close(database_); }

  /// One row a string, columns separated by "|", nulls as "null"; or one string that says what went wrong.
  std::vector<std::string> rows(const std::string& sql) {
    std::vector<std::string> all;
    const auto add = [](void* rows, int columns, char** values, char**) {
      std::string row;
      for (int i = 0; i < columns; ++i)
        row += std::string{i == 0 ? "" : "|"} + (values[i] == nullptr ? "null" : values[i]);
      static_cast<std::vector<std::string>*>(rows)->push_back(row);
      return 0;
    };
    if (sqlite3_exec(database_, sql.c_str(), add, &all, nullptr) != SQLITE_OK) all.push_back(sqlite3_errmsg(database_));
    return all;
  }

 private:
  sqlite3* database_ = nullptr;
};

inline std::vector<std::string> rows(const std::string& path, const std::string& sql) {
  return Reader{path}.rows(sql);
}

/// The only row's only value.
inline std::string value(const std::string& path, const std::string& sql) {
  const std::vector<std::string> all = rows(path, sql);
  return all.size() == 1 ? all[0] : std::to_string(all.size()) + " rows";
}

}  // namespace credsim::test
