#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "credsim/run_snapshot.hpp"

namespace credsim {

/// Where to listen for Prometheus: a numeric address and a port, 0 for any that is free.
struct MetricsAddress {
  std::string host = "127.0.0.1";  ///< IPv6 without brackets
  std::uint16_t port = 9464;
};

/// An HTTP server that answers GET /metrics with the last snapshot of a run, in Prometheus' text format: every series
/// under the name of its metric (metric.hpp) with the prefix `credsim_`. It has threads of its own; the run gives it a
/// pointer now and then and is never waited for, nor waits for a client.
class MetricsServer {
 public:
  /// Null with `error` set, one sentence, if it cannot listen there.
  static std::unique_ptr<MetricsServer> listen(const MetricsAddress& address, std::string& error);
  ~MetricsServer();

  /// "http://127.0.0.1:9464/metrics"
  [[nodiscard]] const std::string& url() const;
  /// Nobody but this machine can connect.
  [[nodiscard]] bool is_local() const;

  /// What is answered from now on. Thread-safe.
  void publish(std::shared_ptr<const RunSnapshot> snapshot);

 private:
  class Server;
  explicit MetricsServer(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace credsim
