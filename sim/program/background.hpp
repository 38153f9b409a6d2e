#pragma once

#include <thread>

#include <boost/asio/io_context.hpp>

#include "engine/started_thread.hpp"

namespace credsim {

/// An io_context with a thread of its own. Whoever owns it declares what uses `context()` after it, and calls stop()
/// before that is destroyed.
class Background {
 public:
  Background() = default;
  ~Background() { stop(); }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  void start() {
    thread_ = started_thread([this] { context_.run(); });
  }
  /// Waits for the handler that is running; the rest is not called any more.
  void stop() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  boost::asio::io_context context_{1};
  std::thread thread_;
};

}  // namespace credsim
