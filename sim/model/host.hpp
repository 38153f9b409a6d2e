#pragma once

#include <cstdint>

#include "credsim/time.hpp"

#include "model/instance.hpp"

namespace credsim::model {

/// What a script sees of the instance that it runs on, at one moment.
struct Host {
  InstanceKey key;
  std::uint32_t number;   ///< in its resource
  std::uint32_t address;  ///< its interface's; IPv4, host order
  Duration lifetime;      ///< of its credentials
  SimTime issued;         ///< the newest one's issue; kFarFuture: none in the profile yet
  bool network_ready;     ///< its interface is available

  [[nodiscard]] bool has_credential() const { return issued != kFarFuture; }
};

}  // namespace credsim::model
