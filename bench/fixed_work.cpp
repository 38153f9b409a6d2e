// `credsim_fixed_work CASE SIZE` does a fixed amount of one kind of work, and prints how many units of it that was and
// the most KiB of memory that were resident. At two sizes, by count_instructions.py or rotation_bench.cpp, the
// difference is what the work costs.

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "credsim/distribution.hpp"
#include "credsim/pending_event_set.hpp"
#include "credsim/random.hpp"
#include "credsim/token_bucket.hpp"

#include "policy_cases.hpp"
#include "rotation.hpp"
#include "watched_run.hpp"

namespace {

using namespace credsim;
using namespace credsim::bench;
using namespace std::chrono_literals;

// Keeps the compiler from leaving the work out.
volatile std::uint64_t kept = 0;

/// Units: holds of the hold model (a pop and a push), with 10,000 pending and exponential increments of an hour.
std::uint64_t hold(std::uint64_t size) {
  constexpr std::uint32_t kPending = 10'000;
  constexpr std::size_t kIncrements = 1 << 16;
  const RandomStream stream = RandomStream::root(42, 0);
  std::vector<Duration> increments;
  for (std::size_t n = 0; n < kIncrements; ++n)
    increments.emplace_back(static_cast<std::int64_t>(-3.6e9 * std::log(stream.uniform(n))));
  PendingEventSet set;
  for (std::uint32_t n = 0; n < kPending; ++n) set.push({kSimulationStart + increments[n], n});
  for (std::uint64_t n = 0; n < size; ++n) {
    Event event = set.pop();
    event.at += increments[(kPending + n) % kIncrements];
    set.push(event);
  }
  kept = static_cast<std::uint64_t>(set.pop().at.time_since_epoch().count());
  return size;
}

/// Units: samples, each with its draw.
std::uint64_t sample(const Distribution& distribution, std::uint64_t size) {
  const RandomStream stream = RandomStream::root(42, 0).child("bench");
  std::uint64_t sum = 0;
  for (std::uint64_t n = 0; n < size; ++n) sum += static_cast<std::uint64_t>(distribution.sample(stream, n).count());
  kept = sum;
  return size;
}

/// Units: requests, most of which are granted.
std::uint64_t take_tokens(std::uint64_t size) {
  TokenBucket bucket({.rate = {600, 1s}, .burst = 600, .background = {50, 1s}});
  SimTime now = kSimulationStart;
  std::uint64_t granted = 0;
  for (std::uint64_t n = 0; n < size; ++n) granted += bucket.try_take(now += Duration{1'750}) ? 1U : 0U;
  kept = granted;
  return size;
}

/// Units: decisions about a session's call.
std::uint64_t decide(std::uint64_t size) {
  const SessionCase session;
  std::uint64_t allowed = 0;
  for (std::uint64_t n = 0; n < size; ++n)
    allowed += session.decide(session.requests[n % kPolicyRequests]) == iam::Decision::allowed ? 1U : 0U;
  kept = allowed;
  return size;
}

/// Units: model events. Size: instances.
std::uint64_t rotation(std::uint64_t size) {
  NoSink sink;
  return simulate_rotation(rotation_scenario(static_cast<std::int64_t>(size)), AuditLevel::aggregate, sink).events;
}

/// Units: rows of an audit database. Size: instances. The simulation is in it; `rotation` of the same size is to be
/// taken off.
std::uint64_t rotation_with_rows(std::uint64_t size) {
  const Scenario scenario = rotation_scenario(static_cast<std::int64_t>(size));
  const std::string path = temporary_database();
  const CellResult result =
      record_rows(scenario, path, [&](CellSink& sink) { return simulate_rotation(scenario, AuditLevel::full, sink); });
  std::filesystem::remove(path);
  return row_count(result);
}

/// Units: model events. Size: instances. Every step of the series is looked at and shown.
std::uint64_t watch(Watching watching, std::uint64_t size) {
  return simulate_watched(rotation_scenario(static_cast<std::int64_t>(size)), watching).events;
}

std::uint64_t work(std::string_view name, std::uint64_t size) {
  if (name == "hold") return hold(size);
  if (name == "sample_exponential") return sample(Distribution::exponential(1h), size);
  if (name == "sample_lognormal") return sample(Distribution::lognormal(20s, 150s), size);
  if (name == "token_bucket") return take_tokens(size);
  if (name == "policy_decision") return decide(size);
  if (name == "rotation") return rotation(size);
  if (name == "rotation_with_rows") return rotation_with_rows(size);
  if (name == "watched") return watch(Watching::unscraped, size);
  if (name == "watched_and_scraped") return watch(Watching::scraped, size);
  std::fprintf(stderr, "credsim_fixed_work: there is no case %s\n", std::string(name).c_str());
  std::exit(2);
}

/// Not getrusage(): that would count what this process was before it became this program.
long peak_kib() {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::strtol(line.c_str() + 6, nullptr, 10);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--compiler") {
#ifdef __clang__
    std::printf("clang++ %d\n", __clang_major__);
#else
    std::printf("g++ %d\n", __GNUC__);
#endif
    return 0;
  }
  if (argc != 3) {
    std::fprintf(stderr, "usage: credsim_fixed_work CASE SIZE | --compiler\n");
    return 2;
  }
#ifndef NDEBUG
  std::fprintf(stderr, "***WARNING*** debug build: the counts say nothing about what users run\n");
#endif
  const std::uint64_t units = work(argv[1], std::strtoull(argv[2], nullptr, 10));
  std::printf("%llu %ld\n", static_cast<unsigned long long>(units), peak_kib());
}
