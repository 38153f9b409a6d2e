#include "watched_run.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "credsim/cell.hpp"
#include "credsim/metrics_server.hpp"

#include "lock_count.hpp"
#include "rotation.hpp"

namespace credsim::bench {

namespace {

using namespace std::chrono_literals;

/// Gets the page ten times a second, on a thread of its own, and counts how often it came whole.
class Scraper {
 public:
  explicit Scraper(const std::string& url) {
    const std::size_t colon = url.rfind(':');
    port_ = url.substr(colon + 1, url.rfind('/') - colon - 1);
    thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  }

  std::uint64_t finish() {
    thread_.request_stop();
    thread_.join();
    return scrapes_;
  }

 private:
  void work(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any asked_to_stop;
    std::unique_lock lock(mutex);
    do scrape();
    while (!asked_to_stop.wait_for(lock, stop, 100ms, [&] { return stop.stop_requested(); }));
  }

  void scrape() {
    namespace asio = boost::asio;
    asio::io_context context;
    asio::ip::tcp::socket socket(context);
    boost::system::error_code error;
    asio::connect(socket, asio::ip::tcp::resolver(context).resolve("127.0.0.1", port_), error);
    asio::write(socket, asio::buffer(std::string("GET /metrics HTTP/1.0\r\n\r\n")), error);
    std::string page;
    if (!error) asio::read(socket, asio::dynamic_buffer(page), error);
    if (page.find("credsim_simulation_time_seconds ") != std::string::npos) ++scrapes_;
  }

  std::string port_;
  std::uint64_t scrapes_ = 0;
  std::jthread thread_;
};

/// One for all runs: it takes two seconds to close.
MetricsServer& metrics_server() {
  static const std::unique_ptr<MetricsServer> server = [] {
    std::string fault;
    auto listening = MetricsServer::listen({.port = 0}, fault);
    if (!listening) std::fprintf(stderr, "benchmark: %s\n", fault.c_str()), std::abort();
    return listening;
  }();
  return *server;
}

std::uint64_t hash_of(const std::vector<double>& values) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const double value : values) hash = (hash ^ std::bit_cast<std::uint64_t>(value)) * 0x100000001B3U;
  return hash;
}

}  // namespace

WatchedRun simulate_watched(const Scenario& scenario, Watching watching) {
  MetricsServer* const server = watching == Watching::nobody ? nullptr : &metrics_server();
  std::optional<Scraper> scraper;
  if (watching == Watching::scraped) scraper.emplace(server->url());

  const std::atomic<bool> stop{false};
  CellProgress progress;
  NoSink sink;
  const std::uint64_t locks_before = locks_of_this_thread();
  CellSimulation simulation(scenario, plan_cells(scenario).front(),
                            {.seed = scenario.seed, .audit_level = AuditLevel::aggregate}, sink, stop, progress);
  const auto series = std::make_shared<const std::vector<SeriesDefinition>>(simulation.series());
  const Duration piece = watching == Watching::nobody ? scenario.duration : scenario.series_step;
  WatchedRun run;
  std::vector<double> values;
  for (SimTime until = kSimulationStart + piece; until <= kSimulationStart + scenario.duration; until += piece) {
    simulation.advance(until);
    ++run.pieces;
    if (server == nullptr) continue;
    auto snapshot = std::make_shared<RunSnapshot>();
    simulation.look(snapshot->values);
    values = snapshot->values;
    snapshot->at = until;
    snapshot->series = series;
    server->publish(std::move(snapshot));
  }
  if (server == nullptr) simulation.look(values);
  run.events = simulation.finish().events;
  run.locks = locks_of_this_thread() - locks_before;
  run.result = hash_of(values);
  if (scraper) run.scrapes = scraper->finish();
  return run;
}

}  // namespace credsim::bench
