#pragma once

#include <cstdint>
#include <limits>

#include "credsim/random.hpp"
#include "credsim/time.hpp"

#include "model/event.hpp"
#include "model/short_time.hpp"

namespace credsim::model {

/// MODEL.md, "Instance life"; `free` is a place in memory without an instance, `stopped` an on-demand instance that
/// nobody uses or an image builder that was stopped.
enum class Phase : std::uint8_t { free, requested, provisioning, available, in_use, stopped };
inline constexpr std::size_t kPhases = 6;

/// What an instance's provisioning waits for: nothing, a place in the quota of its type or in that of interfaces, or an
/// address.
enum class Lacks : std::uint8_t { nothing, instance, interface, address };

inline constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

/// A streaming instance: what is kept of it all its life. Fleets have millions and every event looks at one, so this is
/// small; what is needed for a while only is in StartUp and RefreshSeries, what only the audit asks for in
/// InstanceRecords. Its resource is that of its block of slots.
struct Instance {
  std::uint64_t issued : kShortTimeBits = kShortNever;  ///< the newest credential's issue; never: it has none
  std::uint64_t phase : 3 = 0;                          ///< a Phase
  std::uint64_t lacks : 2 = 0;                          ///< a Lacks
  std::uint64_t booted : 1 = 0;
  std::uint64_t network_ready : 1 = 0;
  std::uint64_t interface_granted : 1 = 0;  ///< its create_network_interface token is spent
  std::uint64_t starting : 1 = 0;           ///< it has a StartUp
  std::uint64_t refreshing : 1 = 0;         ///< it has a RefreshSeries
  std::uint64_t had_gap : 1 = 0;
  std::uint32_t number = 0;   ///< in its resource
  std::uint32_t draws = 0;    ///< starts and attempts so far: the index of what is drawn for the next
  std::uint32_t link = 0;     ///< its StartUp if it has one, else what StartUp::agent says
  std::uint32_t address = 0;  ///< IPv4, host order; from provisioning on

  [[nodiscard]] bool in(Phase which) const { return phase == static_cast<std::uint64_t>(which); }
  [[nodiscard]] Lacks lacking() const { return static_cast<Lacks>(lacks); }
  void set_phase(Phase which) { phase = static_cast<std::uint64_t>(which) & 7; }
  void set_lacks(Lacks what) { lacks = static_cast<std::uint64_t>(what) & 3; }
  void set_issued(SimTime at) { issued = to_short(at) & kShortNever; }
  [[nodiscard]] bool running() const {
    return phase >= static_cast<std::uint64_t>(Phase::provisioning) &&
           phase <= static_cast<std::uint64_t>(Phase::in_use);
  }
  [[nodiscard]] bool has_credential() const { return issued != kShortNever; }
  [[nodiscard]] SimTime issued_at() const { return from_short(issued); }
};
static_assert(sizeof(Instance) == 24);

/// How an instance goes without its first credential (never_served.hpp).
struct Unserved {
  SimTime since = kNever;      ///< when its scripts began to be able to call; kNever: they are not
  Duration before{};           ///< how long they were before it last stopped
  bool could_call = false;     ///< at any time
  bool asked_in_vain = false;  ///< its agent did
  bool counted = false;        ///< in ResourceState::unserved
};

/// An instance from its start or restart until it has booted, has its network and (the first time) a credential.
struct StartUp {
  SimTime provisioned{};  ///< p, when it first started; kNever: before the run
  SimTime from{};         ///< p, or the last restart: where boot and the network race began
  SimTime boot_at = kNever;
  SimTime eni_at = kNever;       ///< when the interface is available; as if granted at `from` until it is
  std::uint32_t agent = 0;       ///< the RefreshSeries if there is one, else the due mark of the agent's next attempt
  bool network_is_first = true;  ///< no network race of this instance has ended yet
  bool credential_is_first = true;  ///< it has had no credential yet
  Unserved unserved{};
};

/// The attempts for one credential, until it is there.
struct RefreshSeries {
  SimTime requested = kNever;   ///< the first attempt
  Duration backoff{};           ///< the last one slept, for decorrelated jitter
  std::uint32_t attempts = 0;   ///< for the credential
  std::uint32_t in_series = 0;  ///< of them, since the last pause of retry.interval
  std::uint32_t due = 0;        ///< the mark of the next attempt, or of the answer
  bool granted = false;         ///< STS has granted it; the answer is on its way
};

/// Whom a fault may bite, and whose draws decide it.
struct InstanceKey {
  std::uint32_t resource;  ///< index in Scenario::resources
  std::uint32_t role;      ///< index in Scenario::roles, or kNone
  RandomStream stream;
};

}  // namespace credsim::model
