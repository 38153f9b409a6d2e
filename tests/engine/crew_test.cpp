#include "engine/crew.hpp"

#include <array>
#include <atomic>
#include <stdexcept>
#include <string_view>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test_support/catch.hpp"
#include "test_support/sanitized.hpp"

using namespace credsim;
using test::kSanitized;

TEST_CASE("a crew does every part of each job once", "[threaded]") {
  constexpr std::size_t kThreads = 4;
  std::array<std::atomic<int>, kThreads> calls{};
  Crew crew(kThreads);
  for (int job = 0; job < 100; ++job) crew.run([&](std::size_t part) { ++calls[part]; });
  for (const auto& each : calls) CHECK(each == 100);
}

TEST_CASE("a machine that gives no more threads is an exception, not a program that hangs or ends") {
  if (kSanitized) return;  // a sanitizer's memory is more than any limit that would be reached
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit limit{std::size_t{256} << 20, std::size_t{256} << 20};
    ::setrlimit(RLIMIT_AS, &limit);
    ::alarm(30);
    try {
      Crew crew(10'000);
    } catch (const std::runtime_error& error) {
      ::_exit(std::string_view(error.what()).starts_with("the machine gives no more threads") ? 0 : 2);
    }
    ::_exit(1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
}
