#include "engine/contract.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "credsim/distribution.hpp"
#include "credsim/log_histogram.hpp"
#include "credsim/pending_event_set.hpp"
#include "credsim/token_bucket.hpp"

#include "test_support/catch.hpp"

using namespace credsim;
using namespace std::chrono_literals;

namespace {

struct Ending {
  bool aborted;
  std::string standard_error;
};

/// Runs `action` in a process of its own.
Ending run_apart(const std::function<void()>& action) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    action();
    _exit(0);
  }
  close(ends[1]);
  Ending ending{};
  char buffer[256];
  for (ssize_t count = 0; (count = read(ends[0], buffer, sizeof buffer)) > 0;) {
    ending.standard_error.append(buffer, static_cast<std::size_t>(count));
  }
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  ending.aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
  return ending;
}

}  // namespace

TEST_CASE("a contract that holds has no effect") {
  expect(true, "never printed");
  CHECK_FALSE(run_apart([] { expect(true, "never printed"); }).aborted);
}

TEST_CASE("a broken contract says where and what, and aborts") {
  const Ending ending = run_apart([] { expect(false, "water runs downhill"); });
  CHECK(ending.aborted);
  CHECK(ending.standard_error.find("contract_test.cpp:") != std::string::npos);
  CHECK(ending.standard_error.find("broken contract: water runs downhill\n") != std::string::npos);
}

TEST_CASE("the engine's preconditions are checked in this build") {
  struct Broken {
    const char* message;
    std::function<void()> action;
  };
  constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Broken> broken = {
      {"popped from an empty set", [] { (void)PendingEventSet().pop(); }},
      {"no next event", [] { (void)PendingEventSet().next_time(); }},
      {"no event is scheduled before",
       [] {
         PendingEventSet set;
         set.push({kSimulationStart + 2us, 0});
         (void)set.pop();
         set.push({kSimulationStart + 1us, 0});
       }},
      {"no event is scheduled before",
       [] {
         PendingEventSet().push({kSimulationStart - 1us, 0});
       }},
      {"a rate is from 0",
       [] {
         TokenBucket({.rate = {-1, 1s}});
       }},
      {"a rate's period",
       [] {
         TokenBucket({.rate = {1, 0s}});
       }},
      {"a rate's period",
       [] {
         TokenBucket({.rate = {1, 1s}, .burst = 1, .background = {1, 24h + 1us}});
       }},
      {"a burst is from 1",
       [] {
         TokenBucket({.rate = {1, 1s}, .burst = 0});
       }},
      {"time does not go back",
       [] {
         TokenBucket bucket({.rate = {1, 1s}});
         (void)bucket.try_take(kSimulationStart + 1s);
         (void)bucket.try_take(kSimulationStart);
       }},
      {"not negative", [] { (void)Distribution::constant(-1us); }},
      {"uniform takes", [] { (void)Distribution::uniform(2s, 1s); }},
      {"exponential takes", [] { (void)Distribution::exponential(0s); }},
      {"lognormal takes", [] { (void)Distribution::lognormal(2s, 1s); }},
      {"normal takes", [] { (void)Distribution::normal(1s, -1s); }},
      {"weibull takes", [] { (void)Distribution::weibull(kNotANumber, 1s); }},
      {"empirical takes", [] { (void)Distribution::empirical({}); }},
      {"empirical takes",
       [] {
         (void)Distribution::empirical({1s, -1s});
       }},
      {"a probability in (0, 1)", [] { (void)Distribution::constant(1s).quantile(0); }},
      {"a probability in (0, 1)", [] { (void)Distribution::constant(1s).quantile(kNotANumber); }},
      {"not negative", [] { LogHistogram().record(-1us); }},
      {"no quantiles", [] { (void)LogHistogram().quantile(0.5); }},
      {"no mean", [] { (void)LogHistogram().mean_seconds(); }},
      {"no minimum", [] { (void)LogHistogram().minimum(); }},
      {"no maximum", [] { (void)LogHistogram().maximum(); }},
  };
  for (const Broken& b : broken) {
    INFO(b.message);
    const Ending ending = run_apart(b.action);
    CHECK(ending.aborted);
    CHECK(ending.standard_error.find(b.message) != std::string::npos);
  }
}
