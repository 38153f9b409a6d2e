#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

// What publishing costs with prometheus-cpp, an event at a time or once a scrape, beside plain integers that are handed
// over once a scrape. `result` is a hash of what was published, cut to six digits: equal for ways of publishing the
// same.

namespace {

// As many outcomes as a cell has reasons, and one event of each in turn.
constexpr std::size_t kSeries = 16;
constexpr std::size_t kEventsPerScrape = 1 << 16;

std::string reason(std::size_t i) {
  return "reason_" + std::to_string(i);
}

/// A family of counters, and a histogram in which each observation falls somewhere else.
class Published {
 public:
  Published()
      : counters(prometheus::BuildCounter().Name("credsim_calls_total").Help("Calls.").Register(registry)),
        histogram(prometheus::BuildHistogram()
                      .Name("credsim_overlap_seconds")
                      .Help("Overlaps.")
                      .Register(registry)
                      .Add({{"fleet", "everybody"}}, bounds())) {
    for (std::size_t i = 0; i < kSeries; ++i)
      handles.push_back(&counters.Add({{"fleet", "everybody"}, {"reason", reason(i)}}));
    for (std::size_t i = 0; i < seconds.size(); ++i) seconds[i] = std::exp2(static_cast<double>(i % 16) - 3.5);
  }

  static prometheus::Histogram::BucketBoundaries bounds() {
    prometheus::Histogram::BucketBoundaries values;
    for (int i = -3; i < 13; ++i) values.push_back(std::exp2(i));
    return values;
  }

  [[nodiscard]] std::size_t bucket(double value) const {
    std::size_t i = 0;
    while (i < limits.size() && value > limits[i]) ++i;
    return i;
  }

  double hash() {
    std::uint64_t hash = 0xCBF29CE484222325U;
    const auto add = [&](double value) { hash = (hash ^ static_cast<std::uint64_t>(value)) * 0x100000001B3U; };
    for (const prometheus::Counter* counter : handles) add(counter->Value());
    for (const auto& counted : histogram.Collect().histogram.bucket) add(static_cast<double>(counted.cumulative_count));
    return static_cast<double>(hash >> 45U);
  }

  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& counters;
  prometheus::Histogram& histogram;
  std::vector<prometheus::Counter*> handles;
  prometheus::Histogram::BucketBoundaries limits = bounds();
  std::array<double, 1024> seconds{};
};

/// Times scrapes' worth of events: `publish` has all of one scrape to publish.
template <typename Publish>
void time_events(benchmark::State& state, Publish publish) {
  {
    Published once;
    publish(once);
    state.counters["result"] = once.hash();
  }
  Published published;
  for (auto _ : state) publish(published);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kEventsPerScrape));
}

// ---- counters ----

void count_plainly(benchmark::State& state) {
  time_events(state, [](Published& published) {
    std::array<std::uint64_t, kSeries> counts{};
    for (std::size_t i = 0; i < kEventsPerScrape; ++i) {
      ++counts[i % kSeries];
      benchmark::ClobberMemory();
    }
    for (std::size_t i = 0; i < kSeries; ++i) published.handles[i]->Increment(static_cast<double>(counts[i]));
  });
}
BENCHMARK(count_plainly)->Name("publish/counter_plain_integers");

void count_by_handle(benchmark::State& state) {
  time_events(state, [](Published& published) {
    for (std::size_t i = 0; i < kEventsPerScrape; ++i) published.handles[i % kSeries]->Increment();
  });
}
BENCHMARK(count_by_handle)->Name("publish/counter_by_handle");

void count_by_labels(benchmark::State& state) {
  std::array<std::string, kSeries> reasons;
  for (std::size_t i = 0; i < kSeries; ++i) reasons[i] = reason(i);
  time_events(state, [&](Published& published) {
    for (std::size_t i = 0; i < kEventsPerScrape; ++i)
      published.counters.Add({{"fleet", "everybody"}, {"reason", reasons[i % kSeries]}}).Increment();
  });
}
BENCHMARK(count_by_labels)->Name("publish/counter_by_labels")->Unit(benchmark::kMillisecond);

// ---- histograms ----

void observe_plainly(benchmark::State& state) {
  time_events(state, [](Published& published) {
    std::vector<double> counts(published.limits.size() + 1);
    double sum = 0;
    for (std::size_t i = 0; i < kEventsPerScrape; ++i) {
      const double value = published.seconds[i % published.seconds.size()];
      ++counts[published.bucket(value)];
      sum += value;
    }
    published.histogram.ObserveMultiple(counts, sum);
  });
}
BENCHMARK(observe_plainly)->Name("publish/histogram_plain_integers");

void observe_each(benchmark::State& state) {
  time_events(state, [](Published& published) {
    for (std::size_t i = 0; i < kEventsPerScrape; ++i)
      published.histogram.Observe(published.seconds[i % published.seconds.size()]);
  });
}
BENCHMARK(observe_each)->Name("publish/histogram_observe");

void observe_in_batches(benchmark::State& state) {
  constexpr std::size_t kBatch = 64;
  time_events(state, [](Published& published) {
    std::vector<double> counts(published.limits.size() + 1);
    for (std::size_t i = 0; i < kEventsPerScrape; i += kBatch) {
      counts.assign(counts.size(), 0);
      double sum = 0;
      for (std::size_t k = i; k < i + kBatch; ++k) {
        const double value = published.seconds[k % published.seconds.size()];
        ++counts[published.bucket(value)];
        sum += value;
      }
      published.histogram.ObserveMultiple(counts, sum);
    }
  });
}
BENCHMARK(observe_in_batches)->Name("publish/histogram_batches_of_64");

// ---- a scrape ----

/// Collects and serialises what a cell would publish: some 200 series.
void scrape(benchmark::State& state) {
  prometheus::Registry registry;
  for (const char* name : {"assume_role", "call", "provisioning", "session", "limit", "gauge"}) {
    auto& family =
        prometheus::BuildCounter().Name("credsim_" + std::string(name) + "_total").Help(name).Register(registry);
    for (std::size_t i = 0; i < kSeries; ++i)
      family.Add({{"account", "123456789012"}, {"region", "us-east-1"}, {"reason", reason(i)}})
          .Increment(static_cast<double>(i * 1'000'003));
  }
  for (const char* name : {"overlap", "gap", "first_credential", "network_ready", "interface_wait", "session_wait"}) {
    auto& family =
        prometheus::BuildHistogram().Name("credsim_" + std::string(name) + "_seconds").Help(name).Register(registry);
    family.Add({{"account", "123456789012"}, {"region", "us-east-1"}}, Published::bounds()).Observe(60);
  }
  const prometheus::TextSerializer serializer;
  std::string page;
  for (auto _ : state) page = serializer.Serialize(registry.Collect());
  std::uint64_t hash = 0xCBF29CE484222325U;
  std::int64_t series = 0;
  for (std::size_t at = 0; at < page.size(); ++at) {
    hash = (hash ^ static_cast<unsigned char>(page[at])) * 0x100000001B3U;
    if (page[at] == '\n' && page[at + 1] != '#') ++series;
  }
  state.SetItemsProcessed(state.iterations() * series);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page.size()));
  state.counters["series"] = static_cast<double>(series);
  state.counters["result"] = static_cast<double>(hash >> 45U);
}
BENCHMARK(scrape)->Name("publish/scrape")->Unit(benchmark::kMicrosecond);

}  // namespace
