// Starts the benchmarks: names the machine, the build and the seed first, on the console and in the JSON.

#include <cstdio>
#include <fstream>
#include <string>
#include <thread>

#include <benchmark/benchmark.h>

namespace {

// What every benchmark here draws from.
constexpr const char* kSeed = "42";

std::string processor() {
  std::ifstream file{"/proc/cpuinfo"};
  for (std::string line; std::getline(file, line);) {
    const std::size_t value = line.find(": ");
    if (line.starts_with("model name") && value != std::string::npos) return line.substr(value + 2);
  }
  return "unknown processor";
}

std::string compiler() {
#ifdef __clang__
  return "clang++ " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

bool is_sanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return true;
#endif
#endif
  return false;
}

bool is_debug() {
#if defined(NDEBUG) && defined(__OPTIMIZE__)
  return false;
#else
  return true;
#endif
}

}  // namespace

int main(int argc, char** argv) {
  // Google Benchmark's `library_build_type` is how Debian built that library, not how this was built.
  benchmark::AddCustomContext("machine",
                              processor() + ", " + std::to_string(std::thread::hardware_concurrency()) + " processors");
  benchmark::AddCustomContext("compiler", compiler());
  benchmark::AddCustomContext("build", CREDSIM_BUILD);
  benchmark::AddCustomContext("version", "credsim " CREDSIM_VERSION);
  benchmark::AddCustomContext("seed", kSeed);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  if (is_debug() || is_sanitized())
    std::fprintf(stderr, "***WARNING*** %s build: the times below say nothing about what users run\n",
                 is_sanitized() ? "sanitized" : "debug");
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
