#include <atomic>
#include <cstdlib>
#include <new>

#include "test_support/catch.hpp"
#include "test_support/small_scenario.hpp"

// Counts every allocation of this program, to tell what a simulated day costs once it is under way.

namespace {

std::atomic<std::uint64_t> allocations{0};

void* counted(std::size_t size) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(size == 0 ? 1 : size);
}

// Not inlined, so that g++ does not take it for a mismatch with the `new` that it looks into elsewhere.
[[gnu::noinline]] void release(void* memory) noexcept {
  std::free(memory);
}

void* counted_or_throw(std::size_t size) {
  if (void* memory = counted(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return counted_or_throw(size);
}
void* operator new[](std::size_t size) {
  return counted_or_throw(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return counted(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return counted(size);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  release(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  release(memory);
}
void operator delete(void* memory) noexcept {
  release(memory);
}
void operator delete[](void* memory) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  release(memory);
}

namespace {

using namespace credsim;
using namespace credsim::test;

struct ForgetfulSink final : CellSink {
  void take(AuditBatch& batch) override { batch.clear(); }
};

struct Cost {
  std::uint64_t allocations;
  std::uint64_t events;
};

Cost cost_of(const Scenario& scenario, AuditLevel level) {
  ForgetfulSink sink;
  const std::atomic<bool> stop{false};
  CellProgress progress;
  const std::uint64_t before = allocations;
  const CellResult result =
      simulate_cell(scenario, plan_cells(scenario).at(0), {.seed = 1, .audit_level = level}, sink, stop, progress);
  return {allocations - before, result.events};
}

Scenario rotating_scenario(Duration duration, const char* action) {
  Scenario scenario = small_scenario(2000, duration);
  Resource& fleet = scenario.resources[0];
  scenario.accounts[0].regions[0].sts_latency = Distribution::lognormal(60ms, 400ms);
  fleet.provisioning.start = Distribution::uniform(0s, 1h);
  fleet.provisioning.boot = Distribution::uniform(1min, 2min);
  fleet.provisioning.eni.delay = Distribution::exponential(20s);
  fleet.credentials.every = 55min;
  fleet.credentials.jitter = 60s;
  fleet.workloads.push_back(small_workload("call", Distribution::exponential(10min), false));
  fleet.workloads.back().calls.action = action;
  return scenario;
}

}  // namespace

TEST_CASE(
    "a day that is under way allocates nothing for its events, at any audit level and wherever calls are decided") {
  for (const AuditLevel level : {AuditLevel::aggregate, AuditLevel::failures, AuditLevel::full}) {
    for (const char* action : {"s3:GetObject", "ec2:DescribeInstances"}) {
      CAPTURE(static_cast<int>(level), action);
      const Cost half = cost_of(rotating_scenario(12h, action), level);
      const Cost whole = cost_of(rotating_scenario(24h, action), level);
      REQUIRE(whole.events > half.events + 100'000);
      // What grows to its largest extent may still do so.
      CHECK(whole.allocations < half.allocations + 100);
    }
  }
}
