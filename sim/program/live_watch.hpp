#pragma once

#include "credsim/metrics_server.hpp"
#include "credsim/run_snapshot.hpp"

namespace credsim {

/// Says on standard error where the metrics are, and who can read them.
void say_where(const MetricsServer& server);

/// Follows a run for those who asked: hands what it shows to Prometheus, if that is served, and says when the machine
/// does not keep up.
class LiveWatch : public RunWatch {
 public:
  /// `server` may be null.
  explicit LiveWatch(MetricsServer* server) : server_(server) {}

  void show(std::shared_ptr<const RunSnapshot> snapshot) override {
    if (server_ != nullptr) server_->publish(std::move(snapshot));
  }
  void falls_behind(double target_speed_ratio, double speed_ratio) override;

 private:
  MetricsServer* server_;
};

}  // namespace credsim
