#include <cstdint>

#include <benchmark/benchmark.h>

// The model of rotation.yaml on ns-3's simulator with its default scheduler, as one would write it there: each event is
// a closure. Where ns-3 is not installed the benchmark says so and is skipped.

#ifdef CREDSIM_HAS_NS3

#include <algorithm>
#include <cmath>
#include <ctime>
#include <random>
#include <vector>

#include <ns3/nstime.h>
#include <ns3/simulator.h>

namespace {

/// Seconds, as ns-3's own examples have them.
constexpr double kHour = 3600;

double now() {
  return ns3::Simulator::Now().GetSeconds();
}

template <typename Action>
void after(double seconds, Action action) {
  ns3::Simulator::Schedule(ns3::Seconds(seconds), action);
}

class TokenBucket {
 public:
  TokenBucket(double rate, double burst) : rate_(rate), burst_(burst), tokens_(burst) {}
  bool try_take() {
    tokens_ = std::min(burst_, tokens_ + (now() - at_) * rate_);
    at_ = now();
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  double rate_;
  double burst_;
  double tokens_;
  double at_ = 0;
};

class Rotation {
 public:
  explicit Rotation(std::int64_t instances) : instances_(static_cast<std::size_t>(instances)) {
    for (Instance& instance : instances_) after(uniform(0, 4 * kHour), [this, &instance] { provision(instance); });
  }

  std::uint64_t events = 0;
  std::uint64_t credentials = 0;
  std::uint64_t calls = 0;
  std::uint64_t calls_failed = 0;

 private:
  struct Instance {
    double booted = 0;
    double asked = 0;
    double expires = 0;
    double held = 0;
    int attempt = 0;
  };

  double uniform(double low, double high) { return std::uniform_real_distribution<>(low, high)(random_); }
  double lognormal(double median, double p99) {
    return std::lognormal_distribution<>(std::log(median), std::log(p99 / median) / 2.3263478740408408)(random_);
  }

  void provision(Instance& instance) {
    ++events;
    instance.asked = now();
    instance.booted = now() + uniform(600, 1200);
    after(instance.booted - now() + lognormal(5, 30), [this, &instance] { assume_role(instance); });
    ask_for_interface(instance);
  }

  // Nobody waits for a token at this bucket's rate, so there is no queue to keep in order.
  void ask_for_interface(Instance& instance) {
    if (!interfaces_.try_take()) return after(0.002, [this, &instance] { ask_for_interface(instance); });
    const double ready = instance.booted - instance.asked + lognormal(20, 150);
    after(ready, [this] { ++events; });
    // The script looks every second from boot on.
    const double looks = std::ceil(instance.asked + ready - instance.booted);
    after(instance.booted + looks - now(), [this, &instance] { wait_for_call(instance); });
  }

  void assume_role(Instance& instance) {
    ++events;
    ++instance.attempt;
    if (sts_.try_take()) {
      instance.attempt = 0;
      return after(lognormal(0.060, 0.400), [this, &instance] { issue(instance); });
    }
    double wait = 60;
    if (instance.attempt == 5)
      instance.attempt = 0;
    else
      wait = uniform(0, std::pow(2, instance.attempt - 1));
    after(wait, [this, &instance] { assume_role(instance); });
  }

  void issue(Instance& instance) {
    ++credentials;
    instance.expires = now() + kHour;
    after(kHour - 300 - uniform(0, 60), [this, &instance] { assume_role(instance); });
  }

  void wait_for_call(Instance& instance) {
    after(std::exponential_distribution<>(1.0 / 600)(random_), [this, &instance] { call(instance); });
  }

  void call(Instance& instance) {
    wait_for_call(instance);
    ++events;
    ++calls;
    if (instance.held <= now()) instance.held = instance.expires;  // reads the profile
    if (instance.held <= now()) ++calls_failed;
  }

  std::mt19937_64 random_{42};
  TokenBucket sts_{2000, 4000};
  TokenBucket interfaces_{500, 1000};
  std::vector<Instance> instances_;
};

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void ns3_simulator(benchmark::State& state) {
  std::uint64_t events = 0;
  double seconds = 0;
  for (auto _ : state) {
    const double start = cpu_seconds();
    Rotation rotation(state.range(0));
    ns3::Simulator::Stop(ns3::Hours(24));
    ns3::Simulator::Run();
    const double spent = cpu_seconds() - start;
    ns3::Simulator::Destroy();
    state.SetIterationTime(spent);
    seconds += spent;
    events += rotation.events;
    state.counters["credentials"] = static_cast<double>(rotation.credentials);
    state.counters["calls"] = static_cast<double>(rotation.calls);
    state.counters["result"] = static_cast<double>(
        (rotation.events * 31 + rotation.credentials * 17 + rotation.calls * 7 + rotation.calls_failed) % 1'000'000);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.counters["ns_per_event"] = 1e9 * seconds / static_cast<double>(events);
}

}  // namespace

#else

namespace {

void ns3_simulator(benchmark::State& state) {
  state.SkipWithError("needs ns-3: Debian's libns3-dev");
  for (auto _ : state) {
  }
}

}  // namespace

#endif

BENCHMARK(ns3_simulator)->Name("rotation/ns3")->Arg(10'000)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(ns3_simulator)
    ->Name("rotation_large/ns3")
    ->Arg(100'000)
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
