#include "program/live_watch.hpp"

#include <iostream>
#include <string>

#include "report/readable.hpp"

namespace credsim {

void say_where(const MetricsServer& server) {
  std::cerr << "credsim run: metrics at " + server.url() +
                   (server.is_local() ? "\n" : ", for everybody who reaches this machine\n")
            << std::flush;
}

void LiveWatch::falls_behind(double target_speed_ratio, double speed_ratio) {
  std::cerr << "credsim run: this machine does not keep up with speed " + report::magnitude(target_speed_ratio) +
                   "; it does about " + report::magnitude(speed_ratio) + "\n"
            << std::flush;
}

}  // namespace credsim
