#pragma once

#include <cstdint>

namespace credsim::model {

/// What a draw is for: the last step of its key. Values are part of what a seed means; a new one goes to the end.
enum class Purpose : std::uint64_t {
  provisioning_start = 1,
  boot,
  eni,
  agent_start,
  on_demand_start,
  assume_role_latency,
  agent_backoff,
  rotation_jitter,
  session_arrival,
  session_duration,
  workload_wait,
  call_interval,
  call_backoff,
  call_fast_failure,
  call_latency,
  fault_scope,
  fault_share,
  fault_propagation,
  steady_start,
};

constexpr std::uint64_t key(Purpose purpose) {
  return static_cast<std::uint64_t>(purpose);
}

}  // namespace credsim::model
