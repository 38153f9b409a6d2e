#include "program/live_watch.hpp"

#include <iostream>
#include <string>

#include <boost/asio/ip/address.hpp>

#include "report/readable.hpp"

namespace credsim {

void say_where(const MetricsServer& server, const MetricsAddress& address) {
  const bool alone = boost::asio::ip::make_address(address.host).is_loopback();
  std::cerr << "credsim run: metrics at " + server.url() + (alone ? "\n" : ", for everybody who reaches this machine\n")
            << std::flush;
}

void LiveWatch::falls_behind(double target_speed_ratio, double speed_ratio) {
  std::cerr << "credsim run: this machine does not keep up with speed " + report::magnitude(target_speed_ratio) +
                   "; it does about " + report::magnitude(speed_ratio) + "\n"
            << std::flush;
}

}  // namespace credsim
