#include "credsim/metrics_server.hpp"

#include <exception>
#include <mutex>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>

#include "record/exposition.hpp"

namespace credsim {
namespace {

// As many clients may dawdle before one that does not has to wait, each for so long.
constexpr const char* kThreads = "16";
constexpr const char* kRequestTimeoutMs = "5000";

/// Why nobody can listen there; the server's library does not say it.
std::string why_not(const boost::asio::ip::tcp::endpoint& endpoint) {
  namespace asio = boost::asio;
  asio::io_context context;
  asio::ip::tcp::acceptor acceptor(context);
  boost::system::error_code error;
  if (!acceptor.open(endpoint.protocol(), error) &&
      !acceptor.set_option(asio::ip::tcp::acceptor::reuse_address(true), error) && !acceptor.bind(endpoint, error))
    acceptor.listen(asio::ip::tcp::acceptor::max_listen_connections, error);
  return error ? error.message() : "";
}

/// What is shown to whoever scrapes: the last snapshot there is.
class Shown : public prometheus::Collectable {
 public:
  void publish(std::shared_ptr<const RunSnapshot> snapshot) {
    const std::scoped_lock lock(mutex_);
    snapshot_.swap(snapshot);
  }

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override {
    std::shared_ptr<const RunSnapshot> snapshot;
    {
      const std::scoped_lock lock(mutex_);
      snapshot = snapshot_;
    }
    return record::exposition(snapshot.get());
  }

 private:
  mutable std::mutex mutex_;  // held to copy a pointer, and no longer
  std::shared_ptr<const RunSnapshot> snapshot_;
};

}  // namespace

class MetricsServer::Server {
 public:
  explicit Server(const std::string& address)
      : exposer_(std::vector<std::string>{"listening_ports", address, "num_threads", kThreads, "request_timeout_ms",
                                          kRequestTimeoutMs}) {
    exposer_.RegisterCollectable(shown);
  }

  [[nodiscard]] int port() const { return exposer_.GetListeningPorts().front(); }

  std::string url;
  bool is_local = true;
  const std::shared_ptr<Shown> shown = std::make_shared<Shown>();

 private:
  prometheus::Exposer exposer_;
};

std::unique_ptr<MetricsServer> MetricsServer::listen(const MetricsAddress& address, std::string& error) {
  boost::system::error_code unreadable;
  const auto host = boost::asio::ip::make_address(address.host, unreadable);
  if (unreadable) {
    error = address.host + " is no address of a network interface; write one such as 127.0.0.1";
    return nullptr;
  }
  const std::string name = host.is_v6() ? "[" + host.to_string() + "]" : host.to_string();
  const std::string wanted = name + ":" + std::to_string(address.port);
  std::string fault = why_not({host, address.port});
  try {
    if (fault.empty()) {
      auto server = std::make_unique<Server>(wanted);
      server->url = "http://" + name + ":" + std::to_string(server->port()) + "/metrics";
      server->is_local = host.is_loopback();
      return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(server)));
    }
  } catch (const std::exception& failure) {
    // All that is left where others can listen: Debian 12's CivetWeb knows no IPv6.
    fault = host.is_v6() ? "this machine's CivetWeb library listens on IPv4 addresses only" : failure.what();
  }
  error =
      "cannot listen on " + wanted + ": " + fault + "; choose another --metrics-address, port 0 for any that is free";
  return nullptr;
}

MetricsServer::MetricsServer(std::unique_ptr<Server> server) : server_(std::move(server)) {}

MetricsServer::~MetricsServer() = default;

const std::string& MetricsServer::url() const {
  return server_->url;
}

bool MetricsServer::is_local() const {
  return server_->is_local;
}

void MetricsServer::publish(std::shared_ptr<const RunSnapshot> snapshot) {
  server_->shown->publish(std::move(snapshot));
}

}  // namespace credsim
