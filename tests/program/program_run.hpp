#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <sys/wait.h>

/// Runs the built program in a directory of its own.
namespace credsim::test {

struct ProgramResult {
  int status = 0;
  std::string output;
  std::string errors;
};

class ProgramRun {
 public:
  ProgramRun() {
    std::string name = (std::filesystem::temp_directory_path() / "credsim-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = name;
  }
  ~ProgramRun() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  ProgramRun(const ProgramRun&) = delete;
  ProgramRun& operator=(const ProgramRun&) = delete;

  /// `arguments` as a shell takes them.
  ProgramResult operator()(const std::string& arguments) const {
    const std::string line =
        "cd '" + directory_.string() + "' && '" CREDSIM_PROGRAM "' " + arguments + " >.output 2>.errors </dev/null";
    const int status = std::system(line.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(".output"), read(".errors")};
  }

  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(directory_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name, std::ios::binary) << text;
  }

 private:
  std::filesystem::path directory_;
};

}  // namespace credsim::test
