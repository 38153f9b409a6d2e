#pragma once

#include <cstdint>
#include <limits>

#include "credsim/random.hpp"
#include "credsim/record.hpp"
#include "credsim/time.hpp"

#include "model/event.hpp"

namespace credsim::model {

/// MODEL.md, "Instance life"; `free` is a place in memory without an instance, `stopped` an on-demand instance that
/// nobody uses or an image builder that was stopped.
enum class Phase : std::uint8_t { free, requested, provisioning, available, in_use, stopped };
inline constexpr std::size_t kPhases = 6;

inline constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

/// A streaming instance: its life, its network, its newest credential and its agent.
struct Instance {
  RandomStream stream = RandomStream::root(0, 0);
  InstanceId id = kNoInstance;
  std::uint32_t resource = 0;  ///< index in Scenario::resources
  std::uint32_t number = 0;    ///< in its resource
  std::uint32_t epoch = 0;
  Phase phase = Phase::free;

  bool booted = false;
  bool network_ready = false;
  bool interface_granted = false;  ///< its create_network_interface token is spent
  /// What its provisioning waits for: nothing, a unit of the interface quota, or an address.
  enum class Lacks : std::uint8_t { nothing, interface, address } lacks = Lacks::nothing;
  bool had_gap = false;
  std::uint32_t subnet = kNone;  ///< index in the cell's subnets
  std::uint32_t address = 0;
  std::uint32_t role = kNone;     ///< index in Scenario::roles
  std::uint32_t session = kNone;  ///< index in the cell's sessions
  std::uint32_t starts = 0;       ///< boots so far: the index of their draws
  std::uint32_t clients = 0;      ///< first of its clients, one a workload

  SimTime provisioned = kNever;   ///< p
  SimTime network_from = kNever;  ///< p, or the last restart: where the network race began
  SimTime boot_at = kNever;       ///< end of the boot in progress or done
  Duration eni_delay{};           ///< drawn when the race began
  SimTime eni_at = kNever;        ///< when the interface becomes or became available; kNever: not known yet
  SimTime first_boot = kNever;
  SimTime first_eni = kNever;
  SimTime first_credential = kNever;

  // The newest credential; sequence 0: none yet.
  std::uint32_t sequence = 0;
  SimTime issued = kNever;
  SimTime expires = kNever;

  // The rotation in progress.
  std::uint32_t attempts = 0;         ///< for the credential that is being asked for
  std::uint32_t series_attempts = 0;  ///< in the series
  std::uint32_t attempts_ever = 0;    ///< the index of attempts' draws
  std::uint32_t provisioning_attempts = 0;
  SimTime requested = kNever;
  Duration backoff{};  ///< the last one slept, for decorrelated jitter

  [[nodiscard]] bool running() const { return phase >= Phase::provisioning && phase <= Phase::in_use; }
};

}  // namespace credsim::model
