#pragma once

#include <cstdint>

#include "credsim/pending_event_set.hpp"
#include "credsim/time.hpp"

/// The meaning of Event::entity and Event::tag inside a cell. At one instant things happen in this order: the series'
/// sample, terminations (which free what others wait for), fault changes, what faults do, interface grants and capacity
/// decisions, the instances from low numbers to high, and last the sessions that arrive or give up.
namespace credsim::model {

/// An instance's place in the cell's memory; reused after its end.
using Slot = std::uint32_t;

enum class EntityClass : std::uint32_t { early = 0, control = 1, instance = 2, session = 3 };

inline constexpr std::uint32_t kIndexBits = 30;
inline constexpr std::uint32_t kIndexMask = (1U << kIndexBits) - 1;

constexpr std::uint32_t entity(EntityClass entity_class, std::uint32_t index) {
  return (static_cast<std::uint32_t>(entity_class) << kIndexBits) | index;
}
constexpr EntityClass entity_class(std::uint32_t entity) {
  return static_cast<EntityClass>(entity >> kIndexBits);
}
constexpr std::uint32_t entity_index(std::uint32_t entity) {
  return entity & kIndexMask;
}

/// Class early: index 0 is the series' sample; 1 + slot ends the session, and with it the instance, of that slot.
inline constexpr std::uint32_t kSeriesSample = entity(EntityClass::early, 0);
constexpr std::uint32_t session_end_entity(Slot slot) {
  return entity(EntityClass::early, slot + 1);
}

/// Class control: the upper part of the index says what changes, in the order of an instant; the lower part which one.
enum class ControlKind : std::uint32_t {
  fault_change,  ///< begins or ends
  role_change,   ///< lower part: resource
  builder_stop,
  fault_action,  ///< instances lost or restarted, paused attempts made
  builder_start,
  capacity,         ///< a schedule's entry or a minute's utilisation
  interface_grant,  ///< lower part: region; tag: the schedule's generation
};
inline constexpr std::uint32_t kControlBits = 24;
constexpr std::uint32_t control_entity(ControlKind kind, std::uint32_t index) {
  return entity(EntityClass::control, (static_cast<std::uint32_t>(kind) << kControlBits) | index);
}

/// Class instance: the tag's upper five bits, in the order in which they happen to one instance at one instant.
enum class InstanceEvent : std::uint32_t {
  provision,
  network_ready,
  boot_done,
  credential_issued,
  assume_role,
  workload_start,  ///< a fixed wait is over
  workload_poll,   ///< looks at the network
  call,
  attempt,  ///< payload: index of the call in progress
  result,   ///< likewise: what a slow attempt came to
};

/// An instance's event counts only in the epoch in which it was scheduled: a stop, a restart or the end begins a new
/// one. 19 bits are enough, since no event stays pending over half a million restarts of one slot.
inline constexpr std::uint32_t kEpochBits = 19;
inline constexpr std::uint32_t kEpochMask = (1U << kEpochBits) - 1;
inline constexpr std::uint32_t kPayloadBits = 27;
inline constexpr std::uint32_t kPayloadMask = (1U << kPayloadBits) - 1;

constexpr std::uint32_t instance_tag(InstanceEvent event, std::uint32_t epoch, std::uint32_t workload = 0) {
  return (static_cast<std::uint32_t>(event) << kPayloadBits) | (workload << kEpochBits) | (epoch & kEpochMask);
}
constexpr std::uint32_t call_tag(InstanceEvent event, std::uint32_t call) {
  return (static_cast<std::uint32_t>(event) << kPayloadBits) | call;
}
constexpr InstanceEvent instance_event(std::uint32_t tag) {
  return static_cast<InstanceEvent>(tag >> kPayloadBits);
}
constexpr std::uint32_t tag_epoch(std::uint32_t tag) {
  return tag & kEpochMask;
}
constexpr std::uint32_t tag_workload(std::uint32_t tag) {
  return (tag & kPayloadMask) >> kEpochBits;
}
constexpr std::uint32_t tag_call(std::uint32_t tag) {
  return tag & kPayloadMask;
}

/// Class session: the arrivals of a resource, or (above this) a waiting session's patience.
inline constexpr std::uint32_t kSessionPatience = 1U << 20;

}  // namespace credsim::model
